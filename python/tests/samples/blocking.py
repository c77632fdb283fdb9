"""Async tools that keep the event loop from coming round."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
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


def look_for(place: str) -> None:
    while not Path(place).exists():
        time.sleep(0.01)


@tool
async def spin() -> None:
    """Computes for ever."""
    while True:
        pass


@tool
async def lock() -> None:
    """Waits in the standard library, as it should not."""
    taken = threading.Lock()
    with taken:
        taken.acquire()


@tool
async def wait_for_held(place: str) -> tuple[str]:
    """Has another task wait as that should not."""
    return await asyncio.gather(asyncio.create_task(hold(place)))


@tool
async def call_back(place: str) -> str:
    """Has a callback block, of which the tool knows nothing."""
    asyncio.get_running_loop().call_soon(look_for, place)
    await asyncio.sleep(0)
    return "came"


@tool
async def block_again(place: str) -> str:
    """Does not hear."""
    with contextlib.suppress(BaseException):
        time.sleep(600)  # noqa: ASYNC251
    look_for(place)
    return "came"


@tool
def stay(place: str) -> str:
    """Does not hear, on a thread of its own; says when it no longer does."""
    with contextlib.suppress(BaseException):
        Path(f"{place}-begun").touch()
        look_for(place)
    look_for(place)
    return "came"
