"""A host that says anything: the worker goes on, or ends with status 1, and never hangs."""

from __future__ import annotations

import random
import socket
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from fake_host import DEADLINE, Attached, FakeHost, WorkerThread

from snakepit.v1 import worker_pb2 as pb

PROFILES = ["process", "thread", "async"]
SEEDS = range(12)
FRAMES = 30
RAW = "application/octet-stream"


def frame(message: pb.HostMessage, body: bytes = b"") -> bytes:
    header = message.SerializeToString()
    return struct.pack(">II", len(header), len(body)) + header + body


def random_call(chance: random.Random, own: int) -> pb.Call:
    tool = chance.choice(["plain", "numbers", "numbers_async", "lengths", "whole", "none", ""])
    return pb.Call(
        id=own,
        tool=tool,
        content_type=chance.choice(["", RAW, "a/b", "application/json"]),
        window_chunks=chance.choice([0, 1, 2**32 - 1]),
        window_bytes=chance.choice([0, 1, 2**64 - 1]),
        upload_window_bytes=chance.choice([0, 0, 1, 2**64 - 1]),
        timeout_ms=chance.choice([0.0, 1e9, -1.0, float("nan")]),
    )


def harmless(chance: random.Random, ids: list[int]) -> bytes:
    """Makes a message that means nothing for a call that is gone, and little for others."""
    body = chance.randbytes(chance.choice([0, 1, 300, 200_000]))
    credit = pb.Credit(id=chance.choice(ids))
    credit.chunks, credit.bytes = chance.choice([(0, 0), (1, 1), (2**32 - 1, 2**64 - 1)])
    result = pb.HostResult(id=chance.choice(ids), code=chance.choice(["", "X"]))
    kinds = [
        pb.HostMessage(credit=credit),
        pb.HostMessage(part=pb.Part(id=chance.choice(ids), last=chance.random() < 0.5)),
        pb.HostMessage(host_result=result),
    ]
    return frame(chance.choice(kinds), body)


def harmful(chance: random.Random) -> bytes:
    """Makes a message that has no place in the conversation."""
    kinds = [
        lambda: struct.pack(">II", 5, 0) + b"\xff" * 5,
        lambda: struct.pack(">II", 1 << 20, 0) + b"x" * 100,
        lambda: struct.pack(">II", 10, 1 << 31) + b"x" * 100,
        lambda: frame(pb.HostMessage(ping=pb.Ping(sequence=1))),
        lambda: frame(pb.HostMessage()),
        lambda: frame(pb.HostMessage(welcome=pb.Welcome())),
        lambda: (
            frame(pb.HostMessage(call=pb.Call(id=99, tool="lengths", batch=3)))
            + frame(pb.HostMessage(credit=pb.Credit(id=99)))
        ),
        lambda: frame(
            pb.HostMessage(call=pb.Call(id=99, tool="lengths", batch=2, upload_window_bytes=1))
        ),
    ]
    return chance.choice(kinds)()


def finish(streams: Attached, call: int) -> None:
    """Reads until it is answered, and gives credit for all."""
    while True:
        message, body = streams.receive()
        kind = message.WhichOneof("kind")
        if kind in {"result", "failure"}:
            assert getattr(message, kind).id == call
            return
        if kind == "chunk":
            streams.grant(message.chunk.id, 1, len(body))


def attach(folder: Path, profile: str) -> tuple[FakeHost, WorkerThread, Attached]:
    host = FakeHost(folder, max_frame_bytes=1 << 20)
    thread = host.start_worker("samples.streams", profile=profile, concurrency=4)
    streams = host.attach()
    streams.receive()
    return host, thread, streams


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_frames_for_nobody_change_nothing(tmp_path: Path, profile: str, seed: int) -> None:
    """Fails if one ends the worker, keeps a call from its answer, or is answered itself."""
    chance = random.Random(seed)
    host, thread, streams = attach(tmp_path, profile)
    for own in range(1, FRAMES):
        raw = b""
        for _ in range(chance.randrange(4)):
            raw += harmless(chance, [0, own - 1, own + 1, own + 1000])
        call = random_call(chance, own)
        raw += frame(pb.HostMessage(call=call), chance.choice([b"", b'{"n":3}', b"{", b"\xff"]))
        for _ in range(chance.randrange(3)):
            raw += harmless(chance, [own, own - 1, own + 1, own + 1000])
        if call.upload_window_bytes:
            raw += frame(pb.HostMessage(part=pb.Part(id=own, last=True)), b"end")
        cut = chance.randrange(len(raw))
        streams.work._socket.sendall(raw[:cut])
        streams.work._socket.sendall(raw[cut:])
        finish(streams, own)
    streams.shut_down()
    thread.join(DEADLINE)
    assert thread.status == 0
    streams.close()
    host.close()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("amid", ["nothing", "stream", "upload"])
def test_what_has_no_place_ends_the_worker_whatever_runs(
    tmp_path: Path, profile: str, seed: int, amid: str
) -> None:
    """Fails if it goes on as if nothing had been, hangs, or ends as if all were well."""
    chance = random.Random(seed)
    host, thread, streams = attach(tmp_path, profile)
    if amid == "stream":
        streams.expect("chunk", streams.send_stream("numbers", {"n": 5}, 1))
    elif amid == "upload":
        call = streams.send_upload(chance.choice(["lengths", "lengths_async"]))
        streams.part(call, b"x")
        streams.expect("credit", call)
    streams.work._socket.sendall(harmful(chance))
    thread.join(DEADLINE)
    assert thread.status == 1
    streams.close()
    host.close()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_end_amid_a_frame_is_the_end(tmp_path: Path, profile: str, seed: int) -> None:
    """Fails if a worker waits for the rest, or takes a half frame for a whole one."""
    chance = random.Random(seed)
    host, thread, streams = attach(tmp_path, profile)
    call = streams.send_stream("numbers", {"n": 5}, 1)
    streams.expect("chunk", call)
    raw = harmless(chance, [call])
    streams.work._socket.sendall(raw[: chance.randrange(1, len(raw))])
    with suppress(OSError):
        streams.work._socket.shutdown(socket.SHUT_WR)
    streams.work.close()
    thread.join(DEADLINE)
    assert thread.status == 0  # as when a host dies, which the control connection tells
    streams.close()
    host.close()
