"""A worker's life: handshake, start, shutdown, and every way in which it can end early."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_host import DEADLINE, TOKEN, FakeHost, WorkerThread, spawn, worker
from samples import oddities

from snakepit import __version__
from snakepit.v1 import worker_pb2 as pb

SHOWCASE = "snakepit.adapters.showcase"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FakeHost]:
    fake = FakeHost(tmp_path)
    yield fake
    fake.close()


def finish(thread: WorkerThread) -> int | None:
    thread.join(DEADLINE)
    assert not thread.is_alive()
    return thread.status


def test_says_hello_on_both_connections_with_its_token(host: FakeHost) -> None:
    thread = host.start_worker(SHOWCASE)
    attached = host.attach()
    work, control = attached.hellos
    assert (work.channel, control.channel) == (pb.CHANNEL_WORK, pb.CHANNEL_CONTROL)
    assert work.token == control.token == TOKEN
    assert (work.min_protocol, work.max_protocol) == (1, 1)
    assert work.pid == os.getpid()
    assert work.package_version == __version__
    attached.receive()
    attached.shut_down()
    assert finish(thread) == 0
    attached.close()


def test_ready_describes_each_tool(host: FakeHost) -> None:
    thread = host.start_worker(SHOWCASE)
    attached = host.attach()
    message, body = attached.receive()
    assert message.HasField("ready")
    assert b'"name":"add"' in body
    attached.shut_down()
    assert finish(thread) == 0
    attached.close()


def test_a_refusal_ends_the_worker_and_is_told_on_stderr(
    host: FakeHost, capfd: pytest.CaptureFixture[str]
) -> None:
    thread = host.start_worker(SHOWCASE)
    link, _ = host.accept(pb.HostMessage(refusal=pb.Refusal(message="token used twice")))
    assert finish(thread) == 1
    assert "test-1: the host refused this worker: token used twice" in capfd.readouterr().err
    link.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (pb.HostMessage(ping=pb.Ping(sequence=1)), "answered the handshake with ping"),
        (pb.HostMessage(welcome=pb.Welcome(protocol=9)), "chose protocol 9"),
    ],
)
def test_an_answer_that_is_no_welcome_ends_the_worker(
    host: FakeHost, capfd: pytest.CaptureFixture[str], answer: pb.HostMessage, said: str
) -> None:
    thread = host.start_worker(SHOWCASE)
    link, _ = host.accept(answer)
    assert finish(thread) == 1
    assert said in capfd.readouterr().err
    link.close()


@pytest.mark.parametrize("frame", [None, b"\xff\xff\xff"])
def test_no_answer_or_an_unreadable_one_ends_the_worker(
    host: FakeHost, capfd: pytest.CaptureFixture[str], frame: bytes | None
) -> None:
    thread = host.start_worker(SHOWCASE)
    link, _ = host.take()
    if frame:
        link.write(frame)
    link.close()
    assert finish(thread) == 1
    assert "test-1: " in capfd.readouterr().err


def test_shutdown_during_the_start_ends_the_worker_without_ready(host: FakeHost) -> None:
    oddities.gate.clear()
    thread = host.start_worker("samples.slow_start")
    attached = host.attach()
    attached.shut_down()
    attached.ping(1)
    oddities.gate.set()
    assert finish(thread) == 0
    assert attached.work.read() is None
    attached.close()


def test_a_cancel_during_the_start_is_passed_over(host: FakeHost) -> None:
    oddities.gate.clear()
    thread = host.start_worker("samples.slow_start")
    attached = host.attach()
    attached.cancel(1)
    assert attached.ping(1) == 1
    oddities.gate.set()
    assert attached.receive()[0].HasField("ready")
    attached.shut_down()
    assert finish(thread) == 0
    attached.close()


def test_a_host_that_tells_its_limits_is_believed(tmp_path: Path) -> None:
    limited = FakeHost(tmp_path, max_frame_bytes=100_000, max_body_bytes=1 << 30)
    thread = limited.start_worker(SHOWCASE)
    attached = limited.attach()
    attached.receive()
    assert attached.fail("flood", {"chunks": 1, "size": 100_000}).code == "PAYLOAD_TOO_LARGE"
    attached.shut_down()
    assert finish(thread) == 0
    attached.close()
    limited.close()


def test_a_host_that_hangs_up_at_the_second_connection_ends_the_worker(
    host: FakeHost, capfd: pytest.CaptureFixture[str]
) -> None:
    thread = host.start_worker(SHOWCASE)
    work, _ = host.accept()
    host._listener.accept()[0].close()
    assert finish(thread) == 1
    assert "test-1: " in capfd.readouterr().err
    work.close()


def test_a_host_that_does_not_listen_ends_the_worker(
    host: FakeHost, capfd: pytest.CaptureFixture[str]
) -> None:
    host.close()
    assert finish(host.start_worker(SHOWCASE)) == 1
    assert f"can't reach the host at {host.path}" in capfd.readouterr().err


def test_an_adapter_whose_start_raises_is_reported_with_its_traceback(
    host: FakeHost, capfd: pytest.CaptureFixture[str]
) -> None:
    thread = host.start_worker("samples.bad_start")
    attached = host.attach()
    message, _ = attached.receive()
    python = message.start_failure.python
    assert (python.type, python.message) == ("OSError", "no database for test-1")
    assert "bad_start.py" in python.traceback
    assert "snakepit/_" not in python.traceback
    assert finish(thread) == 1
    assert "no database" in capfd.readouterr().err
    attached.close()


def test_shutdown_while_idle_stops_the_adapter_even_if_that_raises(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    oddities.closed.clear()
    with worker(tmp_path, "samples.oddities") as odd:
        odd.call("leave_task")
    assert oddities.closed == ["adapter", "task"]
    assert "the adapter's stop() raised an exception" in caplog.text
    assert "can't stop" in caplog.text


def test_pings_are_answered_while_a_tool_runs(tmp_path: Path) -> None:
    oddities.gate.clear()
    with worker(tmp_path, "samples.oddities") as odd:
        odd.send_call("wait_for_gate")
        assert [odd.ping(i) for i in range(1, 4)] == [1, 2, 3]
        oddities.gate.set()
        assert odd.receive()[1] == b"true"


def test_shutdown_during_a_call_lets_it_finish_and_call_the_host(tmp_path: Path) -> None:
    oddities.gate.clear()
    with worker(tmp_path, "samples.oddities") as odd:
        odd.send_call("ask")
        one, _ = odd.receive()
        odd.shut_down()
        odd.ping(1)  # answered after the shutdown has been taken in
        for result in (one, None):
            message = result or odd.receive()[0]
            answer = pb.HostResult(id=message.host_call.id)
            odd.send(pb.HostMessage(host_result=answer), b"1")
        assert odd.receive()[1] == b"[1,1]"
        assert odd.work.read() is None


def test_the_end_of_the_work_connection_is_a_shutdown_too(host: FakeHost) -> None:
    thread = host.start_worker(SHOWCASE)
    attached = host.attach()
    attached.receive()
    attached.work.close()
    assert finish(thread) == 0
    attached.close()


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff\xff\xff",
        pb.HostMessage(ping=pb.Ping(sequence=1)).SerializeToString(),
        b"\0" * (64 * 1024 + 1),
    ],
    ids=["unparseable", "out of place", "too large"],
)
def test_a_frame_that_has_no_place_ends_the_worker(
    host: FakeHost, capfd: pytest.CaptureFixture[str], frame: bytes
) -> None:
    thread = host.start_worker(SHOWCASE)
    attached = host.attach()
    attached.receive()
    attached.work._send(struct.pack(">II", len(frame), 0) + frame)  # not by `write`: it refuses
    assert finish(thread) == 1
    assert "test-1: " in capfd.readouterr().err
    attached.close()


def test_a_call_before_the_start_is_over_waits_for_it(host: FakeHost) -> None:
    thread = host.start_worker(SHOWCASE)
    attached = host.attach()
    attached.send_call("ping")
    attached.send_call("add", {"a": 1, "b": 2})
    assert attached.receive()[0].HasField("ready")
    assert [attached.receive()[1] for _ in range(2)] == [b'"pong"', b"3"]
    attached.shut_down()
    assert finish(thread) == 0
    attached.close()


def test_a_spawned_worker_reads_its_orders_and_serves(host: FakeHost) -> None:
    with spawn(host.boot(SHOWCASE)) as child:
        attached = host.attach()
        assert attached.receive()[0].HasField("ready")
        assert attached.hellos[0].pid == child.pid
        assert attached.call("add", {"a": 20, "b": 22}) == 42
        attached.shut_down()
        assert child.wait(DEADLINE) == 0
        attached.close()


@pytest.mark.parametrize(
    ("adapter", "python_type", "said"),
    [
        ("samples.bad_import", "SystemExit", "not today"),
        ("samples.missing_dependency", "ModuleNotFoundError", "a_library_that_nobody_has"),
        ("samples.nowhere", "snakepit.AdapterError", "no module named samples.nowhere"),
    ],
)
def test_a_spawned_worker_reports_an_import_that_fails(
    host: FakeHost, adapter: str, python_type: str, said: str
) -> None:
    with spawn(host.boot(adapter)) as child:
        work, _ = host.accept()
        frame = work.read()
        assert frame is not None
        python = pb.WorkerMessage.FromString(frame[0]).start_failure.python
        assert python.type == python_type
        assert said in python.message
        assert "snakepit/_" not in python.traceback
        assert child.wait(DEADLINE) == 1
        work.close()


def test_a_spawned_worker_whose_import_and_host_fail_ends_with_status_1(host: FakeHost) -> None:
    host.close()
    with spawn(host.boot("samples.bad_import")) as child:
        assert child.wait(DEADLINE) == 1
        assert child.stderr is not None
        assert b"can't reach the host" in child.stderr.read()


def test_the_end_of_the_control_connection_kills_the_worker_in_a_call(host: FakeHost) -> None:
    with spawn(host.boot(SHOWCASE)) as child:
        attached = host.attach()
        attached.receive()
        attached.send_call("sleep", {"seconds": 60})
        attached.close()
        assert child.wait(DEADLINE) == -signal.SIGKILL


def test_the_end_of_both_connections_kills_an_idle_worker(host: FakeHost) -> None:
    with spawn(host.boot(SHOWCASE)) as child:
        attached = host.attach()
        attached.receive()
        attached.close()
        assert child.wait(DEADLINE) == -signal.SIGKILL


def test_a_message_out_of_place_on_control_is_the_hosts_end(host: FakeHost) -> None:
    with spawn(host.boot(SHOWCASE)) as child:
        attached = host.attach()
        attached.receive()
        assert attached.control is not None
        attached.control.write(host.welcome.SerializeToString())
        assert child.wait(DEADLINE) == -signal.SIGKILL
        attached.close()
