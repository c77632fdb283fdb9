"""Arguments that come in pieces, as tools take them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Protocol

from snakepit._system import room
from snakepit._tools.errors import PAYLOAD_TOO_LARGE, CallError
from snakepit._tools.no_room import NoRoom


class Pieces(Protocol):
    """A source of the pieces of one call's arguments."""

    def take(self) -> bytes | None:
        """Waits for the next piece, which is never empty. None: that was all."""

    async def take_async(self) -> bytes | None:
        """Waits as `take` does, while other tasks run."""


class Given:
    """Pieces that are there already."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def take(self) -> bytes | None:
        return next((piece for piece in self._pieces if piece), None)

    async def take_async(self) -> bytes | None:
        return self.take()


class Upload(Iterator[bytes]):
    """The argument of a tool whose parameter is hinted `Iterator[bytes]`."""

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
    """The argument of an async tool whose parameter is hinted `AsyncIterator[bytes]`."""

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
    """Joins all pieces, for a tool that wants them so. Raises CallError beyond the limit."""
    whole = _Whole(limit)
    while (piece := pieces.take()) is not None:
        whole.add(piece)
    return whole.join()


async def collect_async(pieces: Pieces, limit: float) -> bytes:
    """Joins all pieces as `collect` does, while other tasks run."""
    whole = _Whole(limit)
    while (piece := await pieces.take_async()) is not None:
        whole.add(piece)
    return whole.join()


class _Whole:
    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._asked = 0  # the size for which there has been room

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the arguments exceed {self._limit} bytes, and the tool takes them as a whole",
                {"maxBodyBytes": self._limit},
            )
        if self._size - self._asked > room.LARGE_BYTES:
            self._ask()
        self._pieces.append(piece)

    def _ask(self) -> None:
        """Raises NoRoom if what there is could not be joined: that takes as much again."""
        self._asked = self._size
        try:
            room.require(self._size)
        except MemoryError:
            raise NoRoom(self._size) from None

    def join(self) -> bytes:
        try:
            return b"".join(self._pieces)
        except MemoryError:
            raise NoRoom(self._size) from None
