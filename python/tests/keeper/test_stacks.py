"""Stacks in the log: they begin with the user's frames, and end where ours begin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from keeper.onepool import Pool
from keeper.running_keeper import eventually

from snakepit._keeper import stacks
from snakepit._keeper.lines import Line, LineSplitter, RateLimit
from snakepit._keeper.output import Stream

OURS = f'  File "{Path(stacks.__file__).parent.parent}/'
LIBRARY = f'  File "{Path(threading.__file__).parent}/'
USER = '  File "/home/me/tools.py", line 3 in train'
OTHER = '  File "/home/me/site-packages/lib.py", line 9 in fit'
CONTROL = "Thread 0x00007f2a (most recent call first):"
MAIN = "Current thread 0x00007f2b (most recent call first):"
WORKER = f'{OURS}_worker/main.py", line 5 in run'
BOOTSTRAP = '  File "<string>", line 13 in <module>'


def cut(*lines: str) -> list[str]:
    cutter = stacks.StackCutter()
    sent = [text for line in lines for text in cutter.take(line)]
    return sent + cutter.end()


def test_a_thread_of_which_all_is_ours_goes_as_a_whole() -> None:
    waits = f'{LIBRARY}threading.py", line 5 in wait'
    assert cut(CONTROL, waits, WORKER, f'{LIBRARY}threading.py", line 6 in run', "") == []
    assert cut(CONTROL, WORKER, "", MAIN, USER, WORKER, BOOTSTRAP) == [MAIN, USER]


def test_both_ends_of_a_call_are_cut() -> None:
    asks = f'{OURS}_worker/host.py", line 7 in call'
    sleeps = f'{LIBRARY}ssl.py", line 8 in read'
    thread = f'{LIBRARY}threading.py", line 9 in _bootstrap'
    assert cut(MAIN, asks, OTHER, USER, WORKER, thread, BOOTSTRAP) == [MAIN, OTHER, USER]
    assert cut(MAIN, sleeps, USER, sleeps, WORKER) == [MAIN, sleeps, USER]


def test_a_users_own_thread_stays_as_it_is() -> None:
    bootstrap = f'{LIBRARY}threading.py", line 9 in _bootstrap'
    idle = f'{LIBRARY}concurrent/futures/thread.py", line 9 in _worker'
    assert cut(CONTROL, USER, bootstrap, "") == [CONTROL, USER, bootstrap, ""]
    assert cut(CONTROL, idle, bootstrap) == [CONTROL, idle, bootstrap]
    assert cut(CONTROL, "  <no Python frame>", "") == [CONTROL, "  <no Python frame>", ""]


def test_frames_of_the_showcase_are_a_users() -> None:
    showcase = f'{OURS}adapters/showcase.py", line 2 in echo'
    assert cut(MAIN, showcase, WORKER) == [MAIN, showcase]


def test_a_main_thread_that_is_ours_says_so() -> None:
    ours = "  no frame of the adapter's: the thread is in snakepit's own code"
    assert cut(MAIN, WORKER, BOOTSTRAP) == [MAIN, ours]


def test_what_is_no_stack_is_left_alone() -> None:
    others = ["", USER, WORKER, "Thread 5", "(most recent call first):"]
    assert cut(*others) == others
    assert cut(CONTROL, WORKER, "a word", WORKER) == ["a word", WORKER]


def test_a_users_frame_is_not_held_back() -> None:
    cutter = stacks.StackCutter()
    assert cutter.take(MAIN) == []
    assert cutter.take(USER) == [MAIN, USER]


def test_bytes_left_out_are_told_though_the_next_line_is_cut() -> None:
    stream = Stream(0, "w", "w", "stderr", LineSplitter(RateLimit(0)))
    assert stream.cut([Line(MAIN, 5), Line(USER, 6)]) == [Line(MAIN, 11), Line(USER, 0)]
    assert stream.cut([Line(WORKER, 7)]) == [Line("", 7)]
    assert stream.cut([Line("", 8)], ended=True) == [Line("", 8)]


@pytest.mark.parametrize("profile", ["process", "async"])
def test_the_log_of_a_worker_begins_with_the_tool(
    new_pool: Callable[..., Pool], tmp_path: Path, profile: str
) -> None:
    """Red where the keeper sends what the worker has written as it is.

    The tool holds the interpreter in C, where only C code can write the stacks.
    """
    sign = tmp_path / "sign"
    held = new_pool(profile=profile, concurrency=2)
    held.worker.send_call("hold_gil", {"sign": str(sign)})
    eventually(lambda: sign.exists() and bool(sign.read_text()), lambda: "not held")
    held.keeper.send("dump", worker="w-1")
    held.keeper.find(lambda event: str(event.get("text", "")).endswith("in hold_gil"))
    held.keeper.send("kill", worker="w-1", signal=9)
    held.keeper.event("exited", worker="w-1")
    frames = [line for line in held.keeper.lines("w-1") if line.startswith('  File "')]
    assert frames[-1].endswith("in hold_gil")
    assert not any(line.startswith(OURS) or line == BOOTSTRAP for line in frames)
