"""Tools that tell what they find in the context they run in, and then change all of it."""

from __future__ import annotations

import contextvars
import decimal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np

from snakepit import Adapter, Context, WorkerInfo, tool

TRACE: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="unset")


def found() -> list[object]:
    """Returns what this call finds."""
    return [TRACE.get(), decimal.getcontext().prec, np.geterr()["divide"]]


def disturb() -> None:
    """Sets what no other call may see."""
    TRACE.set("a call's")
    decimal.getcontext().prec = 3
    np.seterr(divide="raise")


class Contexts(Adapter):
    """Sets a state of its own in `start`, which each call is to find."""

    thread_safe = True

    def start(self, worker: WorkerInfo) -> None:
        del worker
        self.token = TRACE.set("of start")
        decimal.getcontext().prec = 40
        np.seterr(divide="ignore")

    def stop(self) -> None:
        print("stop found", found(), flush=True)
        TRACE.reset(self.token)  # valid in the context of start() alone
        print("stop is over", flush=True)

    @tool
    def sync(self) -> list[object]:
        seen = found()
        disturb()
        return seen

    @tool
    async def waiting(self) -> list[object]:
        import asyncio

        seen = found()
        disturb()
        await asyncio.sleep(0)
        assert found() == ["a call's", 3, "raise"]
        return seen

    @tool
    def chunks(self, count: int = 3) -> Iterator[list[object]]:
        """Yields what it finds first, and then what it has set itself."""
        try:
            yield found()
            disturb()
            for _ in range(count - 1):
                yield found()
        finally:
            print("generator ended with", TRACE.get(), flush=True)

    @tool
    async def chunks_async(self, count: int = 3) -> AsyncIterator[list[object]]:
        try:
            yield found()
            disturb()
            for _ in range(count - 1):
                yield found()
        finally:
            print("generator ended with", TRACE.get(), flush=True)

    @tool(batch=8)
    def batched(self, items: list[dict[str, Any]]) -> list[list[object]]:
        seen = found()
        disturb()
        if len(items) > 1:
            raise ValueError("one at a time")
        return [seen]

    @tool(batch=8)
    async def batched_async(self, items: list[dict[str, Any]]) -> list[list[object]]:
        return self.batched(items)

    @tool
    def upload(self, body: Iterator[bytes]) -> list[object]:
        seen = found()
        disturb()
        assert sum(map(len, body)) >= 0
        return seen

    @tool
    async def upload_async(self, body: AsyncIterator[bytes]) -> list[object]:
        seen = found()
        disturb()
        async for _piece in body:
            assert found() == ["a call's", 3, "raise"]
        return seen

    def execute(self, tool: str, args: Any, ctx: Context) -> list[object]:
        del tool, args, ctx
        seen = found()
        disturb()
        return seen
