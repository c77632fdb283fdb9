"""Files of users that bear the names of the interpreter's own modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_host import SOURCES, TESTS
from keeper.running_keeper import RunningKeeper

HostMaker = Callable[..., RunningKeeper]

# Unmeasured: what measures coverage is imported as the interpreter starts, before any code of ours.
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}

NAMES = ("json", "types", "select", "socket", "struct", "traceback", "random")


def litter(place: Path, text: str = "WRONG = True\n") -> str:
    for name in NAMES:
        (place / f"{name}.py").write_text(text)
    return str(place)


@pytest.mark.parametrize("where", ["pythonPath", "PYTHONPATH", "working directory"])
def test_they_hide_nothing(new_keeper: HostMaker, method: str, tmp_path: Path, where: str) -> None:
    """Red where `_BOOTSTRAP` puts the pool's paths, or leaves PYTHONPATH's, before the library."""
    place = litter(tmp_path)
    keeper = new_keeper(**UNMEASURED, **({"PYTHONPATH": place} if where == "PYTHONPATH" else {}))
    if where == "working directory":
        litter(Path(f"/proc/{keeper.pid}/cwd").readlink())
    keeper.configure(method, pythonPath=[*([place] if where == "pythonPath" else []), str(TESTS)])
    keeper.start("w-1", "surroundings", ready="")
    keeper.event("exited", worker="w-1")
    said = dict(line.split(" ", 1) for line in keeper.lines("w-1") if " " in line)
    assert Path(said["json"]).parent.name == "json"


MEANT = [
    ("import uuid", "uuid.py"),
    ("from uuid import uuid4 as fresh", "uuid.py"),
    ("import xml.etree.ElementTree as tree", "xml/__init__.py"),
    ("from xml.dom.minidom import parseString", "xml/__init__.py"),
]
USER = "from snakepit import tool\n{use}\n@tool\ndef idle() -> None: ...\n"


@pytest.mark.parametrize("where", ["pythonPath", "PYTHONPATH", "working directory"])
@pytest.mark.parametrize(("use", "file"), MEANT)
def test_one_that_may_have_been_meant_is_told_though_nothing_fails(
    new_keeper: HostMaker, method: str, tmp_path: Path, where: str, use: str, file: str
) -> None:
    """Fails too if those are told that merely lie there: each of their names comes before."""
    given = {"PYTHONPATH": str(tmp_path)} if where == "PYTHONPATH" else {}
    keeper = new_keeper(package=SOURCES, **UNMEASURED, **given)
    place = tmp_path
    if where == "working directory":
        place = Path(f"/proc/{keeper.pid}/cwd").readlink()
    for name in ("code", "queue", "test", "token"):
        (place / f"{name}.py").touch()
    litter(place)
    (place / file).parent.mkdir(exist_ok=True)
    (place / file).touch()
    (place / "user.py").write_text(USER.format(use=use))
    paths = [str(place)] if where == "pythonPath" else []
    keeper.configure(method, adapter="user", pythonPath=paths)
    keeper.send("start", worker="w-1", token="none")
    keeper.line("w-1" if method == "spawn" else "", f"{place / file} is hidden")
    name = Path(file).parts[0].removesuffix(".py")
    told = (
        f"{place / file} is hidden by the interpreter's own module {name}, which module user uses: "
        "rename it if it was meant"
    )
    lines = [event["text"] for event in keeper.events if event["event"] == "line"]
    assert [line for line in lines if "is hidden" in line] == [told]


EARLY = """
import json
"""


def test_one_that_was_imported_before_us_is_named_with_the_traceback(
    new_keeper: HostMaker, tmp_path: Path
) -> None:
    """Red where a fork server's last words are not told with its end."""
    litter(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(EARLY)
    keeper = new_keeper(PYTHONPATH=str(tmp_path), **UNMEASURED)
    keeper.configure("forkserver")
    keeper.send("start", worker="w-1", token="idle")
    failed = keeper.event("startFailed", worker="w-1")
    assert "ended with status 1 while it imported the adapter" in failed["message"]
    assert f"{tmp_path}/json.py hides the interpreter's own module json" in failed["message"]
    assert "Traceback" in failed["traceback"]
    assert "Error: " in failed["traceback"]


def test_so_it_is_in_a_fresh_interpreter(new_keeper: HostMaker, tmp_path: Path) -> None:
    litter(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(EARLY)
    keeper = new_keeper(package=SOURCES, PYTHONPATH=str(tmp_path), **UNMEASURED)
    keeper.configure("spawn")
    keeper.start("w-1", ready="")
    assert keeper.event("exited", worker="w-1")["status"] == 1
    hint = f"{tmp_path}/json.py hides the interpreter's own module json: rename it"
    assert hint in keeper.lines("w-1")


def test_an_import_that_ends_the_process_is_told_with_its_last_words(
    keeper: RunningKeeper, tmp_path: Path
) -> None:
    text = "import os, sys\nprint('no licence', file=sys.stderr, flush=True)\nos._exit(9)\n"
    (tmp_path / "ending.py").write_text(text)
    keeper.configure("forkserver", adapter="ending", pythonPath=[str(tmp_path), str(TESTS)])
    failed = keeper.event("importFailed")
    assert failed["type"] == "ForkServerEnded"
    said = "status 9 while it imported the adapter; it said last: no licence"
    assert failed["message"].endswith(said)
    assert failed["traceback"] == "no licence"
