"""Audits of modules that tests make, each in an interpreter of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from fake_host import SOURCES

AUDITED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from snakepit._forkserver.audit import Audit
audit = Audit()
import adapter
report = audit.finish("adapter", getattr(adapter, "Kind", None))
print(json.dumps({"reasons": report.reasons, "notices": report.notices}), flush=True)
import os; os._exit(0)
"""


def audited(folder: Path, modules: dict[str, str]) -> dict[str, list[str]]:
    """Returns what the audit of a fresh interpreter says once it has imported those modules."""
    imports = "".join(f"import {name}\n" for name in modules if name != "adapter")
    for name, code in {"adapter": "", **modules}.items():
        (folder / f"{name}.py").write_text(imports + code if name == "adapter" else code)
    told: dict[str, list[str]] = json.loads(run(folder, AUDITED, folder).splitlines()[-1])
    return told


def run(folder: Path, code: str, *places: Path) -> str:
    """Returns what a fresh interpreter prints that runs this code, with those on its path."""
    return subprocess.run(
        [sys.executable, "-c", code, str(SOURCES)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*places, SOURCES)))},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    ).stdout
