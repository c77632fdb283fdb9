"""The end of a worker, where the kernel does not do its part at once."""

from __future__ import annotations

import os
from typing import Any

import pytest

from snakepit._keeper.ends import PATIENCE, Ends
from snakepit._keeper.limits import WorkerLimits
from snakepit._keeper.output import Outputs
from snakepit._keeper.worker import Worker
from snakepit._system import killing, process_table

UNUSED_PID = 2**22 + 1  # beyond what the kernel gives out


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
    outputs = Outputs(lambda fd: None, lambda fd: None, events.append, lambda: False)
    ends = Ends(
        {"w-1": worker}, {}, events.append, complaints.append, outputs, WorkerLimits("", ""), "run"
    )

    ends.has_ended(worker, {"status": 0}, now=100.0)
    ends.sweep(100.0)
    assert ends.pending
    assert (events, killed) == ([], [hanging])
    ends.sweep(100.0 + PATIENCE + 0.1)
    assert events == [{"event": "exited", "worker": "w-1", "status": 0}]
    assert "still there" in complaints[0]
    assert not ends.pending
