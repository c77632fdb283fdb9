"""The event loop of async tools: one per thread that runs calls, kept between them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from snakepit._system import new_threads, threads
from snakepit._tools.task_interrupter import TaskInterrupter

if TYPE_CHECKING:
    from snakepit._tools.cancel_scope import CancelScope

_make: Callable[[], asyncio.AbstractEventLoop]
# Imported here, and not where it is needed: threads that import at the same time what then fails
# may get half of it.
try:
    import uvloop
except ImportError:  # it is the user's choice
    _make = asyncio.new_event_loop
else:
    _make = uvloop.new_event_loop

_T = TypeVar("_T")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Makes a loop: uvloop's where it is installed.

    Where a library has put green threads in the place of threads it is asyncio's, which lets them
    run while it waits. uvloop waits in C, where none of them would ever answer.
    """
    loop = asyncio.new_event_loop() if threads.are_patched() else _make()
    if new_threads.steps:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - seldom needed

        # As the loop would make it, but for these.
        initializer = new_threads.prepare
        executor = ThreadPoolExecutor(thread_name_prefix="asyncio", initializer=initializer)
        loop.set_default_executor(executor)
    return loop


class EventLoop:
    """A loop that runs one coroutine at a time to its end. Tasks left go on with the next."""

    def __init__(self, scope: CancelScope | None = None, grace_seconds: float = 1.0) -> None:
        """Makes a loop; `grace_seconds` is how long an interrupted call has to stop."""
        self._loop = new_event_loop()
        self._scope = scope
        self._interrupter = TaskInterrupter(self._loop, grace_seconds)

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine and returns its result, or raises what it raises.

        While it runs, an interruption cancels its task: the loop's own code must not be torn.
        """
        loop, interrupter = self._loop, self._interrupter
        task = loop.create_task(coroutine)
        if self._scope is None:
            return run_until_done(loop, task)
        try:
            self._scope.hand_over(lambda: interrupter.cancel(task), interrupter)
            return run_until_done(loop, task)
        finally:
            self._scope.hand_over(None)
            interrupter.forget(task)
            if not task.done():  # interrupted before the loop ran: nor may it run with the next
                task.cancel()
                loop.run_until_complete(asyncio.wait((task,)))

    def close(self) -> None:
        """Cancels all tasks left, lets them end, and closes the loop."""
        close(self._loop)


def run_until_done(loop: asyncio.AbstractEventLoop, task: asyncio.Future[_T]) -> _T:
    """Runs a loop until a task is done, and returns its result, or raises what it raises.

    A SystemExit or KeyboardInterrupt of any task stops the loop; who waits for that task has not
    heard of it yet, and others have nothing to do with it. So the loop goes on.
    """
    while not task.done():
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            loop.run_until_complete(task)
    return task.result()


def close(loop: asyncio.AbstractEventLoop) -> None:
    """Cancels all tasks of a loop, lets them end, and closes it."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        run_until_done(loop, loop.create_task(asyncio.wait(left)))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
