"""An outfit is taken back where it is not given whole."""

from __future__ import annotations

import os
from typing import cast

import pytest

from snakepit._keeper.limits import WorkerLimits
from snakepit._keeper.outfit import Outfit
from snakepit._keeper.output import Outputs


class Pipes:
    """Stands in for Outputs: opens pipes, and remembers for whom they are finished."""

    def __init__(self) -> None:
        self.opened: list[int] = []
        self.finished: list[str] = []

    def open(self, _worker: str, _now: float) -> tuple[int, int]:
        self.opened += os.pipe()
        return (self.opened[0], self.opened[1])

    def finish(self, worker: str, _now: float) -> None:
        self.finished.append(worker)


class NoLimits(WorkerLimits):
    def open(self, worker: str) -> dict[str, object]:
        raise OSError(28, f"no cgroup for {worker}")


def test_a_worker_without_a_cgroup_leaves_no_pipe_open() -> None:
    """Red while a forked worker's pipes stayed open: in the keeper, for good."""
    pipes = Pipes()
    with pytest.raises(OSError, match="no cgroup for w-1"):
        Outfit({}, cast("Outputs", pipes), NoLimits("", "")).give("w-1", 0.0)
    assert pipes.finished == ["w-1"]
    for fd in pipes.opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)
