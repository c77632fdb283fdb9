"""Build hook: generates `snakepit/v1/*_pb2.py` and `.pyi` from `../proto`.

The files go to the source tree, where git ignores them: a wheel packs them from there, an editable
install and the tests use them there. Run as a script, it only generates.
"""

from __future__ import annotations

import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, without hatchling
    BuildHookInterface = object  # type: ignore[assignment,misc]


def find_proto(root: Path) -> Path:
    """The folder with `snakepit/v1/*.proto`: beside `python/` in the repository, or in an sdist."""
    for folder in (root.parent / "proto", root / "proto"):
        if (folder / "snakepit" / "v1" / "worker.proto").is_file():
            return folder
    raise FileNotFoundError(
        f"snakepit/v1/worker.proto not found in {root.parent / 'proto'}: "
        "build from a complete checkout of the repository (pip install ./python in its root)"
    )


def generate(root: Path) -> None:
    """Compiles every .proto file into the source tree below `root`."""
    from grpc_tools import protoc  # noqa: PLC0415 - a build requirement, absent at run time

    proto = find_proto(root)
    sources = sorted(str(file.relative_to(proto)) for file in proto.glob("snakepit/v1/*.proto"))
    target = root / "src"
    well_known = resources.files("grpc_tools") / "_proto"
    arguments = [f"-I{proto}", f"-I{well_known}", f"--python_out={target}", f"--pyi_out={target}"]
    if protoc.main(["protoc", *arguments, *sources]) != 0:
        raise RuntimeError(f"protoc failed on {', '.join(sources)} in {proto}")
    for source in sources:
        lift_version_check((target / source).with_name(f"{Path(source).stem}_pb2.py"))


def lift_version_check(module: Path) -> None:
    """Takes out of a generated module that it asks for a protobuf as new as its protoc.

    The rest runs with all that came since 3.20.0, and libraries pin each of them.
    """
    text = module.read_text()
    for line in (r"_runtime_version\.Validate\w+\([^)]*\)", r"from \S+ import runtime_version\b.*"):
        text = re.sub(f"^{line}\n", "", text, flags=re.MULTILINE)
    if "runtime_version" in text:
        raise RuntimeError(f"{module} asks for a version of protobuf in a way not known here")
    module.write_text(text)


class GenerateProtocol(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `generate` before each wheel, also an editable one; an sdist takes the .proto files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the build."""
        del version, build_data
        if self.target_name == "wheel":
            generate(Path(self.root))


if __name__ == "__main__":
    generate(Path(__file__).resolve().parent)
    sys.exit(0)
