"""Tools that call the host, and what their Context tells them."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import pytest
from fake_host import DEADLINE, Attached, FakeHost, worker

from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import SignalCancelScope
from snakepit._tools.errors import Cancelled
from snakepit._tools.event_loop import EventLoop
from snakepit._tools.thread_scope import ThreadCancelScope
from snakepit._worker.host import SocketHost
from snakepit._worker.link import Link
from snakepit._worker.shared_host import SharedHost, SharedHostClient
from snakepit.v1 import worker_pb2 as pb


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Attached]:
    with worker(tmp_path, "samples.oddities") as attached:
        yield attached


def next_host_call(odd: Attached) -> tuple[pb.HostCall, object]:
    message, body = odd.receive()
    assert message.WhichOneof("kind") == "host_call", message
    return message.host_call, json.loads(body)


def answer(odd: Attached, call_id: int, result: object = None, **fault: str) -> None:
    odd.send(
        pb.HostMessage(host_result=pb.HostResult(id=call_id, **fault)), json.dumps(result).encode()
    )


def result_of(odd: Attached) -> object:
    message, body = odd.receive()
    assert message.WhichOneof("kind") == "result", message
    return json.loads(body)


def test_a_tool_calls_the_host_and_uses_its_results(odd: Attached) -> None:
    odd.send_call("ask", call="call-7")
    one, args = next_host_call(odd)
    assert (one.tool, one.call, args) == ("one", "call-7", {"n": 1})
    answer(odd, one.id, {"x": 1})
    two, args = next_host_call(odd)
    assert (two.tool, args) == ("two", {})
    assert two.id != one.id
    answer(odd, two.id)
    assert result_of(odd) == [{"x": 1}, None]


def test_a_failed_host_call_raises_its_code_in_the_tool(odd: Attached) -> None:
    odd.send_call("ask")
    one, _ = next_host_call(odd)
    answer(odd, one.id, code="FORBIDDEN", message="not you")
    message, _ = odd.receive()
    assert message.failure.python.type == "snakepit.HostError"
    assert message.failure.python.message == "FORBIDDEN: not you"


def test_async_host_calls_are_answered_in_any_order(odd: Attached) -> None:
    odd.send_call("ask_many", {"n": 3})
    calls = [next_host_call(odd) for _ in range(3)]
    assert [args for _, args in calls] == [{"n": 0}, {"n": 1}, {"n": 2}]
    for call, args in reversed(calls):
        assert isinstance(args, dict)
        answer(odd, call.id, args["n"] * 2)
    assert result_of(odd) == [0, 2, 4]


def test_a_failed_async_host_call_raises_too(odd: Attached) -> None:
    odd.send_call("ask_many", {"n": 1})
    call, _ = next_host_call(odd)
    answer(odd, call.id, code="NOT_FOUND", message="")
    message, _ = odd.receive()
    assert message.failure.python.message == "NOT_FOUND"


def test_a_blocking_host_call_amid_async_ones_is_refused(odd: Attached) -> None:
    odd.send_call("mix")
    slow, _ = next_host_call(odd)
    answer(odd, slow.id)
    assert "call_host_async" in str(result_of(odd))


def test_what_is_kept_of_a_calls_calls_to_the_host_ends_with_each() -> None:
    """A stream may make millions of them. And no frame is torn, whoever runs the loop."""
    scope = SignalCancelScope()

    class Host:
        def send(self, *_: object) -> tuple[int, Future[int]]:
            assert scope._shielded
            answer: Future[int] = Future()
            answer.set_result(1)
            return len(client._own) + 1, answer

        def forget(self, own: int) -> None:
            pass

    client = SharedHostClient(cast("SharedHost", Host()), scope)
    for _ in range(3):
        assert client.call("call-1", "slow", {}) == 1
        assert asyncio.run(client.call_async("call-1", "slow", {})) == 1
    assert not client._own


def test_nothing_is_kept_of_a_call_to_the_host_that_nobody_waits_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        host = SharedHost(Link(ours), threading.Lock())
        own, answer = host.send("call-1", "slow", {})
        host.forget(own)
        assert answer.cancelled()
        assert not host._waiting


def test_frames_to_and_from_the_host_are_not_torn() -> None:
    scope = SignalCancelScope()

    class Shielded(Link):
        def write(self, header: bytes, body: Body = b"") -> None:
            assert scope._shielded
            super().write(header, body)

        def read(self) -> tuple[bytes, memoryview] | None:
            assert scope._shielded
            return super().read()

    ours, theirs = socket.socketpair()
    with ours, theirs:
        answered = pb.HostMessage(host_result=pb.HostResult(id=1))
        Link(theirs).write(answered.SerializeToString(), b"7")
        assert SocketHost(Shielded(ours), scope).call("call-1", "slow", {}) == 7


def test_an_interruption_that_comes_just_after_the_hosts_answer_is_not_lost() -> None:
    """Red without the look at the end: the tool would go on."""
    faults: list[BaseException] = []

    def job() -> None:
        scope = ThreadCancelScope()

        class Late(Future[int]):
            def result(self, timeout: float | None = None) -> int:
                scope.cancel(1)
                return super().result()

        class Host:
            def send(self, *_: object) -> tuple[int, Future[int]]:
                answer = Late()
                answer.set_result(1)
                return 1, answer

            def forget(self, own: int) -> None:
                pass

        scope.enter(1, 1)
        try:
            SharedHostClient(cast("SharedHost", Host()), scope).call("call-1", "slow", {})
        except Cancelled as error:
            faults.append(error)
        scope.leave()

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()
    assert len(faults) == 1


def test_an_interruption_just_before_an_async_tool_waits_for_the_host_ends_that() -> None:
    """The event loop can't cancel the task meanwhile. Red without the look before the wait."""
    scope = SignalCancelScope()

    class Host:
        def send(self, *_: object) -> tuple[int, Future[int]]:
            scope.cancel(1)

            class Now(Future[int]):
                def result(self, timeout: float | None = None) -> int:
                    return super().result(timeout=0)

            return 1, Now()

        def forget(self, own: int) -> None:
            pass

    scope.enter(1, 1)
    scope.hand_over(lambda: None)  # the loop's
    with pytest.raises(Cancelled):
        SharedHostClient(cast("SharedHost", Host()), scope).call("call-1", "slow", {})
    scope.leave()


def test_an_interruption_amid_the_end_of_a_call_leaves_its_way_to_the_host_whole() -> None:
    """Red without the shield: the next async call to the host would never be answered."""
    scope = SignalCancelScope()

    class Interrupted(Link):
        def unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
            scope.cancel(1)
            super().unwatch(loop)

    async def leave_host_call() -> None:
        waits.append(asyncio.ensure_future(host.call_async("call-1", "slow", {})))
        await asyncio.sleep(0)

    waits: list[asyncio.Future[None]] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        host = SocketHost(Interrupted(ours), scope)
        loop = EventLoop(scope)
        scope.enter(1, 1)
        loop.run(leave_host_call())
        with pytest.raises(Cancelled):
            host.end_call()
        scope.leave()
        assert not host._tasks.are_watching
        assert ours.gettimeout() is None
        loop.close()
    assert waits[0].cancelled()


def test_the_answer_to_an_abandoned_host_call_is_passed_over(odd: Attached) -> None:
    odd.send_call("give_up")
    slow, _ = next_host_call(odd)
    fast, _ = next_host_call(odd)
    answer(odd, slow.id, "late")
    answer(odd, fast.id, "wanted")
    assert result_of(odd) == "wanted"


def test_only_the_tools_own_thread_may_call_the_host(odd: Attached) -> None:
    assert "only from the thread that runs the tool" in odd.call("ask_from_thread")


def test_a_context_cannot_call_the_host_after_its_call(odd: Attached) -> None:
    odd.call("keep_context", call="call-1")
    failure = odd.fail("use_kept")
    assert "call call-1 is over" in failure.message


def test_the_context_tells_of_worker_call_session_and_deadline(
    odd: Attached, caplog: pytest.LogCaptureFixture
) -> None:
    assert odd.call("about", call="call-9", session="user-7", timeout_ms=60_000) == {
        "worker": "test-1",
        "pool": "test",
        "call": "call-9",
        "session": "user-7",
        "deadline": True,
        "cancelled": False,
    }
    assert "[call-9] seen it" in caplog.text
    nothing = odd.call("about")
    assert nothing["session"] is None
    assert nothing["deadline"] is None


def test_a_call_is_cancelled_once_its_deadline_is_over(odd: Attached) -> None:
    assert odd.call("about", timeout_ms=0.000001)["cancelled"] is True


def test_a_host_call_left_behind_is_cancelled_and_its_late_answer_passed_over(
    odd: Attached,
) -> None:
    odd.send_call("leave_host_call")
    slow, _ = next_host_call(odd)
    assert result_of(odd) is False
    answer(odd, slow.id, "late")
    assert odd.call("leave_host_call") is True


@pytest.mark.parametrize("tool", ["ask", "ask_many"])
@pytest.mark.parametrize(
    "header",
    [pb.HostMessage(call=pb.Call(id=9, tool="ask")).SerializeToString(), b"\xff\xff\xff", None],
    ids=["out of place", "unparseable", "end"],
)
def test_something_else_than_the_hosts_result_ends_the_worker(
    tmp_path: Path, tool: str, header: bytes | None
) -> None:
    host = FakeHost(tmp_path)
    thread = host.start_worker("samples.oddities")
    odd = host.attach()
    odd.receive()
    odd.send_call(tool, {"n": 1} if tool == "ask_many" else None)
    next_host_call(odd)
    if header is None:
        odd.work.close()
    else:
        odd.work.write(header)
        assert odd.work.read() is None
    thread.join(DEADLINE)
    assert not thread.is_alive()
    odd.close()
    host.close()
