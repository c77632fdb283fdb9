"""The processes that calls start: those of a call that was interrupted are ended.

Each process is known by when it was born, which the kernel tells in ticks of 10 ms. What was born
in the tick in which the call began may be of the call before. So that is asked, when it is over,
for its children: only where it took so long that it may have started any.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable

from snakepit._system import killing, process_table
from snakepit._system.pristine import os, signal, time

now = time.monotonic
"""Returns the time in seconds. Called twice for each call: the cheapest clock there is."""

BRIEF_SECONDS = 50e-6
"""Time in which no call can start a process: Popen, which shares the memory until the other program
runs, has been seen to take less than 200 µs, but never as little."""

_LOOKS_AT_CLOCKS = 5
_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.002


def born_since(
    table: dict[int, process_table.Process],
    own: int,
    tick: int,
    is_of_now: Callable[[process_table.Process], bool],
    bears_mark: Callable[[int], bool],
) -> list[process_table.Process]:
    """Returns what lives of the processes of a worker that were born in that tick or later. Pure.

    They are below it, or in its session, or bear its mark: those that have lost their parents.

    :param own: the worker's pid, which is its session's too if it leads one.
    :param is_of_now: tells of one born in that very tick, or the next, whether it belongs to the
        call; what is below one that does is asked for no more.
    """
    below = {process.pid for process in process_table.descendants(table, own)}
    ours = [
        process
        for process in table.values()
        if process.pid != own
        and process.start_ticks >= tick
        and (process.pid in below or process.session == own or bears_mark(process.pid))
    ]
    found = [each for each in ours if each.start_ticks > tick + 1 or is_of_now(each)]
    while more := [each for each in ours if each not in found and _is_child(each, found)]:
        found += more
    return [process for process in found if process.state != process_table.ZOMBIE]


def _is_child(process: process_table.Process, of: list[process_table.Process]) -> bool:
    return any(process.ppid == parent.pid for parent in of)


class Offspring:
    """The processes that a worker's calls start. For the thread that runs the calls."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._own = os.getpid()
        self._bearer = killing.worker_in_environ(os.environ.get("SNAKEPIT_RUN", ""))
        self._children: set[int] = set()
        self._ended = 0.0
        self._faults = 0
        self.spare_all(now())

    def spare_all(self, ended: float) -> None:
        """Spares what has been started until now, when a call that took its time has ended."""
        self._ended = ended
        self._children = process_table.children_of(self._own) if _has_children() else set()
        self._faults = _faults_of_ended_children()

    def kill(self, begun: float) -> None:
        """Ends what a call has started that began then, and waits until it is gone, for a while."""
        if not self._has_started_any():
            return
        deadline = now() + _PATIENCE_SECONDS
        tick, ended = (_tick(moment) for moment in (begun, self._ended))
        while found := born_since(
            process_table.snapshot(),
            self._own,
            tick,
            lambda process: self._is_of_now(
                process, in_doubt=ended == tick and process.start_ticks == tick
            ),
            lambda pid: self._bearer(pid) == self._worker,
        ):
            for process in found:
                killing.kill_process(process)
            if now() > deadline:
                return
            time.sleep(_PAUSE_SECONDS)  # and look again: each may just have started another

    def _has_started_any(self) -> bool:
        """Tells whether there may be any: a look at all processes takes milliseconds.

        Without a child, and if none has ended since, there is nobody who could have lost his
        parent either. Where ends of children are ignored, nobody counts them.
        """
        if sys.platform != "linux":
            return False
        return (
            _has_children()
            or _faults_of_ended_children() != self._faults
            or signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
        )

    def _is_of_now(self, process: process_table.Process, *, in_doubt: bool) -> bool:
        """Tells whether a process that was born when the call began, or just after, is the call's.

        Of children that is known. Of others it is not, if another call has ended in that tick.
        """
        if process.ppid == self._own:
            return process.pid not in self._children
        return not in_doubt


def _tick(moment: float) -> int:
    """Returns the tick of the kernel's clock at which a process would be born at that time."""
    if sys.platform != "linux":
        return 0
    ahead = min(_ahead() for _ in range(_LOOKS_AT_CLOCKS))[1]
    return int((moment + ahead) * os.sysconf("SC_CLK_TCK"))


def _ahead() -> tuple[float, float]:
    """Returns by how much the clock of births is ahead of ours, behind how far that may be off."""
    before, births, after = now(), time.clock_gettime(time.CLOCK_BOOTTIME), now()
    return after - before, births - before


def _has_children() -> bool:
    if sys.platform != "linux":
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _faults_of_ended_children() -> int:
    """Returns a number that grows with each child that has ended and was waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
