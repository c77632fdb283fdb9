"""Marks of tasks that run calls: which were interrupted, and which must not be."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Iterator
from typing import Any

# To be forgotten with their tasks.
_cancelled: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
_held: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()


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
