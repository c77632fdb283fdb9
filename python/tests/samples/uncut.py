"""Tools that must not be interrupted, of every kind; each waits for a file before it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from snakepit import Adapter, Context, tool


class Uncut(Adapter):
    thread_safe = True

    @tool
    def ping(self) -> str:
        return "pong"

    @tool(interrupt=False)
    def run(self, folder: str, ctx: Context) -> None:
        wait(folder)
        leave(folder, f"cancelled={ctx.cancelled}")

    @tool(interrupt=False)
    def ask(self, folder: str, ctx: Context) -> None:
        begin(folder)
        leave(folder, f"host said {ctx.call_host('tool')}")

    @tool(interrupt=False)
    async def run_async(self, folder: str) -> None:
        begin(folder)
        while not (Path(folder) / "go").exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.005)
        leave(folder, "ran")

    @tool(interrupt=False)
    async def ask_async(self, folder: str, ctx: Context) -> None:
        begin(folder)
        leave(folder, f"host said {await ctx.call_host_async('tool')}")

    @tool(interrupt=False, batch=4)
    def together(self, items: list[dict[str, Any]]) -> list[None]:
        wait(items[0]["folder"])
        leave(items[0]["folder"], "ran")
        return [None] * len(items)

    @tool(interrupt=False)
    def stream(self, folder: str) -> Iterator[int]:
        """Is in the midst of its second chunk, and waits for credit before the third."""
        try:
            yield 1
            wait(folder)
            leave(folder, "whole")
            yield 2
            yield 3
        finally:
            leave(folder, "closed")

    @tool(interrupt=False)
    async def stream_async(self, folder: str) -> AsyncIterator[int]:
        try:
            yield 1
            await self.run_async(folder)
            yield 2
            yield 3
        finally:
            leave(folder, "closed")

    @tool(interrupt=False)
    def read(self, body: Iterator[bytes], folder: str = "") -> None:
        """Reads an upload that never ends."""
        folder = next(body).decode()
        begin(folder)
        try:
            next(body)
        finally:
            leave(folder, "ended")

    @tool(interrupt=False)
    async def read_async(self, body: AsyncIterator[bytes], folder: str = "") -> None:
        folder = (await anext(body)).decode()
        begin(folder)
        try:
            await anext(body)
        finally:
            leave(folder, "ended")

    @tool(interrupt=False)
    def execute(self, tool: str, args: Any, ctx: Context) -> None:
        wait(args["folder"])
        leave(args["folder"], "ran")


def begin(folder: str) -> None:
    (Path(folder) / "begun").touch()


def wait(folder: str) -> None:
    begin(folder)
    while not (Path(folder) / "go").exists():
        time.sleep(0.005)


def leave(folder: str, word: str) -> None:
    with (Path(folder) / "left").open("a") as file:
        file.write(word + "\n")
