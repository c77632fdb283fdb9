"""Interruption of calls on any thread but the main one; see the cancel scopes beside."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable, Iterator
from typing import Any

from snakepit._system.pristine import time
from snakepit._system.threads import threading
from snakepit._tools.errors import Cancelled
from snakepit._tools.importing import is_importing, thread_is_importing
from snakepit._tools.reminder import Reminder

_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)

_STEPS_TO_ARRIVE = 100  # one would do

# How long a look at another thread may take to be believed. The interpreter lets a thread run for
# longer than that before it has another one run in its place.
_GLANCE_SECONDS = 0.001


class ThreadCancelScope:
    """The scope of any other thread. All is done under its lock, which is held for moments only."""

    def __init__(self) -> None:
        self.interrupted = self.unwanted = False
        # An exception that comes from outside may tear even a `with` from its lock, as it does
        # where a debugger or a profiler traces each line. One that can be taken again by the same
        # thread does no harm then, and leave() lets go of it.
        self._lock: Any = threading.RLock()
        self._first = self._last = 0
        self._wanted = 0
        self._thrown = self._shielded = self._put_off = False
        self._held = 0  # how often
        self._interrupt: Callable[[], object] | None = None
        self._thread = threading.get_ident()

    def enter(self, first: int, last: int) -> None:
        with self._lock:
            self.interrupted = self.unwanted = first <= self._wanted <= last
            self._thrown = self._put_off = False
            if not self.interrupted:
                self._first, self._last = first, last
        if self.interrupted:
            raise Cancelled

    def leave(self) -> None:
        try:
            self._close()
        except Cancelled:  # it arrived on the way here: there is no second one
            self._close()
        self._take_back()
        while self._lock._is_owned():  # noqa: SLF001 - C code, and stable
            self._lock.release()

    def _close(self) -> None:
        with self._lock:
            self._first = 0

    def _take_back(self) -> bool:
        """Lets what was raised arrive here, if it has not before. Returns whether it was raised.

        Raising it once more leaves one at most, which is awaited. To clear it instead is no way:
        CPython 3.11 then keeps looking for it for ever, and hangs where lines are traced.
        """
        thrown, self._thrown = self._thrown, False
        if thrown:
            try:
                _raise_in_thread(self._thread, Cancelled)
                while True:
                    pass
            except Cancelled:
                return True
        return False

    def cancel(self, call: int) -> None:
        with self._lock:
            self._wanted = call
            self.remind()

    def remind(self) -> bool:
        with self._lock:
            runs = self._first and self._first <= self._wanted <= self._last
            if not runs or self.interrupted:
                return False
            self.unwanted = True
            if not self._put_off:
                self._throw()
            return not self.interrupted

    def _throw(self) -> None:
        if self._held or (self._shielded and self._interrupt is None):
            self._put_off = True
        elif not self._may_be_importing():
            self.interrupted = True
            if self._interrupt is not None:
                self._interrupt()
            else:
                self._thrown = True
                _raise_in_thread(self._thread, Cancelled)

    def _may_be_importing(self) -> bool:
        """Looks where the thread is. If that takes long, it may have gone on meanwhile."""
        begun = time.perf_counter()
        return thread_is_importing(self._thread) or time.perf_counter() - begun > _GLANCE_SECONDS

    @contextlib.contextmanager
    def shield(self) -> Iterator[None]:
        with self._lock:
            self._let_arrive()
            self._shielded = True
        try:
            yield
        finally:
            with self._lock:
                self._shielded = False
            self._deliver()

    def _deliver(self) -> None:
        """Interrupts the call if that was put off, and there is no reason any more."""
        with self._lock:
            due = self._put_off and not self._held
            if due:
                self._put_off = False
                self.interrupted = not is_importing(sys._getframe())  # noqa: SLF001 - stable
        if due and self.interrupted:
            raise Cancelled

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        with self._lock:
            self._let_arrive()
            self._held += 1
        try:
            yield
        finally:
            with self._lock:
                self._held -= 1

    @contextlib.contextmanager
    def expose(self) -> Iterator[None]:
        with self._lock:
            held, self._held = self._held, 0
        try:
            self._deliver()
            yield
        finally:
            with self._lock:
                self._let_arrive()
                self._held = held

    def _let_arrive(self) -> None:
        """Raises what is on its way; what has arrived before is not raised a second time.

        Which of the two it is can't be asked. But what is on its way arrives at the next step, and
        the taking back is for the case that it does not: a frame must not be torn by it.
        """
        if self._thrown:
            for _ in range(_STEPS_TO_ARRIVE):
                pass
            self._take_back()

    def hand_over(
        self, interrupt: Callable[[], object] | None, reminder: Reminder | None = None
    ) -> Callable[[], object] | None:
        del reminder  # signals are for the main thread
        with self._lock:
            before, self._interrupt = self._interrupt, interrupt
            # What has been raised but not arrived would not do so while the thread waits in C.
            if interrupt is not None and self._take_back():
                interrupt()
        return before
