"""Ends what a run of the tests has started, once that run is gone.

A run that is killed cleans nothing up, and whatever its tests have stopped or cut from its
lifelines would stay for ever. So each run begins with a sweeper: a process beside it that waits for
its end, and then kills all that bears the run's mark, and all below. The processes under test know
nothing of it. They inherit a variable; none gets a signal, a pipe or another parent while the run
goes on, so no test passes because of it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snakepit._system import killing, process_table

TESTS = Path(__file__).parent
MARK = "SNAKEPIT_TEST_SESSION"
DEADLINE_S = 30

BOOTSTRAP = f"""
import sys
sys.path += [{str(TESTS)!r}, {str(TESTS.parent / "src")!r}]
from sweeper import main
main(*sys.argv[1:])
"""


@contextmanager
def sweeping() -> Iterator[None]:
    """Marks all that this process starts from now on, and has it ended afterwards, come what may.

    Does nothing where processes' environments can't be read.
    """
    if not Path("/proc/self/environ").exists():
        yield
        return
    mark = uuid.uuid4().hex
    command = [sys.executable, "-I", "-S", "-c", BOOTSTRAP, mark, str(os.getpid())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, env={}, start_new_session=True
    ) as sweeper:
        os.environ[MARK] = mark
        try:
            yield
        finally:
            del os.environ[MARK]
            assert sweeper.stdin is not None
            sweeper.stdin.close()


def wait_for_end(run: int) -> None:
    """Returns when the run has closed its pipe, or is gone; a child of it may hold the pipe."""
    while os.getppid() == run and not select.select([0], [], [], 0.5)[0]:
        pass


def left(mark: str) -> dict[int, process_table.Process]:
    """Returns what bears the mark, and all below it that does not."""
    table = process_table.snapshot()
    marked = [pid for pid in table if process_table.environ(pid).get(MARK) == mark]
    found = {pid: table[pid] for pid in marked}
    for pid in marked:
        found.update((below.pid, below) for below in process_table.descendants(table, pid))
    return {
        pid: process
        for pid, process in found.items()
        if process.state != process_table.ZOMBIE and pid != os.getpid()
    }


def main(mark: str, run: str) -> None:
    wait_for_end(int(run))
    end = time.monotonic() + DEADLINE_S
    while (found := left(mark)) and time.monotonic() < end:
        for process in found.values():
            killing.kill_process(process)
