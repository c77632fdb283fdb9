"""Tools of a worker that may use some 48 MiB more than it has when it starts.

Either by its own limit, or by that of its cgroup, which its orders name.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snakepit import Adapter, Context, HostError, WorkerInfo, tool
from snakepit._system import reserve

MORE = 48 << 20


class Grouped(Adapter):
    thread_safe = True
    held: list[bytes]

    def start(self, worker: WorkerInfo) -> None:
        self.held = []

    @tool
    def pid(self) -> int:
        return os.getpid()

    @tool
    def size(self, body: bytes) -> int:
        return len(body)

    @tool
    def refuse(self, body: bytes) -> int:
        raise ValueError(f"{len(body)} bytes are too many")

    @tool
    async def refuse_async(self, body: bytes) -> int:
        raise ValueError(f"{len(body)} bytes are too many")

    @tool
    async def size_async(self, body: bytes) -> int:
        return len(body)

    @tool
    def keys(self, **values: object) -> int:
        return len(values)

    @tool
    def each(self, body: bytes) -> Iterator[int]:
        yield len(body)

    @tool
    def pieces(self, body: Iterator[bytes]) -> int:
        return sum(map(len, body))

    @tool(batch=8)
    def sizes(self, items: list[dict[str, Any]]) -> list[int]:
        return [len(item.get("text", "")) for item in items]

    @tool
    def ask(self, ctx: Context, name: str = "any", size: int = 0) -> str:
        try:
            return type(ctx.call_host(name, {"text": "x" * size})).__name__
        except HostError as error:
            return error.code

    @tool
    async def ask_async(self, ctx: Context, name: str = "any", size: int = 0) -> str:
        try:
            return type(await ctx.call_host_async(name, {"text": "x" * size})).__name__
        except HostError as error:
            return error.code

    @tool
    async def ask_often(self, ctx: Context, n: int, all_asked: str) -> list[str]:
        """Asks n times at once. Makes the file `all_asked` when each has been sent or refused."""

        async def one() -> str:
            try:
                return str(await ctx.call_host_async("any", {}))
            except HostError as error:
                return error.code

        async def tell() -> str:  # runs after the first step of each before it
            Path(all_asked).touch()  # noqa: ASYNC240 - takes a moment
            return "told"

        return await asyncio.gather(*(one() for _ in range(n)), tell())

    @tool
    def fill(self) -> int:
        """Takes all the memory there is, down to the last kilobyte."""
        for block in (1 << 20, 1 << 16, 1 << 12, 1 << 10):
            self._take_all(block)
        return 0

    def _take_all(self, block: int) -> None:
        with contextlib.suppress(MemoryError):
            while True:
                self.held.append(b"x" * block)

    @tool
    def empty(self) -> int:
        self.held.clear()
        return 0


class Bounded(Grouped):
    def start(self, worker: WorkerInfo) -> None:
        super().start(worker)
        status = Path("/proc/self/status").read_text()
        used = next(int(line.split()[1]) for line in status.splitlines() if "VmData" in line)
        limit = (used << 10) + MORE
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        reserve.keep()  # as `serve` does, where the limit is there from the beginning
