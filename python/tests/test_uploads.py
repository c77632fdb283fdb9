"""Arguments that come in parts: how much is under way, who reads them, what becomes of the rest."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_host import Attached, worker
from stream_workers import PROFILES, start

from snakepit import Adapter, AdapterError, tool
from snakepit._tools.errors import CallError
from snakepit._tools.loading import from_class
from snakepit._tools.pieces import Given, collect, collect_async
from snakepit.v1 import worker_pb2 as pb

BOTH = ["lengths", "lengths_async"]


def result(streams: Attached, call: int) -> Any:
    """The result; credit that is still given before it is passed over."""
    while True:
        message, body = streams.receive()
        if message.WhichOneof("kind") != "credit":
            assert message.WhichOneof("kind") == "result", message
            assert message.result.id == call
            return body if message.result.content_type else json.loads(body)


@pytest.mark.parametrize("tool", BOTH)
def test_a_tool_gets_each_part_as_it_comes(streams: Attached, tool: str) -> None:
    """Fails if a part is lost, or an empty one is given, or the end is missed."""
    call = streams.send_upload(tool)
    for size in (3, 0, 200_000, 1):
        streams.part(call, b"x" * size)
    streams.part(call, b"", last=True)
    assert result(streams, call) == [3, 200_000, 1]
    call = streams.send_upload(tool)
    streams.part(call, b"xy", last=True)
    assert result(streams, call) == [2]
    call = streams.send_upload(tool)
    streams.part(call, b"", last=True)
    assert result(streams, call) == []


@pytest.mark.parametrize("tool", BOTH)
def test_what_has_been_taken_is_granted_before_the_tool_waits(streams: Attached, tool: str) -> None:
    """Fails if a tool waits for more than the host may send, or grants what it has not taken."""
    call = streams.send_upload(tool, 100)
    streams.part(call, b"x" * 10)
    assert streams.expect("credit", call)[0].bytes == 10
    streams.part(call, b"x" * 300)  # longer than the window, when nothing is under way
    assert streams.expect("credit", call)[0].bytes == 300
    streams.part(call, b"x" * 100, last=True)
    assert result(streams, call) == [10, 300, 100]


def test_nothing_is_something_to_read(streams: Attached) -> None:
    """Fails if a body that is empty counts as none: a file of no bytes is one."""
    raw = "application/octet-stream"
    for name in BOTH:
        assert streams.call(name, b"", content_type=raw) == []
    for name in ("whole", "whole_async"):
        assert streams.call(name, b"", content_type="image/png") == b""
    assert streams.call("maybe", b"", content_type=raw) == 0


def test_half_a_window_is_granted_at_once(streams: Attached) -> None:
    """Fails if the host has to wait until all of it has been taken. The tool waits elsewhere."""
    call = streams.send_upload("shout", 100, window_chunks=1, window_bytes=1000)
    streams.part(call, b"a" * 40)
    streams.part(call, b"b" * 20)
    streams.part(call, b"c" * 40)
    assert streams.expect("chunk", call)[1] == b"A" * 40
    streams.grant(call, 1, 40)
    assert streams.expect("credit", call)[0].bytes == 60
    assert streams.expect("chunk", call)[1] == b"B" * 20
    streams.part(call, b"", last=True)
    streams.grant(call, 2, 60)
    found = []
    while (message := streams.receive())[0].WhichOneof("kind") != "result":
        found.append(message[1])
    assert [body for body in found if body] == [b"C" * 40]


@pytest.mark.parametrize("tool", ["shout", "shout_async"])
def test_both_directions_stream_at_the_same_time(streams: Attached, tool: str) -> None:
    """Fails if parts that come while a generator waits for credit are lost, or the other way."""
    call = streams.send_upload(tool, 1000, window_chunks=2, window_bytes=1000)
    sent = credit = taken = 0
    while True:
        while sent < 60 and credit >= 0:
            streams.part(call, bytes([97 + sent % 26]) * 300, last=sent == 59)
            sent += 1
            credit -= 300
            credit += 1000 if sent == 1 else 0
        message, body = streams.receive()
        kind = message.WhichOneof("kind")
        if kind == "credit":
            credit += message.credit.bytes
        elif kind == "chunk":
            assert body == bytes([65 + taken % 26]) * 300
            taken += 1
            streams.grant(call, 1, len(body))
        elif kind == "result":
            break
        else:
            assert kind == "blocked", message
    assert (sent, taken) == (60, 60)


@pytest.mark.parametrize("tool", ["first", "first_async"])
def test_what_a_tool_does_not_read_is_dropped(streams: Attached, tool: str) -> None:
    """Fails if the rest ends the worker, or gets into the next call."""
    for _ in range(3):
        call = streams.send_upload(tool, 100)
        streams.part(call, b"x" * 30)
        streams.part(call, b"y" * 50)
        assert result(streams, call) == 30
        streams.part(call, b"z", last=True)
    assert streams.call("plain") == {"a": 1}


def test_an_upload_ends_with_its_call(streams: Attached) -> None:
    """Fails if what a tool has kept reads the parts of another call."""
    call = streams.send_upload("first", 100)
    streams.part(call, b"x")
    assert result(streams, call) == 1
    assert "is over" in streams.fail("rest").message


@pytest.mark.parametrize("tool", BOTH)
def test_a_tool_that_waits_for_a_part_can_be_cancelled(interruptible: Attached, tool: str) -> None:
    """Fails if the wait goes on, its `finally` does not run, or the next call gets the rest."""
    call = interruptible.send_upload(tool, 100)
    interruptible.part(call, b"x" * 10)
    interruptible.expect("credit", call)
    interruptible.cancel(call)
    assert interruptible.expect("failure", call)[0].code == "CANCELLED"
    interruptible.part(call, b"x" * 10, last=True)
    assert interruptible.call("state")["told"] == ["closed"]


@pytest.mark.parametrize("tool", ["whole", "whole_async"])
def test_a_tool_that_takes_bytes_gets_all_parts_together(streams: Attached, tool: str) -> None:
    """Fails if only tools that read in pieces can be sent some, or the host is not granted any."""
    call = streams.send_upload(tool, 4)
    for piece in (b"abc", b"def", b"gh"):
        streams.part(call, piece)
        assert streams.expect("credit", call)[0].bytes == len(piece)
    streams.part(call, b"i", last=True)
    assert result(streams, call) == b"ihgfedcba"


def test_json_in_parts_is_put_together(streams: Attached) -> None:
    """Fails if a tool that takes JSON, or may, gets anything else."""
    for type_ in ("", "application/json"):
        call = streams.send_upload("maybe", content_type=type_)
        streams.part(call, b'{"n"')
        streams.part(call, b":5}", last=True)
        assert result(streams, call) == 5
    call = streams.send_upload("caught", content_type="")
    streams.part(call, b'{"n":5}', last=True)
    assert result(streams, call) == ["caught 0 {'n': 5}", "caught 1 {'n': 5}"]
    call = streams.send_upload("together", content_type="")
    streams.part(call, b'{"n":5}', last=True)
    assert result(streams, call) == {"$n": 5}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_put_together_is_bounded(tmp_path: Path, profile: str) -> None:
    """Fails if a worker collects more than a body may have, or does not go on."""
    with worker(
        tmp_path, "samples.streams", max_body_bytes=1000, profile=profile, concurrency=2
    ) as streams:
        for name in ("whole", "whole_async"):
            call = streams.send_upload(name, 600)
            streams.part(call, b"x" * 600)
            streams.expect("credit", call)
            streams.part(call, b"x" * 401)
            message = streams.receive()[0]
            while message.WhichOneof("kind") == "credit":
                message = streams.receive()[0]
            assert message.failure.code == "PAYLOAD_TOO_LARGE"
            streams.part(call, b"", last=True)
            assert streams.call("plain") == {"a": 1}


@pytest.mark.parametrize("tool", BOTH)
def test_a_plain_body_is_one_piece(streams: Attached, tool: str) -> None:
    """Fails if such a tool can be called with parts alone."""
    raw = "application/octet-stream"
    assert streams.call(tool, b"x" * 300_000, content_type=raw) == [300_000]
    assert streams.call(tool, b"xy", content_type=raw) == [2]
    assert streams.call(tool, b"", content_type=raw) == []
    assert streams.call("maybe", b"xy", content_type=raw) == -2
    assert streams.fail(tool, {}).code == "INVALID_REQUEST"
    call = streams.send_upload(tool, content_type="application/json")
    streams.part(call, b"{}", last=True)
    message = streams.receive()[0]
    assert message.failure.code == "INVALID_REQUEST"


def test_calls_to_the_host_and_parts_come_in_any_order(streams: Attached) -> None:
    """Fails if a part that comes before the host's result is lost, or the other way round."""
    call = streams.send_upload("ask_and_read")
    one = streams.receive()[0].host_call
    streams.part(call, b"x" * 3)
    streams.part(call, b"x" * 4)
    streams.send(pb.HostMessage(host_result=pb.HostResult(id=one.id)), b"1")
    assert streams.expect("credit", call)[0].bytes == 7
    streams.part(call, b"x", last=True)
    two = streams.receive()[0].host_call
    streams.send(pb.HostMessage(host_result=pb.HostResult(id=two.id)), b"2")
    assert result(streams, call) == [1, [3, 4, 1], 2]


def test_a_large_upload_arrives_whole_with_a_small_window(tmp_path: Path) -> None:
    """Fails if bytes are lost or the host waits for credit that never comes."""
    piece = bytes(range(256)) * 256
    with worker(tmp_path, "samples.streams") as streams:
        call = streams.send_upload("shout", 1 << 17, window_chunks=4, window_bytes=1 << 18)
        room, sent, found, total = 1 << 17, 0, hashlib.sha256(), 64
        while True:
            while sent < total and room >= len(piece):
                sent += 1
                room -= len(piece)
                streams.part(call, piece, last=sent == total)
            message, body = streams.receive()
            if message.WhichOneof("kind") == "credit":
                room += message.credit.bytes
            elif message.WhichOneof("kind") == "chunk":
                found.update(body)
                streams.grant(call, 1, len(body))
            else:
                break
        assert message.WhichOneof("kind") == "result"
        assert found.digest() == hashlib.sha256(piece.upper() * total).digest()


def test_tools_that_read_pieces_say_so() -> None:
    """Fails if a host takes another tool for one, or does not find out."""
    with_upload = {tool.name: tool.describe().get("upload") for tool in from_class(Several).tools}
    assert with_upload == {"one": True, "two": True, "three": None}


class Several(Adapter):
    @tool
    def one(self, body: Iterator[bytes]) -> None: ...

    @tool
    async def two(self, body: AsyncIterator[bytes] | None = None) -> None: ...

    @tool
    def three(self, body: bytes, numbers: Iterator[int] | None = None) -> None: ...


def test_a_tool_that_would_block_its_loop_or_never_get_a_piece_is_refused() -> None:
    """Fails if an adapter loads that can't work, or does not say what to do."""

    class Blocks(Adapter):
        @tool
        async def bad(self, body: Iterator[bytes]) -> None: ...

    class Waits(Adapter):
        @tool
        def bad(self, body: AsyncIterator[bytes]) -> None: ...

    class Both(Adapter):
        @tool
        def bad(self, body: Iterator[bytes], other: bytes = b"") -> None: ...

    class Together(Adapter):
        @tool(batch=2)
        def bad(self, body: Iterator[bytes]) -> None: ...

    for kind, remedy in [
        (Blocks, "hint it as AsyncIterator"),
        (Waits, "hint it as Iterator"),
        (Both, "only one of body and other"),
        (Together, "takes batches"),
    ]:
        with pytest.raises(AdapterError, match=remedy):
            from_class(kind)


@pytest.mark.parametrize("tool", BOTH)
@pytest.mark.parametrize("profile", PROFILES)
def test_memory_stays_flat_however_much_comes(tmp_path: Path, profile: str, tool: str) -> None:
    """Fails if a worker keeps what a tool has read, or reads ahead of it."""
    window, piece, total = 1 << 18, bytes(1 << 16), 1024
    with start(tmp_path, profile, tell_memory=True) as streams:
        before = streams.expect("result", streams.send_call("plain"))[0].resident_bytes
        call = streams.send_upload(tool, window)
        room, sent = window, 0
        while sent < total:
            while sent < total and room >= len(piece):
                sent += 1
                room -= len(piece)
                streams.part(call, piece, last=sent == total)
            if sent < total:
                room += streams.expect("credit", call)[0].bytes
        message, body = streams.receive()
        while message.WhichOneof("kind") == "credit":
            message, body = streams.receive()
        assert json.loads(body) == [len(piece)] * total
        assert message.result.resident_bytes - before < total * len(piece) / 4


def test_an_upload_is_collected_to_exactly_the_limit() -> None:
    """Fails if a tool that takes bytes may get one byte less, or one more, than a body may have."""
    pieces = [b"ab", b"", b"cde"]
    assert collect(Given(pieces), 5) == b"abcde"
    assert asyncio.run(collect_async(Given(pieces), 5)) == b"abcde"
    with pytest.raises(CallError, match="the arguments exceed 4 bytes"):
        collect(Given(pieces), 4)
    with pytest.raises(CallError, match="the arguments exceed 4 bytes"):
        asyncio.run(collect_async(Given(pieces), 4))
