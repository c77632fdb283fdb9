"""Credit of a stream: the sending side's account of how much the other side allows."""

from __future__ import annotations


class Credit:
    """An account of chunks and of the bytes of their bodies. Pure; belongs to one thread.

    Attributes:
        chunks: how many more may be sent.
        bytes: how many bytes of bodies; below 0 after a chunk that was longer than the window.
    """

    __slots__ = ("_window_bytes", "bytes", "chunks")

    def __init__(self, chunks: int, bytes_: int) -> None:
        """Opens the account with the window, which is all that may ever be under way."""
        self.chunks = chunks
        self.bytes = self._window_bytes = bytes_

    @property
    def is_open(self) -> bool:
        """True when it is time to make the next chunk, whatever its length will be."""
        return self.chunks > 0 and (self.bytes > 0 or self.bytes >= self._window_bytes)

    def fits(self, size: int) -> bool:
        """Tells whether a chunk of that length may go; one beyond the window, when all is back."""
        return self.chunks > 0 and (size <= self.bytes or self.bytes >= self._window_bytes)

    def take(self, size: int) -> None:
        """Books a chunk of that length that goes."""
        self.chunks -= 1
        self.bytes -= size

    def grant(self, chunks: int, bytes_: int) -> None:
        """Books what the other side has taken."""
        self.chunks += chunks
        self.bytes += bytes_
