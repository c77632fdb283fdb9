"""Tools that take their time in pure Python."""

import os
import time

from snakepit import tool


@tool
def spin(seconds: float) -> int:
    """Computes and never waits."""
    rounds = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rounds += 1
    return rounds


@tool
def ping() -> str:
    return "pong"


@tool
def allocate(size: int) -> int:
    return len(bytes(size))


@tool
def cpus() -> list[int]:
    return sorted(os.sched_getaffinity(0))
