"""Tools that are hard to interrupt, and that do what makes it harder."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from snakepit import Adapter, Cancelled, Context, tool
from snakepit._system import signals

MOMENT = 0.05  # seconds

lock = threading.Lock()


class Stubborn(Adapter):
    thread_safe = True

    def __init__(self) -> None:
        self.steps: list[Any] = []

    @tool
    def ping(self) -> str:
        return "pong"

    @tool
    def take_steps(self) -> list[Any]:
        """What the tools since have noted, which is forgotten with it."""
        steps, self.steps = self.steps, []
        return steps

    @tool
    def in_finally(self, ctx: Context) -> None:
        """Is interrupted in the midst of its own cleaning up."""
        try:
            self.steps.append("body")
        finally:
            wait_in_python(ctx)

    @tool
    def twice(self, ctx: Context) -> None:
        """Calls the host when it cleans up."""
        try:
            wait_in_python(ctx)
        finally:
            ctx.call_host("cleaning")
            self.steps.append("cleaned")

    @tool
    async def twice_async(self, ctx: Context) -> None:
        try:
            await ctx.call_host_async("up")
            await asyncio.sleep(600)
        finally:
            await ctx.call_host_async("cleaning")
            self.steps.append("cleaned")

    @tool
    def nested(self, ctx: Context) -> None:
        with Step(self.steps, "outer"), Step(self.steps, "inner"):
            wait_in_python(ctx)

    @tool
    def own_signals(self, ctx: Context) -> None:
        """Has signals of its own come all the time."""
        before = signal.signal(signal.SIGALRM, lambda _number, _frame: self.steps.append("alarm"))
        signal.setitimer(signal.ITIMER_REAL, MOMENT / 10, MOMENT / 10)
        try:
            ctx.call_host("up")
            time.sleep(600)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    @tool
    def stream(self, ctx: Context) -> Iterator[int]:
        try:
            yield 1
            wait_in_python(ctx)
        finally:
            self.steps.append("closed")

    @tool
    def run_asyncio(self, seconds: float, ctx: Context) -> None:
        """Has a loop of its own, which mostly waits, or mostly runs."""

        async def wait() -> None:
            while True:  # noqa: ASYNC110 - that is what is tried
                await asyncio.sleep(seconds)

        ctx.call_host("up")
        asyncio.run(wait())

    @tool
    def in_del(self, ctx: Context) -> None:
        """Python drops what is raised there."""
        Slow(ctx)
        self.steps.append("went on")

    @tool
    def child(self, fifo: str) -> None:
        """Waits for a child process, which says so there, once it is waited for."""
        script = 'read go && echo up > "$0" && exec sleep 600'
        subprocess.run(["/bin/sh", "-c", script, fifo], input=b"go\n", check=True)

    @tool
    def children(self) -> list[int]:
        """The pids of this process's children."""
        threads = Path("/proc/self/task").iterdir()
        return [int(pid) for each in threads for pid in (each / "children").read_text().split()]

    @tool
    def fork(self, how: str) -> int:
        """Has a child that doesn't end itself. Returns its exit status."""
        pid = os.fork()
        if pid == 0:
            if how == "exit":
                sys.exit(0)
            return -1
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    @tool
    async def fork_async(self, how: str) -> int:
        return self.fork(how)

    @tool
    def take_signal(self, how: str) -> None:
        """Takes from us the signal that interrupts, or gives it back."""
        if how == "handle":
            self.handler = signal.signal(signals.CANCEL, signal.SIG_IGN)
        elif how == "mask":
            signal.pthread_sigmask(signal.SIG_BLOCK, [signals.CANCEL])
        elif how == "unhandle":
            signal.signal(signals.CANCEL, self.handler)
        else:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signals.CANCEL])

    @tool
    def nap(self, seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    @tool
    def read_fifo(self, fifo: str) -> int:
        """Waits in C until somebody writes there. Returns how much it got."""
        with Path(fifo).open("rb", buffering=0) as reading:
            return len(reading.read(1))

    @tool
    def wait_for_lock(self) -> str:
        with lock:
            return "had it"

    @tool
    def hold_lock(self, ctx: Context) -> str:
        with lock:
            ctx.call_host("held")
            return "held it"

    @tool
    def leave_thread(self) -> int:
        """Starts a thread that lives on, and does some work."""

        def work() -> None:
            while True:
                time.sleep(MOMENT)

        threading.Thread(target=work, daemon=True).start()
        return threading.active_count()

    @tool
    def raise_it(self, kind: str) -> None:
        error = kinds[kind]()
        raise error

    @tool
    async def raise_async(self, kind: str) -> None:
        error = kinds[kind]()
        raise error

    @tool
    async def raise_in_task(self, kind: str, how: str) -> None:
        async def fail() -> None:
            await asyncio.sleep(0)
            error = kinds[kind]()
            raise error

        waits: dict[str, Callable[[], Awaitable[Any]]] = {
            "gather": lambda: asyncio.gather(fail(), asyncio.sleep(0)),
            "wait_for": lambda: asyncio.wait_for(fail(), 600),
            "task": lambda: asyncio.create_task(fail()),
        }
        await waits[how]()

    @tool
    async def raise_behind(self, kind: str) -> str:
        """In a task that nobody waits for."""

        async def fail() -> None:
            error = kinds[kind]()
            raise error

        self.behind = asyncio.create_task(fail())
        await asyncio.sleep(MOMENT)
        return "went on"

    @tool
    async def wait_async(self, ctx: Context) -> None:
        try:
            await ctx.call_host_async("up")
            await asyncio.sleep(600)
        except BaseException as error:
            self.steps.append(type(error).__name__)
            raise

    @tool
    async def ask_then_wait(self, ctx: Context) -> None:
        """Calls the host the way that blocks, although it is async."""
        ctx.call_host("blocking")
        await self.wait_async(ctx)

    @tool
    def ask_on_thread(self, ctx: Context) -> str:
        """Calls the host from a thread of its own, and waits in Python meanwhile."""

        def ask() -> None:
            try:
                ctx.call_host("from-elsewhere")
            except RuntimeError as error:
                self.steps.append(str(error))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join()
        return str(self.steps.pop())

    @tool
    async def leave_host_call(self, ctx: Context) -> str:
        """Leaves a task that waits for the host."""

        async def ask() -> None:
            try:
                await ctx.call_host_async("never-answered")
            except asyncio.CancelledError:
                self.steps.append("cancelled")
                raise

        self.left = asyncio.create_task(ask())
        await asyncio.sleep(0)
        return "left"

    @tool
    async def wait_for_left(self) -> str:
        await asyncio.wait((self.left,))
        return str(self.steps.pop())

    @tool(batch=8)
    def swallow_batch(self, items: list[dict[str, Any]], ctx: Context) -> list[int]:
        """Makes an error of its own of an interruption."""
        self.steps.append(len(items))
        if len(items) == 1:
            return [1]
        try:
            wait_in_python(ctx)
        except Cancelled:
            raise ValueError("swallowed") from None
        return []

    @tool(batch=8)
    def ignore_batch(self, items: list[dict[str, Any]], ctx: Context) -> list[int]:
        """Makes nothing at all of an interruption."""
        try:
            wait_in_python(ctx)
        except Cancelled:
            self.steps.append(len(items))
        return [1 for _ in items]

    @tool(batch=8)
    async def swallow_batch_async(self, items: list[dict[str, Any]], ctx: Context) -> list[int]:
        self.steps.append(len(items))
        if len(items) == 1:
            return [1]
        try:
            await ctx.call_host_async("up")
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            raise ValueError("swallowed") from None
        return []

    @tool(batch=8)
    def count_batch(self, items: list[dict[str, Any]]) -> list[int]:
        return [len(items) for _ in items]

    @tool(batch=8)
    def late_batch(self, items: list[dict[str, Any]], ctx: Context) -> list[int]:
        """Fails once the first call's time is over."""
        self.steps.append(len(items))
        while len(items) > 1 and not ctx.cancelled:
            time.sleep(MOMENT / 10)
        if len(items) > 1:
            raise ValueError("none of it")
        return [1]

    @tool(batch=8)
    def wait_batch(self, items: list[dict[str, Any]], ctx: Context) -> list[int]:
        """A call of it alone waits, and the whole fails."""
        self.steps.append(len(items))
        if len(items) > 1:
            raise ValueError("none of it")
        wait_in_python(ctx)
        return [1]


class Step:
    def __init__(self, steps: list[Any], name: str) -> None:
        self._steps = steps
        self._name = name

    def __enter__(self) -> None:
        self._steps.append(self._name)

    def __exit__(self, *_: object) -> None:
        self._steps.append(f"/{self._name}")


class Slow:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def __del__(self) -> None:
        wait_in_python(self._ctx)


def wait_in_python(ctx: Context) -> None:
    """Tells the host, and waits for ever, in steps that let a thread be interrupted."""
    ctx.call_host("up")
    while True:
        time.sleep(MOMENT / 10)


kinds: dict[str, Callable[[], BaseException]] = {
    "SystemExit": lambda: SystemExit(3),
    "KeyboardInterrupt": KeyboardInterrupt,
    "MemoryError": MemoryError,
    "RecursionError": RecursionError,
    "GeneratorExit": GeneratorExit,
    "StopIteration": StopIteration,
    "asyncio.exceptions.CancelledError": asyncio.CancelledError,
}
