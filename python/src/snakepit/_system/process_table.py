"""The process table, read from ``/proc``.

Processes come and go while it is read: one that has vanished is simply not there, never an error.
Where there is no ``/proc`` every table is empty. Standard library only, since the keeper uses it.
"""

# pathlib takes longer to import than all of the keeper.

from __future__ import annotations

from snakepit._system.pristine import os

PROC = "/proc"

ZOMBIE = "Z"


class Process:
    """One process as ``/proc/PID/stat`` showed it at one moment.

    A pid alone does not name a process, for the kernel hands it out again; pid and start time do
    (:attr:`key`).
    """

    __slots__ = ("pgid", "pid", "ppid", "session", "start_ticks", "state")

    def __init__(
        self, pid: int, ppid: int, pgid: int, session: int, state: str, start_ticks: int
    ) -> None:
        self.pid = pid
        self.ppid = ppid
        self.pgid = pgid
        self.session = session
        self.state = state
        self.start_ticks = start_ticks
        """Start time in clock ticks since boot."""

    @property
    def key(self) -> tuple[int, int]:
        return (self.pid, self.start_ticks)

    def __repr__(self) -> str:
        return (
            f"Process(pid={self.pid} ppid={self.ppid} pgid={self.pgid} session={self.session}"
            f" state={self.state} start={self.start_ticks})"
        )


def parse_stat(text: bytes) -> Process:
    """Reads one line of ``/proc/PID/stat``.

    The second field is the command's name in parentheses, which may itself hold spaces and
    parentheses: only the *last* closing one ends it.
    """
    pid, _, rest = text.partition(b" ")
    fields = rest[rest.rindex(b")") + 1 :].split()
    return Process(
        pid=int(pid),
        ppid=int(fields[1]),
        pgid=int(fields[2]),
        session=int(fields[3]),
        state=fields[0].decode(),
        start_ticks=int(fields[19]),
    )


def read(pid: int, proc: str = PROC) -> Process | None:
    """Returns the process of that pid, zombies included, or None if there is none."""
    text = _contents(f"{proc}/{pid}/stat")
    return parse_stat(text) if text else None


def snapshot(proc: str = PROC) -> dict[int, Process]:
    """Returns all processes by pid. Not one moment's truth: the table moves while it is read."""
    try:
        names = os.listdir(proc)
    except OSError:
        return {}
    found = (read(int(name), proc) for name in names if name.isdigit())
    return {process.pid: process for process in found if process is not None}


def children_by_parent(table: dict[int, Process]) -> dict[int, list[Process]]:
    """Turns the table round: returns every parent's children."""
    children: dict[int, list[Process]] = {}
    for process in table.values():
        children.setdefault(process.ppid, []).append(process)
    return children


def descendants(table: dict[int, Process], ancestor: int) -> list[Process]:
    """Returns all below a process, parents before their children, without itself."""
    children = children_by_parent(table)
    found: list[Process] = []
    waiting = list(children.get(ancestor, ()))
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process.pid, ()))
    return found


def children_of(pid: int, proc: str = PROC) -> set[int]:
    """Returns the pids of a process's children, those included that have ended."""
    try:
        threads = os.listdir(f"{proc}/{pid}/task")
    except OSError:
        return set()
    told = [_contents(f"{proc}/{pid}/task/{thread}/children") for thread in threads]
    if any(told) or os.access(f"{proc}/{pid}/task/{pid}/children", os.R_OK):
        return {int(each) for each in b" ".join(told).split()}
    return {process.pid for process in snapshot(proc).values() if process.ppid == pid}


def environ(pid: int, proc: str = PROC) -> dict[str, str]:
    """Returns the environment of a process's last ``exec``; empty if it can't be read."""
    text = _contents(f"{proc}/{pid}/environ")
    pairs = (entry.partition(b"=") for entry in text.split(b"\0") if b"=" in entry)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}


def catches(pid: int, number: int, proc: str = PROC) -> bool:
    """Returns whether a process has a handler for that signal. Where nobody can tell: yes."""
    for line in _contents(f"{proc}/{pid}/status").splitlines():
        if line.startswith(b"SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return not _contents(f"{proc}/self/status")


def _contents(path: str) -> bytes:
    """Returns a file's bytes; none if the process has vanished, or is not ours to look at."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        parts = []
        while part := os.read(fd, 65536):
            parts.append(part)
        return b"".join(parts)
    except OSError:
        return b""
    finally:
        os.close(fd)
