"""Streams end before their time, in each profile: by a cancel, a shutdown, or the host's end."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_host import DEADLINE, Attached, FakeHost
from stream_workers import PROFILES

from snakepit.v1 import worker_pb2 as pb

BOTH = ["numbers", "numbers_async"]
RACES = 300


@pytest.mark.parametrize("tool", [*BOTH, "lengths"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_end_of_the_connection_ends_who_waits_for_credit(
    tmp_path: Path, profile: str, tool: str
) -> None:
    """Fails if a worker whose host is gone waits on."""
    host = FakeHost(tmp_path)
    thread = host.start_worker("samples.streams", profile=profile, concurrency=2)
    streams = host.attach()
    streams.receive()
    if tool == "lengths":
        streams.send_upload(tool)
    else:
        call = streams.send_stream(tool, {"n": 5}, 1)
        streams.expect("chunk", call)
    streams.work.close()
    thread.join(DEADLINE)
    assert thread.status == 0
    streams.close()
    host.close()


@pytest.mark.parametrize("tool", BOTH)
def test_a_shutdown_lets_a_stream_finish(streams: Attached, tool: str) -> None:
    """Fails if the connection is closed to the credit that it still needs, or never is."""
    call = streams.send_stream(tool, {"n": 5}, 1)
    assert streams.chunks(call, 1) == [0]
    streams.shut_down()
    streams.ping(1)
    streams.grant(call, 1, 1)
    assert streams.end_stream(call) == [1, 2, 3, 4]
    assert streams.work.read() is None


@pytest.mark.parametrize("tool", [*BOTH, "shout", "shout_async"])
def test_a_cancel_at_any_moment_ends_a_stream_once_and_leaves_the_next_call_alone(
    interruptible: Attached, tool: str
) -> None:
    """Fails if a frame is torn, comes after the answer, or an interruption hits what follows."""
    uploads = "shout" in tool
    upload = {"upload_window_bytes": 100, "content_type": "a/b"} if uploads else {}
    args = b"" if uploads else {"n": 40}
    for n in range(RACES):
        call = interruptible.send_stream(tool, args, 1 + n % 5, 100, **upload)
        if n % 7 == 0:
            interruptible.cancel(call)
        for _ in range(20 if uploads else 0):
            interruptible.part(call, b"x")
        message = hunt(interruptible, call, n)
        if message.WhichOneof("kind") == "failure":
            assert (message.failure.id, message.failure.code) == (call, "CANCELLED")
        else:
            assert message.result.id == call
        assert interruptible.call("plain") == {"a": 1}


def hunt(streams: Attached, call: int, n: int) -> pb.WorkerMessage:
    """Reads until the answer, which it returns, and cancels the call at a moment of its own."""
    taken = 0
    while True:
        message, body = streams.receive()
        kind = message.WhichOneof("kind")
        if kind in {"result", "failure"}:
            return message
        if kind == "credit" and n % 11 == 0:
            streams.cancel(call)
        if kind == "chunk":
            taken += 1
            streams.grant(call, 1, len(body))
            if taken == n % 23:
                streams.cancel(call)
            if taken == 20:  # of an upload's, that was all; for others it means nothing
                streams.part(call, b"", last=True)
