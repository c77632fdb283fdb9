"""Patches the standard library on import, as eventlet's users do."""

import eventlet

eventlet.monkey_patch()

import time  # noqa: E402 - patched

from snakepit import tool  # noqa: E402


def wait(n: int) -> int:
    """Lets others run."""
    time.sleep(0.001)
    return n


@tool
def answer(n: int) -> int:
    """Waits for green threads."""
    jobs = [eventlet.spawn(wait, n + each) for each in range(3)]
    return sum(job.wait() for job in jobs)
