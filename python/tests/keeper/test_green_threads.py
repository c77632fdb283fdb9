"""Adapters that gevent or eventlet has patched: all kinds of tools, interruptions, orderly ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import fake_host
import pytest
from keeper.onepool import Pool, refused_on_threads
from keeper.running_keeper import RunningKeeper, eventually

from snakepit.v1 import worker_pb2 as pb

WAITS = (
    "own sleep",
    "time.sleep",
    "nowhere",
    "socket",
    "green thread",
    "thread",
    "queue",
    "event",
    "process",
)
Maker = Callable[..., Pool]


@pytest.fixture(params=["gevent", "eventlet"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ends(tmp_path: Path) -> Path:
    """The file in which ends are noted."""
    return tmp_path / "ends"


@pytest.fixture
def new_green_keeper(
    new_keeper: Callable[..., RunningKeeper], library: str, ends: Path
) -> Callable[..., RunningKeeper]:
    def make(**environ: str) -> RunningKeeper:
        unmeasured = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
        own = {"GREEN": library, "ENDS": str(ends), "PYTHONWARNINGS": "ignore"}
        return new_keeper(package=fake_host.SOURCES, **own, **unmeasured, **environ)

    return make


@pytest.fixture
def green(
    new_green_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str
) -> Iterator[Maker]:
    pools: list[Pool] = []

    def make(**environ: str) -> Pool:
        given = {"adapter": "samples.green", "termGraceMs": 60_000}
        pools.append(Pool(new_green_keeper(**environ), tmp_path, method, **given))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def ask(worker: fake_host.Attached, tool: str) -> None:
    """Calls a tool that calls the host, and answers that."""
    call = worker.send_call(tool)
    own = worker.receive()[0].host_call.id
    worker.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"[1]")
    assert worker.answers(1) == {call: [1]}


def upload(worker: fake_host.Attached, tool: str) -> int:
    """Sends an upload of two parts, and returns the tool's answer."""
    call = worker.send_upload(tool)
    worker.part(call, b"x" * 1000)
    worker.part(call, b"y", last=True)
    message, body = worker.receive()
    while message.WhichOneof("kind") == "credit":
        message, body = worker.receive()
    assert message.result.id == call, message
    return int(json.loads(body))


def await_note(ends: Path, note: str) -> None:
    eventually(lambda: ends.exists() and note in ends.read_text(), lambda: f"never came: {note}")


def interrupt(worker: fake_host.Attached, tool: str, after: float, **args: object) -> None:
    call = worker.send_call(tool, args)
    time.sleep(after)
    worker.cancel(call)
    assert worker.answers(1)[call].code == "CANCELLED", args


def test_tools_of_every_kind_answer(green: Maker) -> None:
    worker = green().worker
    assert worker.call("together", {"n": 4}) == 4
    assert worker.call("count_beats") < worker.call("count_beats")
    assert worker.call("program") == "ran"
    for more in ("", "_async"):
        assert worker.end_stream(worker.send_stream(f"numbers{more}", {"n": 40}, 4)) == [*range(40)]
        assert upload(worker, f"size{more}") == 1001
        ask(worker, f"ask{more}")
    ask(worker, "ask_in_green_thread")


def test_async_tools_wait_for_threads(green: Maker) -> None:
    """Red on uvloop's event loop, which no green thread runs beside: there it waits for ever."""
    worker = green().worker
    assert worker.call("in_thread") == "waited"
    interrupt(worker, "wait_async", 0.1)
    assert worker.call("in_thread") == "waited"


def test_a_tool_is_interrupted_wherever_it_waits(green: Maker, ends: Path) -> None:
    pool = green()
    for count, where in enumerate(WAITS, 1):
        call = pool.worker.send_call("wait", {"where": where})
        await_note(ends, f"{where} {pool.key[0]}\n")
        time.sleep(0.05)
        assert pool.worker.ping(count) == count
        pool.worker.cancel(call)
        assert pool.worker.answers(1)[call].code == "CANCELLED", where
        assert ends.read_text().count("tidied") == count, where
        assert pool.worker.call("together", {"n": 4}) == 4


def test_only_the_tool_is_interrupted_and_nothing_else_that_runs(green: Maker) -> None:
    """Red without `green_threads`: where others run all the time, one of them ended instead."""
    pool = green(BEAT_S="0")
    for place in range(60):
        interrupt(pool.worker, "wait", 0.004 + place % 7 * 0.001, where="time.sleep")
    assert pool.worker.call("count_beats") < pool.worker.call("count_beats")
    assert not any("Cancelled" in line for line in pool.keeper.lines("w-1"))


def test_a_worker_ends_in_order_and_alone(green: Maker, ends: Path) -> None:
    pool = green()
    pid = pool.key[0]
    with closing(pool.start_another("w-2")) as other:
        assert pool.worker.call("together", {"n": 4}) == 4
        assert pool.worker.call("in_thread") == "waited"
        pool.worker.shut_down()
        assert pool.keeper.event("exited", worker="w-1")["status"] == 0
        assert ends.read_text() == f"stop {pid}\natexit {pid}\n"
        assert pool.keeper.lines("w-1") == []
        assert other.call("together", {"n": 4}) == 4
        pool.keeper.send("kill", worker="w-2", signal=9)
        assert pool.keeper.event("exited", worker="w-2")["signal"] == 9
    with closing(pool.start_another("w-3")) as third:
        assert third.call("together", {"n": 4}) == 4


@pytest.mark.parametrize("profile", ["thread", "async"])
def test_calls_on_threads_are_refused(
    new_green_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str, profile: str
) -> None:
    keeper = new_green_keeper()
    refused_on_threads(keeper, tmp_path, method, "samples.green", profile)
