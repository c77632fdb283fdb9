"""Streams from a worker: what goes when, in each profile, and what is left when one ends early."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_host import Attached, worker
from stream_workers import PROFILES, start

from snakepit._tools.errors import CallError
from snakepit._tools.json_text import Encoder
from snakepit._tools.results import Results
from snakepit._tools.stream import Chunks
from snakepit.v1 import worker_pb2 as pb

BOTH = ["numbers", "numbers_async"]


def cancelled(streams: Attached, call: int) -> None:
    """Cancels a call, which must answer so at once, and nothing after that."""
    streams.cancel(call)
    failure, _ = streams.expect("failure", call)
    assert failure.code == "CANCELLED"


@pytest.mark.parametrize("tool", BOTH)
def test_a_generator_answers_chunks_and_then_a_result_without_a_body(
    streams: Attached, tool: str
) -> None:
    """Fails if a chunk is lost or out of order where credit comes and goes."""
    assert streams.end_stream(streams.send_stream(tool, {"n": 100}, 3)) == list(range(100))
    assert streams.end_stream(streams.send_stream(tool, {"n": 0}, 3)) == []
    assert streams.call(tool, {"n": 3}) == [0, 1, 2]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("plain", [{"a": 1}]),
        ("plain_async", [{"a": 1}]),
        ("inner", [0, 1, 2, 3, 4]),
        ("caught", ["caught 0 {}", "caught 1 {}"]),
    ],
)
def test_whatever_a_tool_is_it_can_answer_a_stream(
    streams: Attached, tool: str, expected: list[Any]
) -> None:
    """Fails if a plain tool answers anything but one chunk, or a generator is not found."""
    assert streams.end_stream(streams.send_stream(tool, {}, 1)) == expected


def test_a_tool_that_takes_no_batches_cannot_stream_in_one(streams: Attached) -> None:
    """Fails if it waits for credit that a member of a batch never gets."""
    calls = [streams.send_stream("numbers", {"n": 5}, 1, batch=2 - 2 * n) for n in range(2)]
    for call in calls:
        assert streams.expect("failure", call)[0].code == "INVALID_REQUEST"


def test_a_batch_of_streams_gets_one_chunk_each(streams: Attached) -> None:
    """Fails if a chunk is missing, is not marked, or if a failed member has one."""
    calls = [
        streams.send_stream("together", {"n": n}, batch=3 if n == 0 else 0) for n in (0, None, 2)
    ]
    for call, n in zip(calls[::2], (0, 2), strict=True):
        chunk, body = streams.expect("chunk", call)
        assert chunk.has_reserved_key
        assert json.loads(body) == {"$n": n}
    streams.expect("result", calls[0])
    assert streams.expect("failure", calls[1])[0].code == "PYTHON_EXCEPTION"
    streams.expect("result", calls[2])
    assert streams.end_stream(streams.send_stream("together", {"n": 7})) == [{"$n": 7}]


@pytest.mark.parametrize("tool", BOTH)
def test_a_generator_is_resumed_only_while_there_is_credit(
    interruptible: Attached, tool: str
) -> None:
    """Fails if it is resumed once more than chunks may go, or is not closed by a cancel."""
    call = interruptible.send_stream(tool, {"n": 100}, 3)
    assert interruptible.chunks(call, 3) == [0, 1, 2]
    interruptible.grant(call, 2, 2)
    assert interruptible.chunks(call, 2) == [3, 4]
    interruptible.ping(1)
    cancelled(interruptible, call)
    found = interruptible.call("state")
    assert found == {"made": 5, "told": ["exit", "closed"]}


@pytest.mark.parametrize("tool", ["sized", "sized_async"])
def test_bytes_run_out_as_chunks_do(interruptible: Attached, tool: str) -> None:
    """Fails if a generator is resumed with chunks left, and no bytes."""
    call = interruptible.send_stream(tool, {"sizes": [60, 40, 5]}, 16, 100)
    assert [len(interruptible.expect("chunk", call)[1]) for _ in range(2)] == [60, 40]
    interruptible.ping(1)
    cancelled(interruptible, call)
    assert interruptible.call("state")["made"] == 2


@pytest.mark.parametrize("tool", ["sized", "sized_async"])
def test_a_chunk_that_does_not_fit_says_so_once_and_waits(streams: Attached, tool: str) -> None:
    """Fails if it goes too early, says it twice, or needs more than its own length."""
    call = streams.send_stream(tool, {"sizes": [60, 50]}, 16, 100)
    assert len(streams.expect("chunk", call)[1]) == 60
    assert streams.expect("blocked", call)[0].bytes == 50
    streams.grant(call, 0, 5)
    streams.ping(1)
    streams.grant(call, 1, 5)
    assert len(streams.expect("chunk", call)[1]) == 50
    streams.grant(call, 1, 50)
    streams.expect("result", call)


@pytest.mark.parametrize("tool", ["sized", "sized_async"])
def test_a_chunk_longer_than_the_window_goes_when_all_is_granted(
    streams: Attached, tool: str
) -> None:
    """Fails if it never goes, goes before, or if what follows forgets what it took."""
    call = streams.send_stream(tool, {"sizes": [250, 300, 1]}, 16, 100)
    assert len(streams.expect("chunk", call)[1]) == 250
    streams.grant(call, 1, 249)
    assert streams.expect("blocked", call)[0].bytes == 300
    streams.grant(call, 0, 1)
    assert len(streams.expect("chunk", call)[1]) == 300
    streams.grant(call, 1, 300)
    assert len(streams.expect("chunk", call)[1]) == 1
    streams.expect("result", call)


@pytest.mark.parametrize("tool", ["sized", "sized_async"])
def test_credit_that_has_come_is_looked_at_before_the_host_is_told(
    tmp_path: Path, tool: str
) -> None:
    """Fails if a worker says that it is blocked and is not."""
    with start(tmp_path, "process") as streams:
        call = pb.Call(id=1, tool=tool, window_chunks=16, window_bytes=100)
        credit = pb.HostMessage(credit=pb.Credit(id=1, chunks=9, bytes=1000)).SerializeToString()
        header = pb.HostMessage(call=call).SerializeToString()
        streams.work.write_all([(header, b'{"sizes": [60, 50, 70]}'), (credit, b"")])
        assert [len(streams.expect("chunk", 1)[1]) for _ in range(3)] == [60, 50, 70]
        streams.expect("result", 1)


def test_chunks_tell_what_they_are(streams: Attached) -> None:
    """Fails if a key that begins with "$" is missed, or seen where there is none."""
    call = streams.send_stream("odd_chunks")
    found = []
    for _ in range(8):
        chunk, body = streams.expect("chunk", call)
        found.append((chunk.has_reserved_key, chunk.content_type, body))
    raw = "application/octet-stream"
    assert found == [
        (True, "", b'{"$end":1}'),
        (False, "", b'{"a":{"$b":1}}'),
        (False, "", b'["$end"]'),
        (False, "", b'{"a$":"\\"$","1":2}'),
        (False, "", b'"{\\"$end\\":1}"'),
        (True, "", b'{"1":2,"$":3}'),
        (False, raw, b'{"$raw":1}'),
        (False, raw, b"ace"),
    ]
    streams.expect("result", call)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("raise", "PYTHON_EXCEPTION"),
        ("set", "SERIALIZATION_ERROR"),
        ("large", "PAYLOAD_TOO_LARGE"),
    ],
)
@pytest.mark.parametrize("profile", PROFILES)
def test_what_fails_half_way_fails_after_the_chunks_before(
    tmp_path: Path, profile: str, kind: str, code: str
) -> None:
    """Fails if the chunks before it are lost, or the worker does not go on."""
    with worker(
        tmp_path, "samples.streams", max_body_bytes=1 << 20, profile=profile, concurrency=2
    ) as streams:
        call = streams.send_stream("fails_after", {"n": 2, "kind": kind})
        assert streams.chunks(call, 2) == [0, 1]
        assert streams.expect("failure", call)[0].code == code
        assert streams.call("plain") == {"a": 1}
        assert streams.fail("numbers", {"m": 1}, window_chunks=1).code == "INVALID_REQUEST"


@pytest.mark.parametrize("tool", ["stuck", "stuck_async"])
def test_a_generator_that_runs_is_interrupted(interruptible: Attached, tool: str) -> None:
    """Fails if it goes on, or its `finally` does not run before the answer."""
    call = interruptible.send_stream(tool)
    assert interruptible.chunks(call, 1) == [1]
    interruptible.ping(1)
    cancelled(interruptible, call)
    assert interruptible.call("state")["told"] == ["closed"]


@pytest.mark.parametrize("tool", ["stubborn", "stubborn_async"])
def test_one_that_swallows_its_interruption_is_closed_all_the_same(
    interruptible: Attached, tool: str
) -> None:
    """Fails if it waits for ever for credit that nobody gives any more."""
    call = interruptible.send_stream(tool, {}, 1)
    assert interruptible.chunks(call, 1) == [1]
    interruptible.grant(call, 1000, 1000)
    assert interruptible.chunks(call, 20) == [1] * 20
    interruptible.cancel(call)
    while (message := interruptible.receive()[0]).WhichOneof("kind") == "chunk":
        interruptible.grant(call, 1, 1)
    assert message.failure.code == "CANCELLED"
    assert interruptible.call("plain") == {"a": 1}


@pytest.mark.parametrize("tool", ["sized", "sized_async"])
def test_a_chunk_that_waits_for_credit_can_be_cancelled(interruptible: Attached, tool: str) -> None:
    """Fails if the wait goes on, or the chunk goes after all."""
    call = interruptible.send_stream(tool, {"sizes": [60, 50]}, 16, 100)
    interruptible.expect("chunk", call)
    interruptible.expect("blocked", call)
    cancelled(interruptible, call)
    interruptible.grant(call, 1, 60)
    assert interruptible.call("plain") == {"a": 1}


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("dies_in_finally", {"kind": "raise"}),
        ("dies_in_finally", {"kind": "yield"}),
        ("dies_in_finally_async", {}),
    ],
)
def test_a_generator_that_dies_of_being_closed_hurts_nobody(
    interruptible: Attached, tool: str, args: dict[str, str]
) -> None:
    """Fails if what its `finally` does gets out, or the worker ends of it."""
    call = interruptible.send_stream(tool, args, 1)
    assert interruptible.chunks(call, 1) == [1]
    interruptible.ping(1)
    cancelled(interruptible, call)
    assert interruptible.call("state")["told"] == ["finally"]


@pytest.mark.parametrize("tool", ["asking", "asking_async"])
def test_calls_to_the_host_and_credit_come_in_any_order(streams: Attached, tool: str) -> None:
    """Fails if credit that comes before the host's result is lost, or the other way round."""
    call = streams.send_stream(tool, {"n": 20}, 1)
    found: list[Any] = []
    while True:
        message, body = streams.receive()
        kind = message.WhichOneof("kind")
        if kind == "host_call":
            args = json.loads(body)
            answered = pb.HostMessage(host_result=pb.HostResult(id=message.host_call.id))
            if found and found[-1] % 4 == 0:  # ahead of the chunk that it is for
                streams.grant(call, 1, 1)
                streams.grant(call + 1, 1, 1)
                streams.send(answered, json.dumps(2 * args.get("n", 7)).encode())
            else:
                streams.send(answered, json.dumps(2 * args.get("n", 7)).encode())
        elif kind == "chunk":
            found.append(json.loads(body))
            if found[-1] % 4 or len(found) == 1 or found[-1] % 4 == 0:
                streams.grant(call, 1, len(body))
        else:
            assert kind == "result", message
            break
    assert found == [2 * n for n in range(20)]


def test_a_cancelled_stream_may_call_the_host_as_it_cleans_up(interruptible: Attached) -> None:
    """Fails if its `finally` can't, or if credit that is still on its way confuses it."""
    call = interruptible.send_stream("asking", {"n": 5}, 1)
    asked = interruptible.receive()[0].host_call.id
    interruptible.send(pb.HostMessage(host_result=pb.HostResult(id=asked)), b"1")
    assert interruptible.chunks(call, 1) == [1]
    interruptible.ping(1)
    interruptible.cancel(call)
    over = interruptible.receive()[0].host_call
    assert over.tool == "over"
    interruptible.grant(call, 5, 5)
    interruptible.send(pb.HostMessage(host_result=pb.HostResult(id=over.id)), b"9")
    assert interruptible.expect("failure", call)[0].code == "CANCELLED"
    assert interruptible.call("state")["told"] == ["9"]


def test_credit_and_parts_for_nobody_are_passed_over(streams: Attached) -> None:
    """Fails if they end the worker, or count for another call."""
    streams.grant(99, 1, 1)
    streams.part(99, b"x" * 1000, last=True)
    call = streams.send_stream("numbers", {"n": 2}, 1)
    assert streams.chunks(call, 1) == [0]
    streams.grant(call - 1, 5, 5)
    streams.part(call, b"not an upload")
    streams.grant(call, 1, 1)
    assert streams.chunks(call, 1) == [1]
    streams.grant(call, 1, 1)
    streams.expect("result", call)
    streams.grant(call, 1, 1)
    streams.part(call, b"late", last=True)
    assert streams.call("plain") == {"a": 1}


def test_credit_for_another_call_lets_nothing_go(interruptible: Attached) -> None:
    """Fails if any credit counts for the call that runs."""
    assert interruptible.call("plain") == {"a": 1}
    call = interruptible.send_stream("numbers", {"n": 5}, 1)
    assert interruptible.chunks(call, 1) == [0]
    interruptible.grant(call - 1, 5, 5)
    interruptible.grant(call + 1, 5, 5)
    interruptible.ping(1)
    cancelled(interruptible, call)
    assert interruptible.call("state")["made"] == 1


@pytest.mark.parametrize("profile", ["thread", "async"])
def test_streams_run_side_by_side(tmp_path: Path, profile: str) -> None:
    """Fails if one that waits for credit holds up another, on threads or on the loop."""
    with start(tmp_path, profile) as streams:
        waiting = [streams.send_stream(tool, {"n": 2}, 1) for tool in BOTH]
        first = [streams.receive()[0].chunk.id for _ in waiting]
        assert sorted(first) == waiting
        assert streams.end_stream(streams.send_stream("numbers", {"n": 50}, 2)) == list(range(50))
        assert streams.call("numbers_async", {"n": 1}) == [0]
        for call in waiting:
            streams.grant(call, 2, 2)
            assert streams.chunks(call, 1) == [1]
            streams.expect("result", call)


def test_a_stream_is_collected_to_exactly_the_limit() -> None:
    """Fails if the array may have one byte less, or one more, than a body may have."""
    write = Results(Encoder("error").encode, 1000).write
    whole = b'[1,{"a":2},"xyz"]'
    chunks = Chunks(write, len(whole))
    for chunk in (1, {"a": 2}, "xyz"):
        chunks.add(chunk)
    assert chunks.end() == whole
    short = Chunks(write, len(whole) - 1)
    short.add(1)
    short.add({"a": 2})
    with pytest.raises(CallError, match="the stream's chunks exceed 16 bytes") as caught:
        short.add("xyz")
    assert caught.value.code == "PAYLOAD_TOO_LARGE"
    assert Chunks(write, 2).end() == b"[]"
