"""The event loop of async tools: one per worker, kept between calls, on the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class EventLoop:
    """Runs coroutines, one at a time, to their end. Tasks they leave go on with the next."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine and returns its result, or raises what it raises."""
        return self._loop.run_until_complete(coroutine)

    def close(self) -> None:
        """Cancels all tasks left, lets them end, and closes the loop."""
        loop = self._loop
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
