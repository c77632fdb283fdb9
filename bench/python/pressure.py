"""Tools for the bench's part `pressure`: they wait as services do, and cost what a model costs."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from snakepit import Adapter, tool

FIXED_SECONDS = 0.001
"""Seconds that a call of the model costs, however many elements it is given."""

ELEMENT_SECONDS = 0.00005


class Pressure(Adapter):
    """Safe for any profile."""

    thread_safe = True

    @tool
    def ping(self) -> str:
        """Answers at once."""
        return "pong"

    @tool
    def sleep(self, seconds: float) -> None:
        """Blocks for so many seconds."""
        time.sleep(seconds)

    @tool
    async def nap(self, seconds: float) -> None:
        """Waits and lets others go on."""
        await asyncio.sleep(seconds)

    @tool
    def large(self, size: int) -> bytes:
        """Answers so many bytes."""
        return bytes(size)

    @tool
    def slow_body(self, body: bytes) -> int:
        """Takes a second for a body, behind which others wait."""
        time.sleep(1)
        return len(body)

    @tool
    def single(self, n: int) -> int:
        """One element at a time."""
        time.sleep(FIXED_SECONDS + ELEMENT_SECONDS)
        return n

    @tool(batch=32, wait_ms=5)
    def together(self, items: list[dict[str, Any]]) -> list[int]:
        """Many elements at a time."""
        time.sleep(FIXED_SECONDS + ELEMENT_SECONDS * len(items))
        return [item["n"] for item in items]
