"""Tools that wait in green threads: the variable `GREEN` says whose, gevent's or eventlet's.

The library patches the standard library on import, as its users have it do.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from snakepit import Adapter, Context, WorkerInfo, tool

IS_GEVENT = os.environ["GREEN"] == "gevent"
BEAT_S = float(os.environ.get("BEAT_S", "0.001"))
FOREVER_S = 1_000_000

green = importlib.import_module(os.environ["GREEN"])
if IS_GEVENT:
    importlib.import_module("gevent.monkey").patch_all()
else:
    green.monkey_patch()


def result_of(function: Callable[..., Any], *args: Any) -> Any:
    """Runs that in a green thread of its own, and waits for it."""
    thread = green.spawn(function, *args)
    return thread.get() if IS_GEVENT else thread.wait()


def note(what: str) -> None:
    time.sleep(0.001)  # in the library's event loop, also at the end
    with Path(os.environ["ENDS"]).open("a") as file:
        file.write(f"{what} {os.getpid()}\n")


def wait_in_socket() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.recv(1)


def wait_for_process() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        note("process")  # not before: an interruption amid a fork is lost
        process.wait()


def wait_for_thread() -> None:
    thread = threading.Thread(target=time.sleep, args=(FOREVER_S,))
    thread.start()
    thread.join()


WAITS: dict[str, Callable[[], object]] = {
    "own sleep": lambda: green.sleep(FOREVER_S),
    "time.sleep": lambda: time.sleep(FOREVER_S),
    "socket": wait_in_socket,
    "green thread": lambda: result_of(time.sleep, FOREVER_S),
    "thread": wait_for_thread,
    "queue": lambda: queue.Queue[int]().get(),
    "event": lambda: threading.Event().wait(),
    "process": wait_for_process,
    "nowhere": lambda: [None for _ in iter(int, 1)],
}


class Green(Adapter):
    thread_safe = True

    def start(self, worker: WorkerInfo) -> None:
        del worker
        self.beats = 0
        self.beating = green.spawn(self.beat)
        atexit.register(note, "atexit")

    def stop(self) -> None:
        note("stop")

    def beat(self) -> None:
        while True:
            green.sleep(BEAT_S)
            self.beats += 1

    @tool
    def count_beats(self) -> int:
        """Waits until that green thread has run once more, and returns how often it has."""
        before = self.beats
        while self.beats == before:
            time.sleep(0.001)
        return self.beats

    @tool
    def together(self, n: int) -> int:
        threads = [green.spawn(time.sleep, 0.005) for _ in range(3)]
        for each in threads:
            each.get() if IS_GEVENT else each.wait()
        return n

    @tool
    def numbers(self, n: int) -> Iterator[int]:
        for each in range(n):
            time.sleep(0.001)
            yield each

    @tool
    def size(self, body: Iterator[bytes]) -> int:
        size = 0
        for piece in body:
            time.sleep(0.001)
            size += len(piece)
        return size

    @tool
    def ask(self, ctx: Context) -> Any:
        time.sleep(0.001)
        return ctx.call_host("lookup", {"n": 1})

    @tool
    def ask_in_green_thread(self, ctx: Context) -> Any:
        return result_of(ctx.call_host, "lookup", {"n": 1})

    @tool
    def program(self) -> str:
        code = "print('ran')"
        return subprocess.check_output([sys.executable, "-c", code], text=True).strip()

    @tool
    def wait(self, where: str) -> None:
        try:
            if where != "process":
                note(where)
            WAITS[where]()
        finally:
            note("tidied")

    @tool
    async def wait_async(self) -> None:
        await asyncio.sleep(FOREVER_S)

    @tool
    async def numbers_async(self, n: int) -> AsyncIterator[int]:
        for each in range(n):
            await asyncio.sleep(0.001)
            yield each

    @tool
    async def size_async(self, body: AsyncIterator[bytes]) -> int:
        return sum([len(piece) async for piece in body])

    @tool
    async def ask_async(self, ctx: Context) -> Any:
        return await ctx.call_host_async("lookup", {"n": 1})

    @tool
    async def in_thread(self) -> str:
        """Waits for a thread that itself waits."""
        await asyncio.to_thread(time.sleep, 0.01)
        return "waited"
