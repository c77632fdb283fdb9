"""Tools that can be interrupted, and one that doesn't want to be."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snakepit import Adapter, Cancelled, Context, tool

cleaned: list[str] = []
batches: list[int] = []


class Patient(Adapter):
    thread_safe = True

    @tool
    def ping(self) -> str:
        return "pong"

    @tool
    def instant(self, n: int) -> int:
        return n

    @tool
    async def instant_async(self, n: int) -> int:
        await asyncio.sleep(0)
        return n

    @tool
    def wait(self, kind: str, ctx: Context) -> str:
        try:
            wait_for_ever(kind, ctx)
        finally:
            cleaned.append(kind)
        return "never"

    @tool
    def swallow(self) -> str:
        try:
            time.sleep(600)
        except Cancelled:
            return "swallowed"
        return "never"

    @tool
    def threads(self) -> int:
        """How many threads there are to run calls."""
        return sum(each.name.startswith("snakepit-call-") for each in threading.enumerate())

    @tool
    def nap(self, seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    @tool
    def meet(self, place: str, count: int) -> int:
        """Waits until so many have come to a directory, each with a file of its own."""
        come(place)
        while are_there(place) < count:
            time.sleep(0.01)
        return count

    @tool
    async def meet_async(self, place: str, count: int) -> int:
        come(place)
        while are_there(place) < count:  # noqa: ASYNC110 - others come from elsewhere
            await asyncio.sleep(0.01)
        return count

    @tool
    async def wait_async(self) -> None:
        try:
            await asyncio.sleep(600)
        finally:
            cleaned.append("async")

    @tool
    def drip(self) -> Iterator[int]:
        try:
            while True:
                time.sleep(0.01)
                yield 1
        finally:
            cleaned.append("generator")

    @tool
    def ask(self, ctx: Context) -> Any:
        return ctx.call_host("slow")

    @tool
    def ask_much(self, size: int, ctx: Context) -> str:
        return str(ctx.call_host("slow", {"text": "x" * size})) * size

    @tool
    async def ask_async(self, n: int, ctx: Context) -> Any:
        return await ctx.call_host_async("slow", {"n": n})

    @tool(batch=8, wait_ms=2)
    def halve(self, items: list[dict[str, Any]]) -> list[Any]:
        batches.append(len(items))
        return [
            ValueError("odd") if item["n"] % 2 else {1, 2} if item["n"] == 4 else item["n"] // 2
            for item in items
        ]

    @tool(batch=8)
    async def invert(self, items: list[dict[str, Any]], ctx: Context) -> list[float]:
        await asyncio.sleep(0)
        return [1 / item["n"] for item in items]

    @tool(batch=8)
    def keep(self, items: list[dict[str, Any]], ctx: Context) -> list[bool]:
        self.kept = ctx
        return [True for _ in items]

    @tool
    def use_kept(self) -> Any:
        return self.kept.call_host("late")

    @tool(batch=8)
    def forgetful(self, items: list[dict[str, Any]]) -> list[int]:
        return [1 for _ in items[1:]]


def come(place: str) -> None:
    """Counts the caller among those who have come there."""
    os.close(tempfile.mkstemp(dir=place)[0])


def are_there(place: str) -> int:
    return sum(1 for _ in Path(place).iterdir())


def wait_for_ever(kind: str, ctx: Context) -> None:
    if kind == "sleep":
        time.sleep(600)
    elif kind == "recv":
        ours, _theirs = socket.socketpair()
        ours.recv(1)
    elif kind == "lock":
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
    elif kind == "spin":
        while True:
            pass
    elif kind == "poll":
        while not ctx.cancelled:
            time.sleep(0.01)
