"""Bodies of answers on their way: bytes, in one piece or in several."""

from __future__ import annotations


class Gathered:
    """Buffers that go one after the other as one body, without being copied together."""

    __slots__ = ("_size", "parts")

    def __init__(self, parts: tuple[bytes | memoryview, ...]) -> None:
        """Takes the parts; a memoryview must be one of single bytes."""
        self.parts = parts
        self._size = sum(map(len, parts))

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return b"".join(self.parts)


Body = bytes | bytearray | memoryview | Gathered
