"""The end of a worker, where the kernel does not do its part at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from snakepit._keeper.ends import PATIENCE, Ends
from snakepit._keeper.limits import WorkerLimits
from snakepit._keeper.output import Outputs
from snakepit._keeper.worker import Worker
from snakepit._system import killing, process_table

UNUSED_PID = 2**22 + 1  # beyond what the kernel gives out


def ends_of(
    worker: Worker,
    emit: Callable[[dict[str, Any]], None] = lambda event: None,
    complain: Callable[[str], None] = lambda text: None,
) -> Ends:
    """The ends of a keeper of that worker alone, without limits."""
    outputs = Outputs(lambda fd: None, lambda fd: None, emit, lambda: False)
    return Ends({"w-1": worker}, {}, emit, complain, outputs, WorkerLimits("", ""), "run")


def held_worker(monkeypatch: pytest.MonkeyPatch, table: dict[int, process_table.Process]) -> Ends:
    """A worker whose zombie is held, since something it has left hangs in the kernel."""
    leader = _zombie()
    hanging = process_table.Process(UNUSED_PID, leader.pid, leader.pid, leader.pid, "D", 5)
    table.update({leader.pid: leader, hanging.pid: hanging})
    monkeypatch.setattr(process_table, "snapshot", lambda: dict(table))
    monkeypatch.setattr(killing, "kill_process", lambda process: None)
    monkeypatch.setattr(killing, "kill_group", lambda leader, number: None)
    worker = Worker("w-1", None)
    worker.pid = leader.pid
    ends = ends_of(worker)
    ends.has_ended(worker, {"status": 0}, now=100.0)
    return ends


def _zombie() -> process_table.Process:
    """A child of ours that has ended."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    process = process_table.read(pid)
    assert process is not None
    return process


def test_orphans_are_reaped_behind_a_zombie_that_must_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Red where `_look` does not call `reap_zombies`: the kernel shows the first zombie alone."""
    first = _zombie()  # whichever end the kernel begins at, one of the two is behind the worker
    table = {first.pid: first}
    ends = held_worker(monkeypatch, table)
    last = _zombie()
    table[last.pid] = last
    ends.sweep(100.0)
    for orphan in (first, last):
        with pytest.raises(ChildProcessError):
            os.waitpid(orphan.pid, os.WNOHANG)
    monkeypatch.setattr(process_table, "snapshot", dict)
    ends.sweep(100.0)


def test_a_worker_that_is_to_be_killed_is_not_asked_to_end_instead() -> None:
    """Red where `Ends.kill` takes the last order for a worker that has no pid yet."""
    worker = Worker("w-1", None)
    ends = ends_of(worker)
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        ends.kill(worker, number, now=1.0)
    assert worker.signal_on_start == signal.SIGKILL


def test_an_end_is_told_late_rather_than_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs in the kernel can't be killed; its worker's capacity comes back."""
    hanging = process_table.Process(UNUSED_PID + 1, os.getpid(), UNUSED_PID, UNUSED_PID, "D", 5)
    killed: list[process_table.Process] = []
    monkeypatch.setattr(process_table, "snapshot", lambda: {hanging.pid: hanging})
    monkeypatch.setattr(killing, "kill_process", killed.append)
    monkeypatch.setattr(killing, "reap_adopted", lambda leaders: None)
    events: list[dict[str, Any]] = []
    complaints: list[str] = []
    worker = Worker("w-1", None)
    worker.pid = UNUSED_PID
    ends = ends_of(worker, events.append, complaints.append)

    ends.has_ended(worker, {"status": 0}, now=100.0)
    ends.sweep(100.0)
    assert ends.pending
    assert (events, killed) == ([], [hanging])
    ends.sweep(100.0 + PATIENCE + 0.1)
    assert events == [{"event": "exited", "worker": "w-1", "status": 0}]
    assert "still there" in complaints[0]
    assert not ends.pending
