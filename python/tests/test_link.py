"""Frames, however the bytes arrive."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from snakepit._system import fresh_bytes, reserve
from snakepit._system.fresh_bytes import whole
from snakepit._tools.bodies import Body, Gathered
from snakepit._worker import link as module
from snakepit._worker.link import Link, ProtocolError, Unheld

Ends = tuple[Link, socket.socket]


@pytest.fixture(params=["blocking", "watched"])
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    ours, theirs = socket.socketpair()
    link = Link(ours)
    if request.param == "watched":
        link.watch(Mock(), lambda: None)
        os.set_blocking(ours.fileno(), False)  # as uvloop does
    yield link, theirs
    ours.close()
    theirs.close()


def frame(header: bytes, body: bytes) -> bytes:
    return struct.pack(">II", len(header), len(body)) + header + body


def read(link: Link) -> tuple[bytes, bytes] | None:
    found = link.read()
    return None if found is None else (found[0], bytes(found[1]))


def test_reads_frames_that_come_together(ends: Ends) -> None:
    link, peer = ends
    peer.sendall(frame(b"one", b"1") + frame(b"two", b"") + frame(b"three", b"3")[:9])
    assert read(link) == (b"one", b"1")
    assert link.has_more
    assert read(link) == (b"two", b"")
    peer.sendall(frame(b"three", b"3")[9:])
    assert read(link) == (b"three", b"3")
    assert not link.has_more


@pytest.mark.parametrize("size", [3, 100_000, 1_000_000])
def test_reads_a_frame_that_comes_in_pieces(ends: Ends, size: int) -> None:
    link, peer = ends
    raw = frame(b"h" * 50_000, b"b" * size)
    pieces = [raw[:5], raw[5:20], raw[20:60_000], raw[60_000:]]

    def send() -> None:
        for piece in pieces:
            peer.sendall(piece)

    sender = threading.Thread(target=send)
    sender.start()
    assert read(link) == (b"h" * 50_000, b"b" * size)
    sender.join()


def test_a_large_body_is_received_into_the_bytes_that_a_tool_gets(ends: Ends) -> None:
    """Fails if it is copied once more, which takes longer than all the rest."""
    link, peer = ends
    sender = threading.Thread(target=lambda: peer.sendall(frame(b"large", b"b" * 300_000)))
    sender.start()
    found = link.read()
    sender.join()
    assert found is not None
    body = whole(found[1])
    assert body is found[1].obj
    assert body == b"b" * 300_000
    assert whole(found[1][1:]) == body[1:]
    assert whole(b"x") == b"x"


def test_a_body_of_several_buffers_is_written_as_one(ends: Ends) -> None:
    """Fails if one is lost, or sent twice, where there are more than the socket takes at once."""
    link, peer = ends
    parts = (b"a" * 10, memoryview(b"b" * 3_000_000), b"", b"c")
    found: list[tuple[bytes, bytes] | None] = []
    reader = threading.Thread(target=lambda: found.append(read(Link(peer))))
    reader.start()
    link.write(b"header", Gathered(parts))
    reader.join()
    assert found == [(b"header", b"".join(parts))]


@pytest.mark.parametrize("sent", [0, 5, 8, 30_000, 60_000, 150_000])
def test_the_end_amid_a_frame_is_the_end(ends: Ends, sent: int) -> None:
    link, peer = ends
    small, large = frame(b"h" * 40_000, b"b" * 40_000), frame(b"h" * 40_000, b"b" * 300_000)
    peer.sendall((large if sent > 80_000 or sent == 30_000 else small)[:sent])
    peer.close()
    assert read(link) is None


def test_a_reset_is_the_end(ends: Ends) -> None:
    link, peer = ends
    link.write(b"never read")
    peer.close()
    assert read(link) is None


@pytest.mark.parametrize("lengths", [(64 * 1024 + 1, 0), (10, 2000), (1 << 31, 1 << 31)])
def test_a_frame_beyond_the_limit_is_refused(ends: Ends, lengths: tuple[int, int]) -> None:
    link, peer = ends
    link.max_frame_bytes = 1000
    peer.sendall(struct.pack(">II", *lengths) + b"x" * 10)
    with pytest.raises(ProtocolError, match="too large"):
        link.read()


@pytest.mark.parametrize("size", [0, 10, 16 * 1024, 16 * 1024 + 1, 5_000_000])
def test_writes_what_the_other_side_reads(ends: Ends, size: int) -> None:
    link, peer = ends
    body = bytes(size)
    reader = Link(peer)
    found: list[tuple[bytes, bytes] | None] = []
    thread = threading.Thread(target=lambda: found.append(read(reader)))
    thread.start()
    link.write(b"header", body)
    thread.join()
    assert found == [(b"header", body)]


def test_a_write_that_is_taken_in_part_goes_on() -> None:
    class Slow:
        """A socket that takes three bytes of a gathered write."""

        def __init__(self) -> None:
            self.sent = b""

        def recv_into(self, *_: object) -> int:
            return 0

        def sendall(self, data: bytes) -> None:
            self.sent += data

        def sendmsg(self, parts: tuple[bytes, bytes]) -> int:
            self.sent += b"".join(parts)[:3]
            return 3

    slow = Slow()
    Link(slow).write(b"header", b"b" * 20_000)  # type: ignore[arg-type]
    assert slow.sent == frame(b"header", b"b" * 20_000)


def test_waking_ends_a_wait(ends: Ends) -> None:
    link, _ = ends
    link.wake()
    assert read(link) is None
    link.end()
    link.close()
    link.wake()


@pytest.mark.usefixtures("spent")
def test_a_body_that_has_come_is_not_read_twice(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails if what comes next is taken for it: another call's bytes, or a wait for ever."""
    link, peer = ends
    raw = frame(b"large", b"b" * 300_000) + frame(b"next", b"x" * 200_000)

    def send() -> None:
        peer.sendall(raw)
        peer.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    with monkeypatch.context() as patch:
        # Where the body is looked at as a whole.
        patch.setattr(module, "memoryview", Mock(side_effect=MemoryError), raising=False)
        with pytest.raises(Unheld) as dropped:
            link.read()
    assert (dropped.value.header, dropped.value.size) == (b"large", 300_000)
    assert read(link) == (b"next", b"x" * 200_000)
    sender.join()


class Scripted:
    """A socket that gives so many bytes at a time; where None stands, there is no memory."""

    def __init__(self, data: bytes, *steps: int | None) -> None:
        self._data = data
        self._steps = iter(steps)
        self.sendall = self.sendmsg = Mock()

    def recv_into(self, buffer: memoryview, *_: int) -> int:
        step = next(self._steps, len(buffer))
        if step is None:
            raise MemoryError
        piece, self._data = self._data[:step], self._data[step:]
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    with monkeypatch.context() as patch:
        spend = Mock(side_effect=[True, False])
        patch.setattr(reserve, "spend", spend)
        yield spend


@pytest.mark.usefixtures("spent")
def test_no_memory_amid_a_small_frame_loses_none_of_it() -> None:
    """Fails if what came before is received over."""
    data = frame(b"header", b"body" * 10)
    link = Link(Scripted(data, 5, 10, None, 7))  # type: ignore[arg-type]
    assert read(link) == (b"header", b"body" * 10)


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("held", [True, False])
def test_no_memory_amid_a_large_body_is_the_end(
    monkeypatch: pytest.MonkeyPatch, *, held: bool
) -> None:
    """Fails if its middle is taken for a beginning, and the next call's frame for the rest."""
    if not held:
        monkeypatch.setattr(fresh_bytes, "make", Mock(side_effect=MemoryError))
    data = frame(b"large", b"b" * 300_000) + frame(b"next", b"x" * 300_000)
    link = Link(Scripted(data, 100_000, 100_000, None))  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match="no memory"):
        link.read()


def test_no_memory_amid_a_write_is_the_end() -> None:
    """Fails if another frame is written behind half of this one."""

    class Taking:
        sent = b""
        ended = False

        def recv_into(self, *_: object) -> int:
            return 0

        def sendall(self, _: bytes) -> None:
            raise MemoryError

        def sendmsg(self, parts: tuple[bytes, bytes]) -> int:
            self.sent += b"".join(parts)[:3]
            return 3

        def shutdown(self, _: int) -> None:
            self.ended = True

    taking = Taking()
    with pytest.raises(OSError, match="no memory"):
        Link(taking).write(b"header", b"b" * 20_000)  # type: ignore[arg-type]
    assert taking.ended


def test_frames_that_were_sent_are_off_the_list_when_there_is_no_memory_for_the_next() -> None:
    """Fails if they are still on it: whoever answers what is left would answer twice."""

    class Unreadable(Gathered):
        def __bytes__(self) -> bytes:
            raise MemoryError

    ours, theirs = socket.socketpair()
    sent: list[bytes] = []
    reader = threading.Thread(target=lambda: sent.append(theirs.recv(300_000, socket.MSG_WAITALL)))
    reader.start()
    frames: list[tuple[bytes, Body]] = [
        (b"1", b"a"),
        (b"2", b"b" * 100_000),
        (b"3", b"c"),
        (b"4", Unreadable((b"d",))),
    ]
    left = frames[2:]
    with pytest.raises(MemoryError):
        Link(ours).write_all(frames)
    ours.close()
    reader.join()
    theirs.close()
    assert frames == left
    assert sent == [frame(b"1", b"a") + frame(b"2", b"b" * 100_000)]
