"""The processes of each worker, and how they are killed without ever hitting a stranger.

The decision (:func:`owners`) is pure: a process table goes in, each worker's processes come out.
"""

from __future__ import annotations

import sys

from snakepit._system import process_table
from snakepit._system.pristine import os, signal

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    Key = tuple[int, int]


def owners(
    table: dict[int, process_table.Process],
    keeper: int,
    leaders: dict[int, str],
    known: dict[Key, str],
    bearer: Callable[[int], str],
) -> dict[str, list[process_table.Process]]:
    """Returns each worker's processes, its own left out, parents before their children.

    All are descendants of the keeper, which adopts what its workers leave behind. A process belongs
    to a worker whose session it is in; or it was seen to belong to it before; or its parent does;
    or it bears the worker's id in its environment.

    :param leaders: pids that are nobody's descendants themselves: each worker's id, and an empty
        string for a fork server.
    :param known: what an earlier look has found, by pid and start time.
    :param bearer: the worker whose id a pid's environment bears, or an empty string.
    """
    children = process_table.children_by_parent(table)
    found: dict[str, list[process_table.Process]] = {}
    waiting = [(process, "") for process in children.get(keeper, ())]
    while waiting:
        process, parents_owner = waiting.pop()
        owner = leaders.get(process.pid)
        if owner is None:
            owner = leaders.get(process.session) or known.get(process.key) or parents_owner
            owner = owner or bearer(process.pid)
            if owner:
                found.setdefault(owner, []).append(process)
        waiting.extend((child, owner) for child in children.get(process.pid, ()))
    return found


def worker_in_environ(run: str) -> Callable[[int], str]:
    """Returns a ``bearer`` for :func:`owners`, which believes only marks of this run."""

    def bearer(pid: int) -> str:
        environ = process_table.environ(pid)
        return environ.get("SNAKEPIT_WORKER", "") if environ.get("SNAKEPIT_RUN", "") == run else ""

    return bearer


def kill_process(process: process_table.Process) -> None:
    """Sends SIGKILL to exactly that process.

    A pidfd holds on to whatever has the pid now; if the start time still agrees after it was
    opened, it is the process that is meant, and the signal can't go astray.
    """
    if sys.platform != "linux":
        return
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    except OSError:  # a kernel before 5.3: the look right before the signal has to do
        handle = -1
    try:
        now = process_table.read(process.pid)
        if now is None or now.key != process.key:
            return
        if handle < 0:
            os.kill(process.pid, signal.SIGKILL)
        else:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    finally:
        if handle >= 0:
            os.close(handle)


def kill_group(leader: int, number: int) -> None:
    """Sends a signal to a process group whose leader has surely not been reaped yet.

    A worker that is just being forked has no group of its own yet: then it gets the signal itself.
    """
    for send in (os.killpg, os.kill):
        try:
            send(leader, number)
        except ProcessLookupError:
            continue
        except PermissionError:  # macOS says so of zombies
            return
        return


REAPED = "has ended, and a library of the adapter's has taken how: its exit status is not known"
"""Reason that is told of a child which something else in its parent has reaped."""


def child_end(pid: int) -> dict[str, object] | None:
    """Tells how a child has ended, or None while it runs. It stays a zombie, its pid taken.

    Except on macOS before Python 3.13, which can't look without reaping. A child that is gone, as
    something else has reaped it, has ended: ``{"reason": REAPED}``.
    """
    try:
        if not hasattr(os, "waitid"):
            return _end_by_reaping(pid)
        end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return {"reason": REAPED}
    if end is None:
        return None
    return {"status" if end.si_code == os.CLD_EXITED else "signal": end.si_status}


def _end_by_reaping(pid: int) -> dict[str, object] | None:
    reaped, status = os.waitpid(pid, os.WNOHANG)
    if reaped == 0:
        return None
    code = os.waitstatus_to_exitcode(status)
    return {"status": code} if code >= 0 else {"signal": -code}


def reap_adopted(leaders: dict[int, str]) -> None:
    """Reaps orphans of ours that have ended, as far as the kernel shows them.

    It shows one zombie at a time, the first: behind a leader's, which must stay, no other is seen.
    :func:`reap_zombies` helps then.
    """
    while hasattr(os, "waitid"):  # where there is none, orphans are not adopted either
        try:
            end = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if end is None or end.si_pid in leaders:
            return
        reap(end.si_pid)


def reap_zombies(table: dict[int, process_table.Process], leaders: dict[int, str]) -> None:
    """Reaps the orphans of ours that a snapshot shows as zombies, and takes them out of it."""
    keeper = os.getpid()
    for process in list(table.values()):
        if (
            process.state != process_table.ZOMBIE
            or process.ppid != keeper
            or process.pid in leaders
        ):
            continue
        if reap(process.pid):
            del table[process.pid]


def reap(pid: int) -> bool:
    """Reaps a child if it has ended; returns whether it is gone."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:  # its parent before has reaped it, or something else has
        return True


def reap_all() -> bool:
    """Reaps every child that has ended; returns False when there is no child left at all."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def kill_all_below(groups: list[int], wait: Callable[[float], None]) -> None:
    """Kills every descendant of this process, again and again until it has no child left.

    ``groups`` are killed first, since that takes one call each and catches what is being forked at
    the moment. Each round adopts the children of those that the round before has killed. ``wait``
    waits for a child's end, at most the given seconds.
    """
    for leader in groups:
        kill_group(leader, signal.SIGKILL)
    pause = 0.002
    while reap_all():
        for process in process_table.descendants(process_table.snapshot(), os.getpid()):
            kill_process(process)
        if not reap_all():
            return
        wait(pause)
        pause = min(
            0.1, pause * 1.5
        )  # what still lives hangs in the kernel: don't burn the processor
