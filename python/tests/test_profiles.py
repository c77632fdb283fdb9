"""Several calls at a time in one worker: profiles `thread` and `async`."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import Mock

import pytest
from fake_host import DEADLINE, Attached, FakeHost, environment, process, worker
from keeper.running_keeper import eventually
from samples.patient import come

from snakepit import Adapter, WorkerInfo
from snakepit._tools.runner import Runner
from snakepit._worker.async_loop import AsyncLoop
from snakepit._worker.call_threads import Threads
from snakepit._worker.jobs import Jobs
from snakepit._worker.link import Link
from snakepit.v1 import worker_pb2 as pb

PROFILES = ["thread", "async", "async with uvloop"]


def start(folder: Path, kind: str, *, measured: bool = True) -> AbstractContextManager[Attached]:
    profile, _, uvloop = kind.partition(" with ")
    return process(
        folder,
        "samples.patient",
        measured=measured,
        uvloop=bool(uvloop),
        profile=profile,
        concurrency=8,
    )


@pytest.fixture(params=PROFILES)
def many(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    with start(tmp_path, request.param) as attached:
        yield attached


@pytest.fixture(params=PROFILES)
def interruptible(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    with start(tmp_path, request.param, measured=False) as attached:
        yield attached


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A directory where calls meet."""
    made = tmp_path / "place"
    made.mkdir()
    return str(made)


@pytest.mark.parametrize("tool", ["meet", "meet_async"])
def test_calls_run_at_the_same_time(many: Attached, place: str, tool: str) -> None:
    """Fails if one of them waits for another's end: none ends before all have begun."""
    calls = [many.send_call(tool, {"place": place, "count": 8}) for _ in range(8)]
    assert many.ping(1) == 1
    assert many.answers(8) == dict.fromkeys(calls, 8)


def test_each_is_answered_when_it_ends(many: Attached, place: str) -> None:
    slow = many.send_call("meet", {"place": place, "count": 2})
    fast = many.send_call("instant", {"n": 1})
    assert many.answers(1) == {fast: 1}
    come(place)
    assert many.answers(1) == {slow: 2}


def test_only_what_was_cancelled_is_interrupted(interruptible: Attached) -> None:
    spinning = interruptible.send_call("wait", {"kind": "poll"})
    waiting = interruptible.send_call("wait_async")
    other = interruptible.send_call("nap", {"seconds": 0.3})
    interruptible.ping(1)
    interruptible.cancel(spinning)
    interruptible.cancel(waiting)
    found = interruptible.answers(3)
    assert found[spinning].code == "CANCELLED"
    assert found[waiting].code == "CANCELLED"
    assert found[other] == 0.3
    assert interruptible.call("ping") == "pong"


def test_pure_python_on_a_thread_is_interrupted(interruptible: Attached) -> None:
    spinning = interruptible.send_call("wait", {"kind": "spin"})
    interruptible.ping(1)
    interruptible.cancel(spinning)
    assert interruptible.answers(1)[spinning].code == "CANCELLED"


@pytest.mark.parametrize("tool", ["instant", "instant_async"])
def test_a_cancel_that_overtakes_its_call_keeps_it_from_running(many: Attached, tool: str) -> None:
    many.cancel(1)
    many.ping(1)
    assert many.fail(tool, {"n": 1}).code == "CANCELLED"
    assert many.call(tool, {"n": 2}) == 2


def test_errors_are_answered_as_anywhere(many: Attached) -> None:
    assert many.fail("nope").code == "TOOL_NOT_FOUND"
    assert many.fail("instant", {"m": 1}).code == "INVALID_REQUEST"
    assert many.call("ping") == "pong"


def test_calls_to_the_host_are_answered_to_whoever_made_them(many: Attached) -> None:
    calls = [many.send_call("ask_async", {"n": n}) for n in range(5)]
    asked = {}
    for _ in calls:
        message, _body = many.receive()
        asked[message.host_call.id] = message.host_call
    for own in sorted(asked, reverse=True):
        many.send(pb.HostMessage(host_result=pb.HostResult(id=own)), str(own).encode())
    assert sorted(many.answers(5).values()) == sorted(asked)


def test_a_wait_for_the_host_can_be_cancelled(interruptible: Attached) -> None:
    waiting = interruptible.send_call("ask_async", {"n": 1})
    interruptible.receive()
    interruptible.cancel(waiting)
    assert interruptible.answers(1)[waiting].code == "CANCELLED"


def test_on_a_thread_a_blocking_wait_for_the_host_can_be_cancelled(tmp_path: Path) -> None:
    with process(
        tmp_path, "samples.patient", measured=False, profile="thread", concurrency=2
    ) as many:
        waiting = many.send_call("ask")
        message, _ = many.receive()
        many.cancel(waiting)
        assert many.answers(1)[waiting].code == "CANCELLED"
        result = pb.HostMessage(host_result=pb.HostResult(id=message.host_call.id))
        many.send(result, b"1")
        again = many.send_call("ask")
        message, _ = many.receive()
        many.send(pb.HostMessage(host_result=pb.HostResult(id=message.host_call.id)), b"2")
        assert many.answers(1)[again] == 2


def test_threads_are_made_as_they_are_needed_and_no_more(tmp_path: Path, place: str) -> None:
    with process(tmp_path, "samples.patient", profile="thread", concurrency=4) as many:
        assert many.call("threads") == 1
        calls = [many.send_call("meet", {"place": place, "count": 4}) for _ in range(8)]
        assert many.answers(8) == dict.fromkeys(calls, 4)
        assert many.call("threads") == 4


def test_a_thread_that_is_free_takes_the_next_call() -> None:
    """Fails if each call has a new one made, as long as there may be more.

    When one is free no answer tells: it is so a moment after that.
    """
    jobs = Mock(begin=lambda *_: False)  # as if each had been cancelled
    threads = Threads(jobs, Mock(), 4)
    for _ in range(8):
        threads.submit(Mock(calls=[(pb.Call(id=1), b"")]))
        eventually(lambda: threads._under_way == 0, lambda: "the thread stays busy")
    assert len(threads._threads) == 1
    threads.close()


def test_what_is_kept_of_calls_and_cancels_is_bounded() -> None:
    """A worker that lives for months keeps nothing of calls and cancels that are over."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        jobs = Jobs(Link(ours), WorkerInfo("test-1", "test"), None)
        for call in range(1, 5):
            jobs.cancel(2)  # early, in time, and late
            message = pb.HostMessage(call=pb.Call(id=call, tool="instant"))
            job = jobs.receive((message.SerializeToString(), memoryview(b"")))
            assert job is not None
            assert jobs.begin(job, lambda: None) == (call != 2)
            if call != 2:
                jobs.answer(job, [("", b"1")])
        jobs.cancel(2)
        assert not jobs._by_call
        assert not jobs._early


def test_whatever_comes_after_the_loop_has_ended_is_passed_over() -> None:
    """Late messages come on the control thread, whose lifelines must not end with the loop."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(ours)
        jobs = Jobs(link, WorkerInfo("test-1", "test"), None)
        loop = AsyncLoop(link, jobs, lambda scope: Runner(Adapter(), {}, scope=scope), 1)
        theirs.close()
        loop.run()
        loop.stop()
        loop.cancel(1)


def test_hundreds_of_waiting_calls_share_one_loop(tmp_path: Path) -> None:
    """Fails if one waits for another's end: none is answered before all have asked the host."""
    with process(tmp_path, "samples.patient", profile="async", concurrency=500) as many:
        # Read while they are sent, as a host does: else a slow one stops, when the first frames
        # have filled the socket, and with it the worker.
        with ThreadPoolExecutor(1) as reader:
            asked = reader.submit(lambda: [many.receive()[0].host_call.id for _ in range(500)])
            calls = [many.send_call("ask_async", {"n": n}) for n in range(500)]
            waiting = asked.result()
            answers = reader.submit(many.answers, 500)
            for own in waiting:
                many.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"7")
            assert answers.result() == dict.fromkeys(calls, 7)
        assert many.call("threads") == 1  # this one's


def test_the_thread_profile_wants_an_adapter_that_says_it_is_safe(tmp_path: Path) -> None:
    host = FakeHost(tmp_path)
    thread = host.start_worker("samples.hostile", profile="thread", concurrency=2)
    attached = host.attach()
    message, _ = attached.receive()
    assert message.start_failure.python.type == "snakepit.AdapterError"
    assert "thread_safe = True" in message.start_failure.python.message
    attached.close()
    host.close()
    thread.join()


@pytest.mark.parametrize("tool", ["meet", "meet_async"])
def test_a_shutdown_waits_for_what_runs(many: Attached, place: str, tool: str) -> None:
    call = many.send_call(tool, {"place": place, "count": 2})
    assert many.call("ping") == "pong"  # so that one has been read, too
    many.shut_down()
    many.ping(1)  # answered after the shutdown has been taken in
    come(place)
    assert many.answers(1) == {call: 2}


@pytest.mark.parametrize("profile", ["thread", "async"])
def test_frames_are_whole_however_many_are_written_at_a_time(tmp_path: Path, profile: str) -> None:
    """In both directions there is more than a socket holds."""
    size = 1 << 20
    with process(tmp_path, "samples.patient", profile=profile, concurrency=8) as many:
        calls = [many.send_call("ask_much", {"size": size}) for _ in range(8)]
        found: dict[int, str] = {}
        while len(found) < 8:
            message, body = many.receive()
            if message.WhichOneof("kind") == "host_call":
                assert json.loads(body) == {"text": "x" * size}
                own = message.host_call.id
                many.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"7")
            else:
                found[message.result.id] = json.loads(body)
        assert found == dict.fromkeys(calls, "7" * size)


@pytest.mark.parametrize("profile", ["thread", "async"])
@pytest.mark.parametrize("tool", ["nap", "ask"])
def test_the_end_of_the_connection_ends_the_worker_whatever_runs(
    tmp_path: Path, profile: str, tool: str
) -> None:
    """A tool that waits for the host is told, and an answer that nobody takes harms nobody."""
    host = FakeHost(tmp_path)
    thread = host.start_worker("samples.patient", profile=profile, concurrency=2)
    many = host.attach()
    many.receive()
    many.send_call(tool, {"seconds": 0.2} if tool == "nap" else {})
    if tool == "ask":
        many.receive()
    many.work.close()
    thread.join(DEADLINE)
    assert thread.status == 0
    many.close()
    host.close()


@pytest.mark.parametrize("profile", ["thread", "async"])
def test_a_frame_that_has_no_place_ends_the_worker(tmp_path: Path, profile: str) -> None:
    host = FakeHost(tmp_path)
    thread = host.start_worker("samples.patient", profile=profile, concurrency=2)
    many = host.attach()
    many.receive()
    many.send(pb.HostMessage(ping=pb.Ping(sequence=1)))
    thread.join(DEADLINE)
    assert thread.status == 1
    many.close()
    host.close()


@pytest.mark.parametrize("profile", ["process", "thread", "async"])
def test_memory_is_told_if_it_is_asked_for(tmp_path: Path, profile: str) -> None:
    with worker(tmp_path, "samples.patient", profile=profile, tell_memory=True) as busy:
        busy.send_call("ping")
        message, _ = busy.receive()
        small = message.result.resident_bytes
        assert small > 1 << 20
        busy.send_call("nope")
        message, _ = busy.receive()
        assert message.failure.resident_bytes >= small // 2
        busy.send_batch("ping", {}, {})
        assert busy.receive()[0].result.resident_bytes >= small // 2
        assert busy.receive()[0].result.resident_bytes >= small // 2
    other = tmp_path / "other"
    other.mkdir()
    with worker(other, "samples.hostile") as busy:
        busy.send_call("ok")
        assert busy.receive()[0].result.resident_bytes == 0


@pytest.mark.parametrize(("installed", "kind"), [(True, "uvloop"), (False, "asyncio")])
def test_uvloop_is_used_where_it_is_installed(kind: str, *, installed: bool) -> None:
    code = "from snakepit._tools.event_loop import *; print(type(new_event_loop()).__module__)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(uvloop=installed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(kind)


@pytest.mark.parametrize(
    ("profile", "loads"), [("process", False), ("thread", False), ("async", True)]
)
def test_only_workers_that_need_asyncio_pay_for_it(profile: str, *, loads: bool) -> None:
    code = (
        "import sys; from snakepit._worker.main import preload; "
        "import snakepit.adapters.showcase; "
        f"preload({profile!r}); print('asyncio' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(loads)
