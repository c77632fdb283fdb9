"""Memory that runs out within the worker's own steps: every call is answered, by whomever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from fake_host import DEADLINE

from snakepit._tools.bodies import Gathered
from snakepit._tools.context import WorkerInfo
from snakepit._tools.errors import CallError, ToolNotFound
from snakepit._tools.json_text import Encoder
from snakepit._tools.results import Answer
from snakepit._worker import answers, inbox, jobs
from snakepit._worker.async_loop import AsyncLoop
from snakepit._worker.batches import write_answers
from snakepit._worker.control import Control
from snakepit._worker.host_watch import HostWatch
from snakepit._worker.inbox import Inbox
from snakepit._worker.jobs import Jobs
from snakepit._worker.link import Link, ProtocolError
from snakepit._worker.messages import Call, Part
from snakepit._worker.thread_loop import ThreadLoop
from snakepit.v1 import worker_pb2 as pb


@pytest.fixture
def ends() -> Iterator[tuple[Link, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(DEADLINE)
    yield Link(ours), theirs
    ours.close()
    theirs.close()


def header_of(call: int, batch: int = 0) -> bytes:
    call_ = pb.Call(id=call, tool="tool", batch=batch)
    return pb.HostMessage(call=call_).SerializeToString()


def call_of(own: int) -> Call:
    call = Call()
    call.id = own
    return call


class Once(Gathered):
    """A body that finds no memory the first time that it is to be copied."""

    def __init__(self) -> None:
        super().__init__((b"x",))
        self._failed = False

    def __bytes__(self) -> bytes:
        if not self._failed:
            self._failed = True
            raise MemoryError
        return super().__bytes__()


def test_each_call_of_a_batch_is_answered_once(ends: tuple[Link, socket.socket]) -> None:
    """Fails if all are answered anew, once some are: the host ends a worker for it."""
    link, peer = ends
    calls = [(call_of(n), b"") for n in (1, 2, 3)]
    outcomes: list[Answer | CallError] = [("", b"1"), ("", b"2" * 100_000), ("", Once())]
    host = Link(peer)
    found: list[tuple[str | None, int]] = []

    def read() -> None:
        while (frame := host.read()) is not None:
            message = pb.WorkerMessage.FromString(frame[0])
            found.append((message.WhichOneof("kind"), message.result.id or message.failure.id))

    reader = threading.Thread(target=read)
    reader.start()
    write_answers(link, calls, outcomes, 0)
    link.close()
    reader.join()
    assert found == [("result", 1), ("result", 2), ("failure", 3)]


def test_a_batch_is_not_read_twice(
    ends: tuple[Link, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails if the calls that come behind it are taken for its members, or awaited for ever."""
    link, peer = ends
    monkeypatch.setattr(jobs, "Job", Mock(side_effect=MemoryError))
    Link(peer).write(header_of(2))
    peer.shutdown(socket.SHUT_WR)
    with pytest.raises(MemoryError):
        Jobs(link, WorkerInfo("p-1", "p"), None).receive((header_of(1, 2), memoryview(b"")))


def test_a_call_is_taken_at_the_second_try(
    ends: tuple[Link, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, _ = ends
    monkeypatch.setattr(
        jobs, "Job", Mock(side_effect=[MemoryError, Mock(calls=[(call_of(1), b"")])])
    )
    taken = Jobs(link, WorkerInfo("p-1", "p"), None).receive((header_of(1), memoryview(b"")))
    assert taken is not None


def run_loop(loop: Any, link: Link, busy: threading.Event) -> tuple[threading.Thread, list[str]]:
    raised: list[str] = []

    def run() -> None:
        try:
            loop.run()
        except BaseException as error:  # noqa: BLE001 - whatever it is
            raised.append(type(error).__name__)

    thread = threading.Thread(target=run)
    thread.start()
    assert busy.wait(DEADLINE)
    return thread, raised


Make = Callable[[Link, Jobs, Callable[[object], Any]], Any]


def thread_loop(link: Link, all_jobs: Jobs, make_runner: Callable[[object], Any]) -> Any:
    return ThreadLoop(link, all_jobs, make_runner, 4)


def async_loop(link: Link, all_jobs: Jobs, make_runner: Callable[[object], Any]) -> Any:
    return AsyncLoop(link, all_jobs, make_runner, 4)


@pytest.mark.parametrize("make", [thread_loop, async_loop])
@pytest.mark.parametrize("fault", [MemoryError, ProtocolError])
def test_a_host_hears_at_once_of_a_loop_that_reads_no_more(
    ends: tuple[Link, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
    fault: type[Exception],
) -> None:
    """Fails if it waits for a call that runs, or for ever: those that came since hear nothing."""
    link, peer = ends
    busy, done = threading.Event(), threading.Event()

    def tool(*_: object) -> Answer:
        busy.set()
        done.wait(DEADLINE)
        return "", b"1"

    runner = Mock(run=tool, is_async=lambda _: False)
    all_jobs = Jobs(link, WorkerInfo("p-1", "p"), None)
    receive = all_jobs.receive

    def receive_once(frame: Any) -> Any:
        monkeypatch.setattr(all_jobs, "receive", Mock(side_effect=fault("as wanted")))
        return receive(frame)

    monkeypatch.setattr(all_jobs, "receive", receive_once)
    host = Link(peer)
    host.write(header_of(1))
    thread, raised = run_loop(make(link, all_jobs, lambda _: runner), link, busy)
    host.write(header_of(2))
    try:
        peer.settimeout(DEADLINE / 2)  # the tool gives up later
        assert host.read() is None
        assert not done.is_set()
    finally:
        done.set()
        peer.close()
        thread.join()
    assert raised == [fault.__name__]


@pytest.mark.parametrize("place", ["parent_is_gone", "is_silent"])
def test_the_control_thread_outlives_a_moment_without_memory(place: str) -> None:
    """Fails if it ends: nobody would answer pings then, or see the host's end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(DEADLINE)
    failed = threading.Event()

    class Watch(HostWatch):
        @property
        def parent_is_gone(self) -> bool:
            self._fail("parent_is_gone")
            return False

        def is_silent(self, signs: tuple[int, ...], now: float) -> bool:
            self._fail("is_silent")
            return False

        def _fail(self, at: str) -> None:
            if at == place and not failed.is_set():
                failed.set()
                raise MemoryError

    control = Control(Link(ours), Link(ours), Watch(0, 0.1, 0), lambda: None, lambda: None)
    control.start()
    assert failed.wait(DEADLINE)
    host = Link(theirs)
    host.write(pb.HostMessage(ping=pb.Ping(sequence=7)).SerializeToString())
    frame = host.read()
    assert frame is not None
    assert pb.WorkerMessage.FromString(frame[0]).pong.sequence == 7
    control.close()
    theirs.close()


def test_a_lost_piece_is_told_though_its_fault_finds_no_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fails if the tool reads on: what it gets would have a hole."""
    monkeypatch.setattr(inbox, "NoRoom", Mock(side_effect=MemoryError))
    monkeypatch.setattr(inbox, "whole", Mock(side_effect=MemoryError))
    full = Inbox()
    full.put(Part(), memoryview(b"abc"))
    assert full.fault is not None
    assert full.fault.code == "PAYLOAD_TOO_LARGE"
    assert full.parts[-1] == (b"", True)


@pytest.mark.parametrize("details", [{"a": "\ud800"}, {"a": 10**5_000}])
def test_details_that_the_host_would_not_read_are_left_out(details: dict[str, object]) -> None:
    told = answers.failure(1, CallError("INVALID_REQUEST", "no", details))
    assert pb.WorkerMessage.FromString(told).failure.details_json == ""


def test_nor_are_deep_objects() -> None:
    """Fails if only arrays are counted: the host would cut the worker off."""
    deep: dict[str, object] = {}
    for _ in range(600):
        deep = {"a": deep}
    told = answers.failure(1, CallError("INVALID_REQUEST", "no", deep))
    assert pb.WorkerMessage.FromString(told).failure.details_json == ""


def test_a_result_that_finds_no_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if the sentence ends where the reason should stand."""
    encoder = Encoder()
    monkeypatch.setattr(encoder, "_chunks", Mock(side_effect=MemoryError))
    with pytest.raises(CallError) as refused:
        encoder.encode({"a": 1})
    assert refused.value.code == "SERIALIZATION_ERROR"
    assert "there is no memory for it" in refused.value.message


def test_a_message_may_be_anything() -> None:
    """Fails if it is taken for a text: the worker would end with the call."""
    error = ToolNotFound("x", ValueError("why not"))  # type: ignore[arg-type] # as users may
    told = answers.failure(1, error)
    assert pb.WorkerMessage.FromString(told).failure.message == "why not"
