"""Workers that are bounded by a cgroup, here a model's, are told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import memory_group
import pytest
from keeper import model_cgroups
from keeper.onepool import Pool

from snakepit._keeper import cgroup
from snakepit._keeper.limits import WorkerLimits

MEBIBYTE = 1 << 20


def test_a_worker_knows_what_its_cgroup_leaves_and_takes_no_more(
    new_pool: Callable[..., Pool], with_cgroups: Path, tmp_path: Path
) -> None:
    """Red without the group's directory in a worker's orders: nothing tells it of its limit."""
    limit = 96 * MEBIBYTE
    memory_group.make(tmp_path / "model", "max", limit - 24 * MEBIBYTE)
    pool = new_pool(package=with_cgroups, groups=str(tmp_path), limits={"memoryBytes": limit})
    assert pool.keeper.event("limits")["memory"] == "cgroup"
    assert (tmp_path / "w-1" / "cgroup.procs").read_text() == "0", "it has entered"
    failure = pool.worker.fail("reply", {"text": "x" * 30 * MEBIBYTE})
    assert failure.code == "PAYLOAD_TOO_LARGE"
    assert json.loads(failure.details_json)["memoryBytes"] == limit
    assert pool.worker.call("reply", {"text": "x" * MEBIBYTE * 2}) == {"text": "x" * MEBIBYTE * 2}


def test_a_worker_whose_cgroup_bounds_its_cpus_alone_looks_for_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails if it is told all the same: the limit there is not the worker's own."""
    memory_group.make(tmp_path / "model", "max", 0)
    monkeypatch.setattr(cgroup, "find", lambda *_: model_cgroups.Cgroups(str(tmp_path)))
    limits = WorkerLimits("one", "run")
    limits.configure(0, 1)
    assert limits.memory_group(limits.open("w-1")) == ""
    limits.configure(100, 1)
    assert limits.memory_group(limits.open("w-2")) == str(tmp_path / "w-2")
