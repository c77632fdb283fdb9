"""Async tools that block, and so keep the event loop from coming round."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

from snakepit import tool

cleaned: list[str] = []


@tool
def pid() -> int:
    """On a thread of its own."""
    return os.getpid()


@tool
async def ok() -> bool:
    return True


@tool
async def wait(place: str) -> str:
    """Waits as it should, for a file."""
    while not Path(place).exists():  # noqa: ASYNC110, ASYNC240 - whoever makes it is elsewhere
        await asyncio.sleep(0.01)
    return "came"


@tool
async def block(seconds: float) -> float:
    """Waits as it should not."""
    try:
        time.sleep(seconds)  # noqa: ASYNC251 - that is the point
    finally:
        cleaned.append("block")
    return seconds


@tool
async def was_cleaned() -> list[str]:
    return cleaned


@tool
async def hold(place: str) -> str:
    """Waits as it should not, for a file."""
    look_for(place)
    return "came"


def say_begun(place: str) -> None:
    Path(f"{place}-begun").touch()


def look_for(place: str) -> None:
    while not Path(place).exists():
        time.sleep(0.01)


@tool
async def spin() -> None:
    """Computes for ever."""
    spin_on()


@tool
async def lock() -> None:
    """Waits for ever, as it should not."""
    wait_for_lock()


@tool
async def wait_for_held(place: str) -> tuple[str]:
    """Has another task wait as that should not, which says that it has begun."""

    async def begin_to_hold() -> str:
        say_begun(place)
        return await hold(place)

    return await asyncio.gather(asyncio.create_task(begin_to_hold()))


@tool
async def call_back(place: str) -> str:
    """Has a callback block, of which the tool knows nothing."""
    for step in (say_begun, look_for):
        asyncio.get_running_loop().call_soon(step, place)
    await asyncio.sleep(0)
    return "came"


@tool
async def block_again(place: str) -> str:
    """Does not hear."""
    say_begun(place)
    with contextlib.suppress(BaseException):
        time.sleep(600)  # noqa: ASYNC251
    look_for(place)
    cleaned.append("went on")
    return "came"


@tool
async def compute(seconds: float, times: int) -> str:
    """Computes with the interpreter's lock held, and lets go of it in between."""
    for _ in range(times):
        hold_lock(seconds)
    return "computed"


@tool
async def compute_and_hold(seconds: float, place: str) -> str:
    """Holds that lock once, and then waits for a file, as it should not."""
    hold_lock(seconds)
    look_for(place)
    return "came"


def hold_lock(seconds: float) -> None:
    """Computes for so long in C, however busy the machine is."""
    end = time.thread_time() + seconds
    any(map(end.__lt__, iter(time.thread_time, None)))


@tool
async def begin(how: str, place: str) -> None:
    """Says that it has begun, and blocks for ever."""
    say_begun(place)
    try:
        {"sleep": lambda: time.sleep(600), "spin": spin_on, "lock": wait_for_lock}[how]()
    finally:
        cleaned.append(how)


def spin_on() -> None:
    while True:
        pass


def wait_for_lock() -> None:
    taken = threading.Lock()
    with taken:
        taken.acquire()


@tool
async def drip(place: str) -> AsyncIterator[str]:
    """A stream that blocks amid a chunk."""
    yield "first"
    await begin("sleep", place)
    yield "never"


@tool(interrupt=False)
async def hold_uncut(place: str) -> None:
    """Blocks, and is never interrupted."""
    say_begun(place)
    look_for(place)
    cleaned.append("whole")


@tool
async def load(place: str) -> None:
    """Imports what blocks meanwhile, and blocks itself."""
    sys.path.insert(0, str(Path(place).parent))
    say_begun(place)
    try:
        importlib.import_module("blocking_module")
        time.sleep(600)  # noqa: ASYNC251
    finally:
        cleaned.append("cleaned")


@tool
def stay(place: str) -> str:
    """Does not hear, on a thread of its own; says when it no longer does."""
    with contextlib.suppress(BaseException):
        say_begun(place)
        look_for(place)
    look_for(place)
    return "came"
