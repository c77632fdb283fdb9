"""The origin of code is told by its folder, whatever words are in the path."""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

import snakepit
from snakepit._keeper.stacks import StackCutter
from snakepit._tools.errors import PythonFault
from snakepit._tools.importing import drops_what_is_raised
from snakepit._tools.late_import import import_late
from snakepit._tools.stacks import is_users_code, stack_of, visible

LIBRARY = Path(threading.__file__).parent
EVENTS = asyncio.events.__file__
OURS = f"{Path(snakepit.__file__).parent}/_worker/main.py"

THEIRS = [
    "/app/tools.py",
    "/app/asyncio/tools.py",
    "/app/importlib/tools.py",
    f"{sys.prefix}/lib/python3/site-packages/httpx/_client.py",
    f"{LIBRARY}/site-packages/redis/asyncio/client.py",
    f"{LIBRARY}/dist-packages/sqlalchemy/ext/asyncio/engine.py",
    f"{LIBRARY}-tools/tools.py",
]


def frame_in(filename: str, function: str = "tool") -> FrameType:
    """Returns a frame of a function in that file."""
    found: list[FrameType] = []
    names = {"sys": sys, "found": found}
    code = f"def {function}():\n    found.append(sys._getframe())\n{function}()"
    exec(compile(code, filename, "exec"), names)
    return found[0]


def in_files(*filenames: str) -> list[traceback.FrameSummary]:
    return [traceback.FrameSummary(each, 1, "step", line="") for each in filenames]


@pytest.mark.parametrize("filename", [*THEIRS, "<string>"])
def test_users_code_may_be_torn(filename: str) -> None:
    assert is_users_code(frame_in(filename))


@pytest.mark.parametrize(
    "filename",
    [asyncio.__file__, EVENTS, importlib.__file__, OURS, "<frozen importlib._bootstrap>"],
)
def test_no_other_may(filename: str) -> None:
    assert not is_users_code(frame_in(filename))


def test_of_no_frame_nothing_is_known() -> None:
    assert not is_users_code(None)
    assert stack_of(None) == ""


@pytest.mark.parametrize("filename", THEIRS)
def test_a_stack_begins_with_the_users_frames(filename: str) -> None:
    """Red where what leads there is found by a word: nothing of the stack would be left."""
    stack = in_files(OURS, EVENTS, "<frozen importlib._bootstrap>", filename, filename)
    assert visible(stack) == stack[-2:]


@pytest.mark.parametrize("filename", THEIRS)
def test_so_does_a_traceback(filename: str) -> None:
    def fail() -> None:
        exec(compile("raise LookupError('here')", filename, "exec"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("snakepit._tools.stacks.is_ours", lambda file: file == __file__)
        assert f'File "{filename}"' in traceback_of(fail)


def traceback_of(fail: Callable[[], None]) -> str:
    try:
        fail()
    except LookupError as error:
        return PythonFault(error).traceback
    raise AssertionError("it has raised nothing")


@pytest.mark.parametrize("filename", THEIRS)
def test_the_keeper_cuts_no_frame_of_a_users(filename: str) -> None:
    """Red where a folder counts as the library's that only begins with the same letters."""
    thread = "Current thread 0x00007f2b (most recent call first):"
    lines = [f'  File "{each}", line 3 in step' for each in (filename, OURS)]
    cutter = StackCutter()
    assert [text for line in (thread, *lines) for text in cutter.take(line)] == [thread, lines[0]]


def test_only_where_asyncio_runs_callbacks_it_drops_what_is_raised() -> None:
    assert drops_what_is_raised(frame_in(EVENTS, "_run"))
    assert not drops_what_is_raised(frame_in(EVENTS, "other"))
    assert not drops_what_is_raised(frame_in("/app/asyncio/events.py", "_run"))
    assert not drops_what_is_raised(None)


def test_a_late_import_puts_only_the_library_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red where a folder counts as the library's that only begins with the same letters."""
    places: list[list[str]] = []
    users = [f"{LIBRARY}-tools", f"{LIBRARY}/site-packages"]
    monkeypatch.setattr(sys, "path", [*users, str(LIBRARY), f"{LIBRARY}/lib-dynload"])
    monkeypatch.setattr(importlib, "import_module", lambda _name: places.append(list(sys.path)))
    import_late("json")
    assert places == [[str(LIBRARY), f"{LIBRARY}/lib-dynload", *users]]
