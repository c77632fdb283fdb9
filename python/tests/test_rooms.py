"""Imports of the package's rooms are limited, beyond what `lint-imports` checks of our own."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from fake_host import SOURCES

import snakepit

STANDARD_ALONE = {"_system": {"_system"}, "_keeper": {"_keeper", "_system"}}


def imported_by(file: Path) -> set[str]:
    """The modules that a file imports, wherever in it, under TYPE_CHECKING too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{file}: a relative import"
            found.add(node.module)
    return found


@pytest.mark.parametrize("room", STANDARD_ALONE)
def test_the_keepers_rooms_import_the_standard_library_alone(room: str) -> None:
    files = list((SOURCES / "snakepit" / room).rglob("*.py"))
    assert len(files) > 5
    for file in files:
        for module in imported_by(file):
            top, _, rest = module.partition(".")
            ours = top == "snakepit" and rest.split(".")[0] in STANDARD_ALONE[room]
            assert ours or top in sys.stdlib_module_names, f"{file.name} imports {module}"


def test_a_keeper_loads_its_own_rooms_and_nothing_slow() -> None:
    code = (
        "import sys; sys.path.append(sys.argv[1]); import snakepit._keeper.__main__; "
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(SOURCES)],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = ran.stdout.split()
    ours = {name for name in loaded if name.partition(".")[0] == "snakepit"}
    assert "snakepit._keeper.loop" in ours
    assert {".".join(name.split(".")[:2]) for name in ours} == {
        "snakepit",
        "snakepit._keeper",
        "snakepit._system",
    }
    slow = {"typing", "pathlib", "importlib", "contextlib", "subprocess", "threading", "asyncio"}
    assert slow.isdisjoint(loaded)
    assert {name.partition(".")[0] for name in loaded} - {"snakepit"} <= {
        *sys.stdlib_module_names,
        "__main__",
    }


def test_a_package_that_is_imported_loads_nothing_until_asked() -> None:
    code = "import sys, snakepit; print(*(m for m in sys.modules if m.startswith('snakepit')))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["snakepit"]


@pytest.mark.parametrize("name", sorted(set(snakepit.__all__) - {"__version__", "tool"}))
def test_public_classes_bear_the_name_that_users_import(name: str) -> None:
    kind = getattr(snakepit, name)
    assert (kind.__module__, kind.__qualname__) == ("snakepit", name)
    assert pickle.loads(pickle.dumps(kind)) is kind
