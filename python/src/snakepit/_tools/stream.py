"""The running of streams: hands chunks on, never one more than is asked for.

A generator is closed whatever happens: its `finally` runs at once, not when it is collected.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from types import GeneratorType
from typing import Any, Protocol

from snakepit._tools.errors import PAYLOAD_TOO_LARGE, CallError, raised
from snakepit._tools.results import Answer

Chunky = Generator[Any, Any, Any] | AsyncGenerator[Any, Any]


class Sink(Protocol):
    """A taker of the chunks of one stream."""

    def ready(self) -> None:
        """Waits until the next one may be made."""

    def add(self, chunk: object) -> None:
        """Takes a chunk. Raises CallError if that can't be done."""

    async def ready_async(self) -> None:
        """Waits as `ready` does, while other tasks run."""

    async def add_async(self, chunk: object) -> None:
        """Takes a chunk as `add` does, while other tasks run."""

    def end(self) -> bytes:
        """Returns the call's result, now that there are no more chunks."""


class Chunks:
    """A JSON array of all chunks, of at most `limit` bytes, for a caller who wants no stream."""

    def __init__(self, write: Callable[[object], Answer], limit: float) -> None:
        self._write = write
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 1  # the opening bracket; each chunk adds its comma or the closing one

    def ready(self) -> None:
        """Returns at once: there is always room."""

    def add(self, chunk: object) -> None:
        """Appends a chunk; what is no JSON as {"$bytes": base64}. Raises CallError."""
        content_type, body = self._write(chunk)
        part = bytes(body)
        if content_type:
            part = b'{"$bytes":"' + base64.b64encode(part) + b'"}'
        self._size += len(part) + 1
        if self._size > self._limit:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the stream's chunks exceed {self._limit} bytes: ask for a stream",
                {"maxBodyBytes": self._limit, "chunks": len(self._parts)},
            )
        self._parts.append(part)

    async def ready_async(self) -> None:
        """Returns at once: there is always room."""

    async def add_async(self, chunk: object) -> None:
        """Appends a chunk, as `add` does."""
        self.add(chunk)

    def end(self) -> bytes:
        """Returns the whole array."""
        return b"[" + b",".join(self._parts) + b"]"


def drive(generator: Generator[Any, Any, Any], sink: Sink) -> None:
    """Runs a generator to its end. Raises CallError, also for what the generator raises."""
    ready, add, resume = sink.ready, sink.add, generator.__next__
    try:
        while True:
            ready()
            try:
                chunk = resume()
            except StopIteration:
                return
            except BaseException as error:
                raise raised(error) from error
            add(chunk)
    finally:
        with contextlib.suppress(BaseException):
            generator.close()


async def drive_async(generator: Chunky, sink: Sink) -> None:
    """Runs a generator of either kind to its end, on an event loop. Raises as `drive` does."""
    try:
        while True:
            await sink.ready_async()
            try:
                chunk = (
                    next(generator)
                    if isinstance(generator, GeneratorType)
                    else await anext(generator)  # type: ignore[arg-type] # the other kind
                )
            except (StopIteration, StopAsyncIteration):
                return
            except BaseException as error:
                raise raised(error) from error
            await sink.add_async(chunk)
    finally:
        with contextlib.suppress(BaseException):
            if isinstance(generator, GeneratorType):
                generator.close()
            else:
                await generator.aclose()  # type: ignore[union-attr] # as above


def pull(
    generator: Chunky,
    run: Callable[..., Any],
    await_: Callable[[Coroutine[Any, Any, Any]], Any],
) -> Generator[Any, None, None]:
    """Yields what a generator of either kind yields, when it is asked to.

    `run` runs each step of a plain one, `await_` those of the other.
    """
    try:
        while True:
            try:
                if isinstance(generator, GeneratorType):
                    chunk = run(next, generator)
                else:
                    chunk = await_(_next(generator))
            except (StopIteration, StopAsyncIteration):
                return
            except BaseException as error:
                raise raised(error) from error
            yield chunk
    finally:
        with contextlib.suppress(BaseException):
            if isinstance(generator, GeneratorType):
                run(generator.close)
            else:
                await_(_close(generator))


async def _next(generator: Any) -> Any:
    return await anext(generator)


async def _close(generator: Any) -> None:
    await generator.aclose()
