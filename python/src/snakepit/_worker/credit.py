"""How much of a stream may be under way: the sending side's account of what the other allows."""

from __future__ import annotations


class Credit:
    """Credit for chunks and for the bytes of their bodies. Pure; belongs to one thread.

    Attributes:
        chunks: how many more may be sent.
        bytes: how many bytes of bodies; below 0 after a chunk that was longer than the window.
    """

    __slots__ = ("_window_bytes", "bytes", "chunks")

    def __init__(self, chunks: int, bytes_: int) -> None:
        """What may be under way at first, which is all that ever may: the window."""
        self.chunks = chunks
        self.bytes = self._window_bytes = bytes_

    @property
    def is_open(self) -> bool:
        """Whether it is time to make the next chunk, whatever its length will be."""
        return self.chunks > 0 and (self.bytes > 0 or self.bytes >= self._window_bytes)

    def fits(self, size: int) -> bool:
        """Whether a chunk of that length may go; one that is longer than all, when all is back."""
        return self.chunks > 0 and (size <= self.bytes or self.bytes >= self._window_bytes)

    def take(self, size: int) -> None:
        """A chunk of that length goes."""
        self.chunks -= 1
        self.bytes -= size

    def grant(self, chunks: int, bytes_: int) -> None:
        """The other side has taken so much."""
        self.chunks += chunks
        self.bytes += bytes_
