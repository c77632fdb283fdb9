"""Arguments that come in pieces, and are taken as a tool reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Protocol

from snakepit._errors import PAYLOAD_TOO_LARGE, CallError
from snakepit._mail import Line, Mail
from snakepit.v1 import worker_pb2 as pb


class Pieces(Protocol):
    """Where pieces come from."""

    def take(self) -> bytes | None:
        """Waits for the next piece, which is never empty. None: that was all."""

    async def take_async(self) -> bytes | None:
        """The same, while other tasks run."""


class Inlet:
    """The pieces that a host sends for one call. For the thread that runs the call.

    What has been taken is granted again when it is half of the window, and always before waiting:
    so the host is told seldom, and never too late.
    """

    def __init__(self, call: pb.Call, mail: Mail, line: Line) -> None:
        self._id = call.id
        self._call = call.call
        self._window_bytes = call.upload_window_bytes
        self._parts = mail.parts
        self._line = line
        self._taken = 0
        self._complete = False
        self._closed = False

    def take(self) -> bytes | None:
        """Raises Cancelled when the call is interrupted, HostError when the connection has ended.

        And RuntimeError once the call is over.
        """
        while not (piece := self._next()) and not self._complete:
            self._grant()
            self._line.check()
            self._line.wait(self._parts)
        return piece

    async def take_async(self) -> bytes | None:
        while not (piece := self._next()) and not self._complete:
            self._grant()
            self._line.check_task()
            await self._line.wait_async(self._parts)
        return piece

    def close(self) -> None:
        """The call is over: what has not been read is dropped."""
        self._closed = True
        self._parts.clear()

    def _next(self) -> bytes | None:
        if self._closed:
            raise RuntimeError(f"call {self._call} is over: its upload can't be read any more")
        while self._parts:
            piece, last = self._parts.popleft()
            self._complete = last
            self._taken += len(piece)
            if 2 * self._taken >= self._window_bytes and not last:
                self._grant()
            if piece:
                return piece
        return None

    def _grant(self) -> None:
        taken, self._taken = self._taken, 0
        if taken:
            credit = pb.Credit(id=self._id, bytes=taken)
            self._line.write(pb.WorkerMessage(credit=credit).SerializeToString())


class Given:
    """Pieces that are there already."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def take(self) -> bytes | None:
        return next((piece for piece in self._pieces if piece), None)

    async def take_async(self) -> bytes | None:
        return self.take()


class Upload(Iterator[bytes]):
    """What a tool gets whose parameter is hinted `Iterator[bytes]`."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def __next__(self) -> bytes:
        piece = self._pieces.take()
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Reads no more, as a generator would."""
        self._pieces = Given(())


class AsyncUpload(AsyncIterator[bytes]):
    """What an async tool gets whose parameter is hinted `AsyncIterator[bytes]`."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    async def __anext__(self) -> bytes:
        piece = await self._pieces.take_async()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Reads no more, as a generator would."""
        self._pieces = Given(())


def collect(pieces: Pieces, limit: float) -> bytes:
    """All pieces together, for a tool that wants them so. Raises CallError beyond the limit."""
    whole = _Whole(limit)
    while (piece := pieces.take()) is not None:
        whole.add(piece)
    return whole.join()


async def collect_async(pieces: Pieces, limit: float) -> bytes:
    """As `collect`, while other tasks run."""
    whole = _Whole(limit)
    while (piece := await pieces.take_async()) is not None:
        whole.add(piece)
    return whole.join()


class _Whole:
    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the arguments exceed {self._limit} bytes, and the tool takes them as a whole",
                {"maxBodyBytes": self._limit},
            )
        self._pieces.append(piece)

    def join(self) -> bytes:
        return b"".join(self._pieces)
