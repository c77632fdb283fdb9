"""Defaults, patches and handlers that users' code leaves in a process: our plumbing needs none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import fake_host
import pytest
from keeper.onepool import Pool, refused_on_threads
from keeper.running_keeper import RunningKeeper

from snakepit.v1 import worker_pb2 as pb

PATCHES = ["functions", "defaults", "streams", "handlers"]
Maker = Callable[..., Pool]


@pytest.fixture
def patched(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str
) -> Iterator[Maker]:
    pools: list[Pool] = []

    def make(patches: str, **fields: object) -> Pool:
        unmeasured = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
        keeper = new_keeper(package=fake_host.SOURCES, PATCHES=patches, **unmeasured)
        pools.append(Pool(keeper, tmp_path, method, adapter="samples.patched", **fields))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.mark.parametrize("patches", PATCHES)
def test_a_worker_lives_as_any_other(patched: Maker, patches: str) -> None:
    """Calls, pings, calls to the host, idleness, interruption, a kill, a successor, a shutdown."""
    pool = patched(patches)
    worker, keeper = pool.worker, pool.keeper
    assert worker.call("ok") == 1.5
    assert not pool.lives_for(0) or pool.lives_for(0.5)  # longer than the default timeout
    assert (worker.call("ok", {"n": 2}), worker.ping(1)) == (2, 1)
    asks = worker.send_call("ask")
    own = worker.receive()[0].host_call.id
    worker.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"[1]")
    assert worker.answers(1) == {asks: [1]}
    if patches != "functions":  # an event loop of a user's needs what these have replaced
        assert worker.call("waiting") == 2.5
    naps = worker.send_call("nap")
    worker.cancel(naps)
    assert worker.answers(1)[naps].code == "CANCELLED"
    with closing(pool.start_another("w-2")) as other:
        keeper.send("kill", worker="w-1", signal=9)
        assert keeper.event("exited", worker="w-1")["signal"] == 9
        assert other.call("ok") == 1.5
        with closing(pool.start_another("w-3")) as third:
            assert third.call("ok") == 1.5
        other.shut_down()
        assert keeper.event("exited", worker="w-2")["status"] == 0


@pytest.mark.parametrize("patches", ["defaults", "streams", "handlers"])
@pytest.mark.parametrize("profile", ["thread", "async"])
def test_so_it_is_where_calls_run_side_by_side(patched: Maker, profile: str, patches: str) -> None:
    pool = patched(patches, profile=profile, concurrency=2)
    worker, keeper = pool.worker, pool.keeper
    assert worker.call("waiting") == 2.5
    assert pool.lives_for(0.5)
    assert (worker.call("ok"), worker.call("waiting"), worker.ping(1)) == (1.5, 2.5, 1)
    asks = worker.send_call("ask")
    own = worker.receive()[0].host_call.id
    dozes = worker.send_call("doze")
    worker.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"[1]")
    assert worker.answers(1) == {asks: [1]}
    worker.cancel(dozes)
    assert worker.answers(1)[dozes].code == "CANCELLED"
    with closing(pool.start_another("w-2")) as other:
        keeper.send("kill", worker="w-1", signal=9)
        assert keeper.event("exited", worker="w-1")["signal"] == 9
        assert other.call("waiting") == 2.5
        other.shut_down()
        assert keeper.event("exited", worker="w-2")["status"] == 0


@pytest.mark.parametrize("profile", ["thread", "async"])
def test_threads_that_are_none_are_refused(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str, profile: str
) -> None:
    keeper = new_keeper(package=fake_host.SOURCES, PATCHES="functions")
    refused_on_threads(keeper, tmp_path, method, "samples.patched", profile)
