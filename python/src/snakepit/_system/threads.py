"""Threads of our own, made of what the interpreter itself has, whatever a library makes of others.

A worker's control thread is one: were it a greenlet, a busy tool would hold up its lifelines.
"""

from __future__ import annotations

import _thread
import sys

from snakepit._system.pristine import copy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    _trace = threading.gettrace()
else:
    import threading as _threading

    threading = copy_of(_threading)
    _trace = _threading.gettrace()

__all__ = ["Latch", "Thread", "are_patched", "threading"]

_start, _lock = _thread.start_new_thread, _thread.allocate_lock


def are_patched() -> bool:
    """Tells whether something has replaced the threads of this interpreter, as gevent does."""
    return _thread.start_new_thread is not _start or _thread.allocate_lock is not _lock


class Latch:
    """An event that is set once, and waited for by one thread at a time."""

    def __init__(self) -> None:
        self._guard = _lock()
        self._gate = _lock()
        self._gate.acquire()
        self._is_set = False

    def is_set(self) -> bool:
        """Tells whether `set` has been called."""
        return self._is_set

    def set(self) -> None:
        """Opens the latch for good. From any thread, also again."""
        with self._guard:
            if not self._is_set:
                self._is_set = True
                self._gate.release()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until it is open, at most that long. Returns whether it is."""
        if self._gate.acquire(timeout=-1 if seconds is None else max(0.0, seconds)):
            self._gate.release()
        return self._is_set


class Thread:
    """A thread that does not keep the process alive.

    Traced by what has traced all threads before us, as a measurement of coverage does, and not by
    what user code sets later.
    """

    def __init__(self, target: Callable[[], object]) -> None:
        self._target = target
        self._ended = Latch()

    def start(self) -> None:
        """Starts the thread. Raises RuntimeError if there can be no more threads."""
        _start(self._run, ())

    def join(self) -> None:
        """Waits for its end."""
        self._ended.wait()

    def _run(self) -> None:
        if _trace is not None:
            sys.settrace(_trace)
        try:
            self._target()
        finally:
            self._ended.set()
