"""Patches the standard library on import, as gevent's users do."""

from gevent import monkey

monkey.patch_all()

import time  # noqa: E402 - patched

import gevent  # noqa: E402
from snakepit import tool  # noqa: E402


def wait(n: int) -> int:
    """Lets others run."""
    time.sleep(0.001)
    return n


@tool
def answer(n: int) -> int:
    """Waits for green threads."""
    jobs = [gevent.spawn(wait, n + each) for each in range(3)]
    gevent.joinall(jobs, timeout=5)
    return sum(job.value for job in jobs)
