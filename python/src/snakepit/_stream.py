"""What a stream tool answers when no stream was asked for: the array of its chunks.

The array is bounded while it grows, and the generator is closed whatever happens.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from snakepit._errors import PAYLOAD_TOO_LARGE, CallError, raised


class Chunks:
    """A JSON array in the making, of at most `limit` bytes."""

    def __init__(self, encode: Callable[[object], bytes], limit: float) -> None:
        self._encode = encode
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 1  # the opening bracket; each chunk adds its comma or the closing one

    def add(self, chunk: object) -> None:
        """Appends a chunk; bytes as {"$bytes": base64}. Raises CallError beyond the limit."""
        if isinstance(chunk, bytes | bytearray | memoryview):
            chunk = {"$bytes": base64.b64encode(chunk).decode()}
        part = self._encode(chunk)
        self._size += len(part) + 1
        if self._size > self._limit:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the stream's chunks exceed {self._limit} bytes: ask for a stream",
                {"maxBodyBytes": self._limit, "chunks": len(self._parts)},
            )
        self._parts.append(part)

    def join(self) -> bytes:
        """The whole array."""
        return b"[" + b",".join(self._parts) + b"]"


def collect(generator: Generator[Any, Any, Any], chunks: Chunks) -> bytes:
    """Runs a generator to its end. Raises CallError, also for what the generator raises."""
    try:
        while True:
            try:
                chunk = next(generator)
            except StopIteration:
                return chunks.join()
            except BaseException as error:
                raise raised(error) from error
            chunks.add(chunk)
    finally:
        with contextlib.suppress(BaseException):
            generator.close()


async def collect_async(generator: AsyncGenerator[Any, Any], chunks: Chunks) -> bytes:
    """The same for an async generator."""
    try:
        while True:
            try:
                chunk = await anext(generator)
            except StopAsyncIteration:
                return chunks.join()
            except BaseException as error:
                raise raised(error) from error
            chunks.add(chunk)
    finally:
        with contextlib.suppress(BaseException):
            await generator.aclose()
