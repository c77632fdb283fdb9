"""Steps that other threads hand to the thread of an event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from snakepit._system.pristine import os
from snakepit._system.threads import threading

_MANY = 4096


class LoopSteps:
    """A way to have steps run on an event loop's thread, in their order. Close it on that thread.

    It is `call_soon_threadsafe`, but for what happens when a tool forks: until the child has ended,
    it shares what wakes the loop up, and may take that away. uvloop writes but once until its own
    loop has read that, so that it were deaf for good. Here each step wakes the loop anew, and it
    then takes all that there are.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._steps: deque[Callable[[], object]] = deque()
        self._lock = threading.Lock()
        self._is_closed = False
        self._reads, self._writes = os.pipe()
        for fd in (self._reads, self._writes):
            os.set_blocking(fd, False)
        loop.add_reader(self._reads, self._run)

    def add(self, step: Callable[[], object]) -> None:
        """Has a step run, unless this is closed. From any thread."""
        with self._lock:
            if not self._is_closed:
                self._steps.append(step)
                with contextlib.suppress(BlockingIOError):  # full, so the loop has yet to wake up
                    os.write(self._writes, b"\0")

    def _run(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._reads, _MANY)
        while self._steps:
            self._steps.popleft()()

    def close(self) -> None:
        """Drops what has not been run, and runs nothing more."""
        self._loop.remove_reader(self._reads)
        with self._lock:
            self._is_closed = True
            os.close(self._reads)
            os.close(self._writes)
