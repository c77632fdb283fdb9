"""A run of the tests that is killed leaves nothing behind, whatever state it was in."""

from __future__ import annotations

import subprocess
import sys

from fake_host import SOURCES, TESTS
from keeper.running_keeper import Key, eventually, is_gone, kill_exactly

from snakepit._system import process_table

RUN = f"""
import os, signal, subprocess, sys
sys.path[:0] = [{str(TESTS)!r}, {str(SOURCES)!r}]
import sweeper

SLEEP = ["/bin/sleep", "600"]
with sweeper.sweeping():
    stopped = subprocess.Popen(SLEEP, start_new_session=True)
    os.kill(stopped.pid, signal.SIGSTOP)
    ignoring = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP INT; sleep 600"])
    shell = "env -i /bin/sleep 600 & echo $!; wait"
    above = subprocess.Popen(["/bin/sh", "-c", shell], stdout=subprocess.PIPE, text=True)
    print(stopped.pid, ignoring.pid, above.pid, above.stdout.readline(), flush=True)
    sys.stdin.read()
"""


def begin() -> tuple[subprocess.Popen[str], list[Key]]:
    """Starts a run, and returns it with what it has started."""
    command = [sys.executable, "-c", RUN]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    keys = []
    for pid in run.stdout.readline().split():
        process = process_table.read(int(pid))
        assert process is not None
        keys.append(process.key)
    assert len(keys) == 4
    return run, keys


def assert_swept(keys: list[Key]) -> None:
    try:
        eventually(lambda: all(map(is_gone, keys)), lambda: f"left behind: {keys}")
    finally:
        for key in keys:
            kill_exactly(key)


def test_a_run_that_is_killed_leaves_nothing() -> None:
    """Red where the sweeper does not look for the end of its run."""
    run, keys = begin()
    with run, subprocess.Popen(["/bin/sleep", "600"]) as strange:
        run.kill()
        assert_swept(keys)
        assert strange.poll() is None, "of another run"
        strange.kill()


def test_a_run_that_ends_leaves_nothing_either() -> None:
    run, keys = begin()
    run.communicate()
    assert_swept(keys)
    assert run.returncode == 0
