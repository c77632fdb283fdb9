"""Files that the interpreter's own modules hide: which are told of, and which merely lie there."""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import sys
from pathlib import Path
from types import ModuleType

import pytest

from snakepit._tools import shadowing


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, looked at last, as in a worker; beside such as imports pass over."""
    missing = str(tmp_path / "missing")
    monkeypatch.setattr(sys, "path", [*sys.path, missing, "\0", str(tmp_path)])
    return tmp_path


def users(place: Path, monkeypatch: pytest.MonkeyPatch, **variables: object) -> None:
    """Has a module `prices` been imported from there, with those globals."""
    module = ModuleType("prices")
    vars(module).update(variables, __file__=str(place / "prices.py"))
    monkeypatch.setitem(sys.modules, "prices", module)


@pytest.mark.parametrize("file", ["statistics.py", "statistics/__init__.py"])
@pytest.mark.parametrize("value", [statistics, statistics.mean, statistics.NormalDist])
def test_one_that_is_used_may_have_been_meant(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    file: str,
    value: object,
) -> None:
    (place / file).parent.mkdir(exist_ok=True)
    (place / file).touch()
    users(place, monkeypatch, used=value)
    shadowing.tell()
    assert capfd.readouterr().err == (
        f"{place / file} is hidden by the interpreter's own module statistics, "
        "which module prices uses: rename it if it was meant\n"
    )


def test_those_that_nobody_uses_merely_lie_there(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module("wave")  # by somebody else
    for name in ("wave", "code", "sys", "os"):
        (place / f"{name}.py").touch()
    users(place, monkeypatch, sys=sys, number=1.5, path=Path())
    shadowing.tell()
    assert capfd.readouterr().err == ""


def test_a_module_that_is_to_be_loaded_when_it_is_used_is_not_loaded(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "statistics.py").touch()
    (place / "late.py").write_text("raise RuntimeError('it is loaded')\n")
    spec = importlib.util.spec_from_file_location("late", place / "late.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    late = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(late)
    monkeypatch.setitem(sys.modules, "late", late)
    users(place, monkeypatch, late=late, statistics=statistics)
    shadowing.tell()
    assert type(late) is not ModuleType, "it was loaded"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("cannot import name 'price' from 'statistics'"), True),
        (AttributeError("module 'statistics' has no attribute 'price'"), True),
        (AttributeError("module 'prices' has no attribute 'price'"), False),
        (ValueError("'statistics'"), False),
    ],
)
def test_an_import_that_fails_of_one_says_so(place: Path, error: Exception, said: bool) -> None:
    (place / "statistics.py").touch()
    told = f"{place}/statistics.py is hidden by the interpreter's own module statistics: rename it"
    assert shadowing.explanation(error) == (told if said else "")
