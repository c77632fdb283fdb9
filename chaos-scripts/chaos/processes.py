"""The process table, as far as it concerns what bears a mark. Linux: all is read from ``/proc``.

A process is known by its pid *and* its start time: pids are used again. A mark is a variable with a
value of its own, which every descendant inherits, whatever it calls itself and wherever it moves.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

LOOK_AGAIN_S = 0.002
"""Seconds from look to look at the table while something must vanish."""

SETTLE_S = 0.05
"""Seconds in which no process may turn up: one that is being made or replaced shows no mark."""


@dataclass(frozen=True, order=True)
class Process:
    """One process and no other: its start time is in clock ticks since the machine's boot."""

    pid: int
    started: int


@dataclass(frozen=True)
class Status:
    """The state of a process in the table at one moment; ``name`` is what it calls itself."""

    name: str
    state: str
    parent: int
    group: int
    started: int


def status(pid: int) -> Status | None:
    """The entry of that pid, or None if there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    head, _, rest = text.rpartition(")")  # the name before may hold anything
    fields = rest.split()
    return Status(
        head.partition("(")[2], fields[0], int(fields[1]), int(fields[2]), int(fields[19])
    )


def process(pid: int) -> Process | None:
    """The process that has this pid now."""
    entry = status(pid)
    return None if entry is None else Process(pid, entry.started)


def command(pid: int) -> str:
    """Returns a process's command on one line; empty for one that is gone or a zombie."""
    words = _read(pid, "cmdline").replace(b"\0", b" ").decode("utf-8", "replace").split()
    return " ".join(words)


def bearing(mark: str) -> set[Process]:
    """All live processes with ``NAME=value`` in the environment they were started with."""
    line = mark.encode() + b"\0"
    found = {process(pid) for pid in _pids() if line in _read(pid, "environ")}
    return {each for each in found if each is not None}


def kill(target: Process, number: int = signal.SIGKILL) -> None:
    """Signals exactly this process: never another that has got its pid meanwhile."""
    try:
        handle = os.pidfd_open(target.pid)
    except ProcessLookupError:
        return
    try:
        if process(target.pid) == target:
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def private_bytes(pid: int) -> int:
    """The memory that is this process's own and unshared; 0 if it can't be read."""
    lines = _read(pid, "smaps_rollup").decode().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _read(pid: int, file: str) -> bytes:
    try:
        return (PROC / str(pid) / file).read_bytes()
    except OSError:  # gone, or not ours to read
        return b""


class Family:
    """All processes that bear a mark, also those that have shown it once and no longer can.

    A process that is ending shows no environment any more: so what has been seen is remembered, and
    is followed by pid and start time until it is gone.
    """

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self._known: set[Process] = set()

    def look(self) -> set[Process]:
        """Remembers who bears the mark now, and returns all that are known and not gone."""
        self._known |= bearing(self.mark)
        return self._forget_gone()

    def add(self, target: Process) -> None:
        """Counts one in that bears no mark, and never did: it has an environment of its own."""
        self._known.add(target)

    def _forget_gone(self) -> set[Process]:
        entries = {each: status(each.pid) for each in self._known}
        there = {
            each: entry
            for each, entry in entries.items()
            if entry is not None and entry.started == each.started and entry.state != "X"
        }
        living = {each.pid for each, entry in there.items() if entry.state != "Z"}
        parents = living | {os.getpid()}
        # A zombie that waits for the machine's init counts as gone, one of ours does not.
        self._known = {
            each for each, entry in there.items() if entry.state != "Z" or entry.parent in parents
        }
        return set(self._known)

    def await_gone(
        self,
        since: float,
        patience: float,
        reap: Callable[[], object],
        only: set[Process] | None = None,
    ) -> float | None:
        """Waits until nothing is left; returns how many ms that took, None if something stays.

        Args:
            since: when the fault happened, by ``time.monotonic()``.
            patience: seconds from now after which waiting ends.
            reap: called before each look, to collect the script's own children.
            only: who has to go; None: all that bear the mark, also those that come meanwhile.
        """
        give_up = time.monotonic() + patience
        empty_since: float | None = None
        while True:
            reap()
            left = (self._forget_gone() or self.look()) if only is None else self.look() & only
            now = time.monotonic()
            if left:
                empty_since = None
                if now > give_up:
                    return None
            elif empty_since is None:
                empty_since = now
            elif now - empty_since > SETTLE_S:
                return (empty_since - since) * 1000
            time.sleep(LOOK_AGAIN_S)

    def describe(self, only: set[Process] | None = None) -> str:
        """Describes what (of those) is left, in a message: pid, state, command, at most five."""
        left = sorted(self.look() if only is None else self.look() & only)
        entries = ((each.pid, status(each.pid)) for each in left[:5])
        shown = [
            f"{pid} ({entry.state if entry else '?'}: {command(pid)[:80] or 'no command'})"
            for pid, entry in entries
        ]
        return f"{len(left)} left: {', '.join(shown)}"

    def kill_all(self) -> None:
        """Kills all that is left, again and again until nothing is."""
        for _ in range(50):
            left = self.look()
            if not left:
                return
            for each in left:
                kill(each)
            time.sleep(0.02)
