"""The event loop of async tools: one per thread that runs calls, kept between them."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from snakepit._system import new_threads, threads

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

# To be forgotten with their tasks.
_cancelled: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
_held: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()


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


def cancel(task: asyncio.Task[Any]) -> None:
    """Interrupts a call by its task, unless that is held. On the loop's thread."""
    mark_cancelled(task)
    if task not in _held:
        task.cancel()


@contextlib.contextmanager
def hold() -> Iterator[None]:
    """Keeps the task from being interrupted; behind it, too, but where it looks for it: `check`."""
    task = _current_task()
    _held.add(task)
    try:
        yield
    finally:
        _held.discard(task)


@contextlib.contextmanager
def expose() -> Iterator[None]:
    """Lets a block amid a hold be interrupted. Raises CancelledError if it should have been."""
    task = _current_task()
    if task not in _held:
        yield
        return
    check()
    _held.discard(task)
    try:
        yield
    finally:
        _held.add(task)


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("no task is running")
    return task


def mark_cancelled(task: asyncio.Task[Any]) -> None:
    """Notes that a call was interrupted, for `check`. On the loop's thread."""
    _cancelled.add(task)


def is_held(task: asyncio.Task[Any]) -> bool:
    """Tells whether a task must not be interrupted now."""
    return task in _held


def check() -> None:
    """Raises CancelledError in a task whose call was interrupted, and that has swallowed it.

    It is told once only, so that whatever such a task waits for from the host, it would do so for
    ever.
    """
    if _cancelled and asyncio.current_task() in _cancelled:
        raise asyncio.CancelledError


class EventLoop:
    """A loop that runs one coroutine at a time to its end. Tasks left go on with the next."""

    def __init__(self, scope: CancelScope | None = None) -> None:
        self._loop = new_event_loop()
        self._scope = scope

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine and returns its result, or raises what it raises.

        While it runs, an interruption cancels its task: the loop's own code must not be torn.
        """
        loop = self._loop
        task = loop.create_task(coroutine)
        if self._scope is None:
            return run_until_done(loop, task)
        try:
            self._scope.hand_over(lambda: loop.call_soon_threadsafe(cancel, task))
            return run_until_done(loop, task)
        finally:
            self._scope.hand_over(None)
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
