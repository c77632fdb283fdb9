"""Tools that do what tools shouldn't, and some that are merely unusual."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from snakepit import Adapter, Cancelled, Context, WorkerInfo, tool

gate = threading.Event()
closed: list[str] = []


class OddError(Exception):
    def __str__(self) -> str:
        raise SystemExit("even this")


class Oddities(Adapter):
    def start(self, worker: WorkerInfo) -> None:
        self.worker = worker
        self.loops: set[asyncio.AbstractEventLoop] = set()

    def stop(self) -> None:
        closed.append("adapter")
        raise RuntimeError("can't stop")

    @tool
    def raise_it(self, kind: str) -> None:
        kinds: dict[str, Callable[[], BaseException]] = {
            "exit": lambda: SystemExit(3),
            "interrupt": lambda: KeyboardInterrupt("now"),
            "memory": MemoryError,
            "odd": OddError,
            "cancelled": lambda: Cancelled("enough"),
            "long": lambda: ValueError("ä" * 100_000),
            "surrogate": lambda: ValueError("\ud800"),
            "group": lambda: RuntimeError("outer"),
        }
        try:
            raise KeyError("inner")
        except KeyError:
            error = kinds[kind]()
            raise error  # noqa: B904 - what led to it is shown as well

    @tool
    def deep(self, n: int) -> Any:
        nested: Any = []
        for _ in range(n):
            nested = [nested]
        return nested

    @tool
    def return_it(self, kind: str) -> Any:
        circle: list[Any] = []
        circle.append(circle)
        results: dict[str, Any] = {
            "nan": {"a": [1, float("nan")]},
            "set": {"a": {"b": [0, {1, 2}]}},
            "key": {"a": {(1, 2): 3}},
            "circle": circle,
            "surrogate": "a\ud800b",
            "bytearray": bytearray(b"raw"),
            "memoryview": memoryview(b"raw")[::2],
            "int": 10**5000,
            "generator": (i for i in range(3)),
        }
        return results[kind]

    @tool
    def big(self, size: int) -> str:
        return "x" * size

    @tool
    def big_bytes(self, size: int) -> bytes:
        return bytes(size)

    @tool
    def endless(self) -> Iterator[str]:
        try:
            while True:
                yield "x" * 100
        finally:
            closed.append("endless")
            raise ValueError("not even closing works")

    @tool
    def half(self) -> Iterator[Any]:
        yield 1
        raise ValueError("half way")

    @tool
    def raw_chunks(self) -> Iterator[Any]:
        yield b"\xff"
        yield {"a": 1}

    @tool
    async def loop_count(self) -> int:
        self.loops.add(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return len(self.loops)

    @tool
    async def leave_task(self) -> None:
        async def forever() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                closed.append("task")

        self.task = asyncio.ensure_future(forever())
        await asyncio.sleep(0)

    @tool
    async def ticks(self, n: int, *, fail: bool = False) -> AsyncIterator[int]:
        for i in range(n):
            await asyncio.sleep(0)
            yield i
        if fail:
            raise SystemExit("after the last")

    @tool
    async def later_bytes(self) -> bytes:
        return b"later"

    @tool
    async def fail_async(self) -> None:
        await asyncio.sleep(0)
        raise LookupError("not there")

    @tool
    def wait_for_gate(self) -> bool:
        return gate.wait(30)

    @tool
    def ask(self, ctx: Context, then: str = "") -> Any:
        return [ctx.call_host("one", {"n": 1}), ctx.call_host(then or "two")]

    @tool
    async def ask_many(self, ctx: Context, n: int) -> Any:
        calls = [ctx.call_host_async("double", {"n": i}) for i in range(n)]
        return await asyncio.gather(*calls, return_exceptions=False)

    @tool
    async def mix(self, ctx: Context) -> str:
        waiting = asyncio.ensure_future(ctx.call_host_async("slow"))
        await asyncio.sleep(0)
        try:
            ctx.call_host("fast")
        except RuntimeError as error:
            await waiting
            return str(error)
        return ""

    @tool
    async def give_up(self, ctx: Context) -> Any:
        waiting = asyncio.ensure_future(ctx.call_host_async("slow"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return ctx.call_host("fast")

    @tool
    async def leave_host_call(self, ctx: Context) -> bool:
        if not hasattr(self, "left"):
            self.left = asyncio.ensure_future(ctx.call_host_async("slow"))
        await asyncio.sleep(0)
        return self.left.cancelled()

    @tool
    def ask_from_thread(self, ctx: Context) -> str:
        errors: list[str] = []

        def ask() -> None:
            try:
                ctx.call_host("one")
            except RuntimeError as error:
                errors.append(str(error))

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        return errors[0]

    @tool
    def keep_context(self, ctx: Context) -> None:
        self.kept = ctx

    @tool
    def use_kept(self) -> Any:
        return self.kept.call_host("late")

    @tool
    def about(self, ctx: Context) -> dict[str, Any]:
        ctx.log.warning("seen %s", "it")
        deadline = ctx.deadline
        return {
            "worker": ctx.worker_id,
            "pool": ctx.pool,
            "call": ctx.call_id,
            "session": ctx.session.id if ctx.session else None,
            "deadline": deadline if deadline is None else 0 < deadline <= 60,
            "cancelled": ctx.cancelled,
        }
