"""The event loop of async tools: one per thread that runs calls, kept between them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from snakepit._gate import Gate

_T = TypeVar("_T")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop's where that is installed, else of asyncio's."""
    try:
        import uvloop  # noqa: PLC0415 - a choice of the user's
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class EventLoop:
    """Runs coroutines, one at a time, to their end. Tasks they leave go on with the next."""

    def __init__(self, gate: Gate | None = None) -> None:
        self._loop = new_event_loop()
        self._gate = gate

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine and returns its result, or raises what it raises.

        While it runs, an interruption cancels its task: the loop's own code must not be torn.
        """
        loop = self._loop
        task = loop.create_task(coroutine)
        if self._gate is None:
            return loop.run_until_complete(task)
        try:
            self._gate.hand_over(lambda: loop.call_soon_threadsafe(task.cancel))
            return loop.run_until_complete(task)
        finally:
            self._gate.hand_over(None)
            if not task.done():  # interrupted before the loop ran: nor may it run with the next
                task.cancel()
                loop.run_until_complete(asyncio.wait((task,)))

    def close(self) -> None:
        """Cancels all tasks left, lets them end, and closes the loop."""
        close(self._loop)


def close(loop: asyncio.AbstractEventLoop) -> None:
    """Cancels all tasks of a loop, lets them end, and closes it."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
