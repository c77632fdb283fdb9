"""Tells the user's code apart: what is beside the adapter, and its own package wherever that is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from auditing import AUDITED, run

HOLDS = (
    "import random, sqlite3\n"
    "from concurrent.futures import ProcessPoolExecutor\n"
    "RNG = random.Random(5)\nMEMORY = sqlite3.connect(':memory:')\nPOOL = ProcessPoolExecutor(2)\n"
    "FILE = open(__file__)\n"
)


def install(folder: Path, files: dict[str, str]) -> Path:
    """Makes those modules in a folder that looks as if they were installed there."""
    packages = folder / "lib" / "site-packages"
    for name, code in files.items():
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text(code)
    return packages


def audit_of(adapter: str, folder: Path, packages: Path) -> dict[str, list[str]]:
    code = AUDITED.replace("import adapter\n", f"import {adapter} as adapter\n")
    code = code.replace('finish("adapter"', f'finish("{adapter}"')
    told: dict[str, list[str]] = json.loads(run(folder, code, packages).splitlines()[-1])
    return told


def tells_of(told: dict[str, list[str]], module: str, file: str) -> bool:
    """Returns whether all is told that the module holds; fails if only some is."""
    text = json.dumps(told)
    expected = [
        f"RNG in module {module}:",
        f"Connection MEMORY in module {module}:",
        f"ProcessPoolExecutor POOL in module {module}:",
        f"{file}, open for reading:",
    ]
    found = [each in text for each in expected]
    assert all(found) or not any(found), told
    return any(found)


@pytest.mark.parametrize(
    ("adapter", "holder", "file"),
    [
        ("prices", "prices", "prices.py"),
        ("acme", "acme", "acme/__init__.py"),
        ("acme.prices", "acme.prices", "acme/prices.py"),
        ("acme.prices", "acme.tables.old", "acme/tables/old.py"),
        ("space.acme.prices", "space.acme.tables", "space/acme/tables.py"),
        ("space.prices", "space.prices", "space/prices.py"),
    ],
)
def test_an_adapter_that_was_installed_is_looked_at(
    tmp_path: Path, adapter: str, holder: str, file: str
) -> None:
    """Red where all that is installed is taken for a library."""
    parents = {"acme": "acme/__init__.py", "space.acme": "space/acme/__init__.py"}
    own = {path: "" for name, path in parents.items() if adapter.startswith(name)}
    own[adapter.replace(".", "/") + ".py"] = f"import {holder}\n" if holder != adapter else HOLDS
    if adapter == "acme":
        del own["acme.py"]
    packages = install(tmp_path, {**own, file: HOLDS})

    assert tells_of(audit_of(adapter, tmp_path, packages), holder, file)


@pytest.mark.parametrize(
    ("adapter", "library", "file"),
    [
        ("acme.prices", "library", "library.py"),
        ("acme.prices", "acmelib", "acmelib/__init__.py"),
        ("space.acme.prices", "space.library", "space/library.py"),
    ],
)
def test_an_installed_library_is_left_alone(
    tmp_path: Path, adapter: str, library: str, file: str
) -> None:
    place = adapter.replace(".", "/")
    init = f"{place.rpartition('/')[0]}/__init__.py"
    code = f"import {library}\n"
    packages = install(tmp_path, {init: "", f"{place}.py": code, file: HOLDS})

    assert not tells_of(audit_of(adapter, tmp_path, packages), library, file)
