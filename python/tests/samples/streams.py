"""Tools that stream in either direction, and tell afterwards how far they got."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from typing import Any

from snakepit import Adapter, Cancelled, Context, tool


class Streams(Adapter):
    thread_safe = True

    def __init__(self) -> None:
        self.made = 0
        self.told: list[str] = []
        self.kept: Any = None

    @tool
    def state(self) -> dict[str, Any]:
        """What the calls before have done; forgotten then."""
        found = {"made": self.made, "told": self.told}
        self.made, self.told = 0, []
        return found

    @tool
    def numbers(self, n: int) -> Iterator[int]:
        try:
            for i in range(n):
                self.made += 1
                yield i
        except GeneratorExit:
            self.told.append("exit")
            raise
        finally:
            self.told.append("closed")

    @tool
    async def numbers_async(self, n: int) -> AsyncIterator[int]:
        try:
            for i in range(n):
                self.made += 1
                yield i
        except (GeneratorExit, asyncio.CancelledError):
            self.told.append("exit")
            raise
        finally:
            self.told.append("closed")

    @tool
    def plain(self) -> dict[str, int]:
        return {"a": 1}

    @tool
    async def plain_async(self) -> dict[str, int]:
        await asyncio.sleep(0)
        return {"a": 1}

    @tool(batch=4)
    def together(self, items: list[dict[str, Any]]) -> list[Any]:
        return [ValueError("none") if item["n"] is None else {"$n": item["n"]} for item in items]

    @tool
    async def inner(self) -> Any:
        """An async tool that returns what is still to be run."""
        return self.numbers(n=5)

    def execute(self, tool: str, args: Any, ctx: Context) -> Any:
        """Streams, too."""
        return (f"{tool} {i} {args}" for i in range(2))

    @tool
    async def fails_at_once(self) -> None:
        raise LookupError("at once")

    @tool
    def sized(self, sizes: list[int]) -> Iterator[bytes]:
        for size in sizes:
            self.made += 1
            yield bytes(size)

    @tool
    async def sized_async(self, sizes: list[int]) -> AsyncIterator[bytes]:
        for size in sizes:
            self.made += 1
            yield bytes(size)

    @tool
    def odd_chunks(self) -> Iterator[Any]:
        yield {"$end": 1}
        yield {"a": {"$b": 1}}
        yield ["$end"]
        yield {"a$": '"$', 1: 2}
        yield '{"$end":1}'
        yield {1: 2, "$": 3}
        yield bytearray(b'{"$raw":1}')
        yield memoryview(b"abcdef")[::2]

    @tool
    def fails_after(self, n: int, kind: str) -> Iterator[Any]:
        yield from range(n)
        if kind == "raise":
            raise ValueError("half way")
        yield {1, 2} if kind == "set" else "x" * 5_000_000

    @tool
    def stuck(self, ctx: Context) -> Iterator[int]:
        try:
            yield 1
            while True:
                time.sleep(0.01)
        finally:
            self.told.append("closed")

    @tool
    async def stuck_async(self) -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(600)
        finally:
            self.told.append("closed")

    @tool
    def stubborn(self) -> Iterator[int]:
        while True:
            with contextlib.suppress(Cancelled):
                time.sleep(0.001)
            yield 1

    @tool
    async def stubborn_async(self) -> AsyncIterator[int]:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.001)
            yield 1

    @tool
    def dies_in_finally(self, kind: str) -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            self.told.append("finally")
            if kind == "raise":
                raise SystemExit("in finally")
            yield 3

    @tool
    async def dies_in_finally_async(self) -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            self.told.append("finally")
            raise SystemExit("in finally")

    @tool
    def asking(self, n: int, ctx: Context) -> Iterator[Any]:
        try:
            for i in range(n):
                yield ctx.call_host("double", {"n": i})
        finally:
            self.told.append(str(ctx.call_host("over")))

    @tool
    async def asking_async(self, n: int, ctx: Context) -> AsyncIterator[Any]:
        for i in range(n):
            yield await ctx.call_host_async("double", {"n": i})

    # Uploads.

    @tool
    def lengths(self, body: Iterator[bytes]) -> list[int]:
        try:
            return [len(piece) for piece in body]
        finally:
            self.told.append("closed")

    @tool
    async def lengths_async(self, body: AsyncIterator[bytes]) -> list[int]:
        try:
            return [len(piece) async for piece in body]
        finally:
            self.told.append("closed")

    @tool
    def first(self, body: Iterable[bytes]) -> int:
        self.kept = body
        return len(next(iter(body)))

    @tool
    async def first_async(self, body: AsyncIterable[bytes]) -> int:
        async for piece in body:
            return len(piece)
        return 0

    @tool
    def rest(self) -> int:
        return len(next(self.kept))

    @tool
    def maybe(self, body: Iterator[bytes] | None = None, n: int = 0) -> int:
        return n if body is None else -sum(map(len, body))

    @tool
    def shout(self, body: Generator[bytes, None, None]) -> Iterator[bytes]:
        for piece in body:
            yield piece.upper()
        body.close()
        yield from body

    @tool
    async def shout_async(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in body:
            yield piece.upper()

    @tool
    def whole(self, body: bytes) -> bytes:
        return body[::-1]

    @tool
    async def whole_async(self, body: bytes) -> bytes:
        return body[::-1]

    @tool
    def ask_and_read(self, body: Iterator[bytes], ctx: Context) -> list[Any]:
        return [ctx.call_host("one"), [len(piece) for piece in body], ctx.call_host("two")]
