"""Frames between host, keeper and fork server."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from snakepit._system.frames import Channel, FrameReader, Malformed, decode, encode


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    ends = [Channel(end) for end in socket.socketpair()]
    yield ends[0], ends[1]
    for end in ends:
        end.close()


def exchange(sender: Channel, receiver: Channel, count: int) -> list[dict[str, object]]:
    received: list[dict[str, object]] = []
    while len(received) < count:
        sender.flush()
        received += [decode(frame) for frame in receiver.receive()]
    return received


def test_frames_survive_any_cut() -> None:
    message: dict[str, object] = {"op": "start", "worker": "ä-1"}
    data = encode(message) * 2
    reader = FrameReader()
    frames = [frame for index in range(len(data)) for frame in reader.feed(data[index : index + 1])]
    assert [decode(frame) for frame in frames] == [message, message]


def test_a_frame_too_large_is_skipped_to_its_end() -> None:
    reader = FrameReader(largest=10)
    frames = reader.feed((11).to_bytes(4, "big") + b"x" * 5)
    assert [str(frame) for frame in frames] == ["frame of 11 bytes, at most 10 allowed"]
    assert reader.feed(b"x" * 6 + encode({})) == [b"{}"]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"[]", b"\xff\xfe", Malformed("too large")])
def test_what_is_no_json_object_is_malformed(body: bytes | Malformed) -> None:
    with pytest.raises(Malformed):
        decode(body)


def test_a_lone_surrogate_does_no_harm() -> None:
    assert decode(encode({"path": "caf\udce9"})[4:]) == {"path": "caf?"}


def test_what_does_not_fit_waits_and_is_counted(pair: tuple[Channel, Channel]) -> None:
    sender, receiver = pair
    for number in range(100):
        sender.send({"number": number, "text": "x" * 20_000})
    sender.flush()
    assert sender.queued > 0
    received = exchange(sender, receiver, 100)
    assert [message["number"] for message in received] == list(range(100))
    assert sender.queued == 0


def test_descriptors_travel_with_their_frames(pair: tuple[Channel, Channel]) -> None:
    sender, receiver = pair
    for number in range(3):
        read, write = os.pipe()
        os.write(write, str(number).encode())
        os.close(write)
        sender.send({"before": number})
        sender.send({"number": number}, (read,))
        sender.flush()
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(read)
    received = exchange(sender, receiver, 6)
    assert [m["number"] for m in received if "number" in m] == [0, 1, 2]
    assert [os.read(fd, 9) for fd in receiver.descriptors] == [b"0", b"1", b"2"]
    assert not any(os.get_inheritable(fd) for fd in receiver.descriptors)


def test_descriptors_that_were_never_sent_are_closed(pair: tuple[Channel, Channel]) -> None:
    read, write = os.pipe()
    pair[0].send({}, (read,))
    pair[0].close()
    with pytest.raises(BrokenPipeError):
        os.write(write, b"x")
    os.close(write)


def test_the_other_side_may_go_at_any_time(pair: tuple[Channel, Channel]) -> None:
    sender, receiver = pair
    receiver.close()
    read, write = os.pipe()
    sender.send({}, (read,))
    sender.flush()
    assert sender.ended
    with pytest.raises(BrokenPipeError):
        os.write(write, b"x")
    os.close(write)
    assert sender.receive() == []


def test_a_message_that_is_too_large_goes_with_its_texts_cut() -> None:
    """Fails if it goes as it is: the host ends a keeper that sends it, with all its workers."""
    largest = {"event": "importFailed", "ms": 1, "message": "x" * 1_000_000}
    reader = FrameReader()
    (whole,) = reader.feed(encode(largest))
    assert decode(whole) == largest
    for letter in ("x", "\x00", "😀"):
        (cut,) = reader.feed(encode({**largest, "message": letter * 3_000_000}))
        assert decode(cut) == {**largest, "message": letter * 8192}
