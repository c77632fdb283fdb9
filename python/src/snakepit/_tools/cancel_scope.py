"""Interruption of calls: at most once, only while one runs, and never the next one.

A scope belongs to one thread that runs calls. That thread says when a call begins and ends; any
other may have it cancelled meanwhile, which raises `Cancelled` in it. There are two ways:

* On the main thread a signal, whose Python handler raises: it interrupts blocking system calls too.
* On any other thread `PyThreadState_SetAsyncExc`, which takes effect at the next line of Python.

A thread that is just sending or receiving a frame must not be torn away from it: there it holds up
a shield, and is interrupted when it takes that down. Nor may an import be torn: it is waited for.

Who cancels is never kept waiting. What is not heard at once, it is to bring up again: `remind`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn, Protocol

from snakepit._system import signals
from snakepit._system.pristine import signal
from snakepit._system.threads import threading
from snakepit._tools import green_threads
from snakepit._tools.errors import CANCELLED, CallError, Cancelled
from snakepit._tools.importing import (
    drops_what_is_raised,
    is_importing,
    thread_is_importing,
)
from snakepit._tools.reminder import Reminder
from snakepit._tools.thread_scope import ThreadCancelScope


class CancelScope(Protocol):
    """A cancel scope of either kind, as a loop and a call use it."""

    interrupted: bool
    """True if the call that runs, or ran last, was interrupted."""

    unwanted: bool
    """True if the call that runs, or ran last, was cancelled, though perhaps not interrupted."""

    def enter(self, first: int, last: int) -> None:
        """Begins a call, or a batch of them. Raises Cancelled if it was cancelled before."""

    def leave(self) -> None:
        """Ends the call: from here on nothing is raised. To be called in a `finally`."""

    def cancel(self, call: int) -> None:
        """Interrupts that call, now or when it begins; one that is over is left alone."""

    def remind(self) -> bool:
        """Interrupts the call once more if it runs on as if nothing had been said.

        Returns whether to ask again in a while.
        """

    def shield(self) -> contextlib.AbstractContextManager[None]:
        """Puts off an interruption until the block is done."""

    def hold(self) -> contextlib.AbstractContextManager[None]:
        """Keeps the block from being interrupted, also where it waits for the host.

        Behind it nothing is raised by itself either, but where the call looks for it.
        """

    def expose(self) -> contextlib.AbstractContextManager[None]:
        """Lets a block amid a hold be interrupted. Raises Cancelled if it should have been."""

    def hand_over(
        self, interrupt: Callable[[], object] | None, reminder: Reminder | None = None
    ) -> Callable[[], object] | None:
        """Calls that in place of raising, from here on; None: raises. Returns the one before.

        For whoever waits where nothing may be raised, such as an event loop. `reminder` is for when
        that does not hear; on the main thread only.
        """


def cancelled() -> CallError:
    """Returns the answer to a call that was cancelled."""
    return CallError(CANCELLED, "the call was cancelled")


def raise_again(scope: CancelScope) -> NoReturn:
    """Raises Cancelled in a call that was interrupted, and whose tool has swallowed that.

    If it is still on its way, it arrives here, and not a second time later.
    """
    with scope.shield():
        pass
    raise Cancelled


def of_this_thread() -> CancelScope:
    """Makes the scope for the calling thread."""
    try:
        return SignalCancelScope()
    except ValueError:  # signals are for the main thread, whatever a library makes of its name
        return ThreadCancelScope()


class SignalCancelScope:
    """The scope of the main thread.

    The two sides never wait for each other: the main thread says what runs before it looks what is
    wanted, the other says what is wanted before it looks what runs, so that one of them sees both.
    The handler runs on the main thread, between two of its own steps.

    A signal may come when the main thread has let go of the GIL and is not yet in the system call
    that it did so for. It would then wait there as if nothing had been. That is no rare case:
    whoever cancels often gets the GIL just so. Hence signals are sent until one is heard.

    One that comes from outside the worker does the same. It is for C code that holds the GIL and
    looks for signals, as `re` does: the handler is Python, so that whoever wants to cancel gets the
    GIL there, and sends the next signal.
    """

    __slots__ = (
        "_first",
        "_held",
        "_interrupt",
        "_last",
        "_main",
        "_put_off",
        "_reminder",
        "_shielded",
        "_told",
        "_wanted",
        "interrupted",
        "unwanted",
    )

    def __init__(self) -> None:
        self.interrupted = self.unwanted = False
        self._first = 0  # what runs; 0: nothing
        self._last = 0  # what runs, or ran last
        self._wanted = 0
        self._shielded = self._put_off = False
        self._held = 0  # how often
        self._interrupt: Callable[[], object] | None = None
        self._reminder: Reminder | None = None
        self._told = False  # the one that it was handed over to
        self._main = threading.get_ident()
        signal.signal(signals.CANCEL, self._on_signal)

    def enter(self, first: int, last: int) -> None:
        self.interrupted = self.unwanted = self._put_off = False
        self._last = last
        self._first = first
        if self._wanted >= first and self._wanted <= last:  # not chained: this is the hot path
            self._first = 0
            self.interrupted = self.unwanted = True
            raise Cancelled

    def leave(self) -> None:
        self._first = 0

    def cancel(self, call: int) -> None:
        self._wanted = call  # whatever it is: one that is over is nobody's id any more
        self.remind()

    def remind(self) -> bool:
        if not 0 < self._first <= self._wanted <= self._last:
            return False
        if self.interrupted:
            return self._remind_again()
        # Code that an import runs may not expect that its system calls end early.
        if not self._put_off and not thread_is_importing(self._main):
            signal.pthread_kill(self._main, signals.CANCEL)
        return True

    def _remind_again(self) -> bool:
        reminder = self._reminder
        if reminder is None or (self._told and not reminder.waits):
            return False
        if reminder.wants_signal():
            signal.pthread_kill(self._main, signals.CANCEL)
        return True

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        if not self._first or not self._first <= self._wanted <= self._last:
            return
        self.unwanted = True
        if self._shielded or self._held:
            self._put_off = True
            return
        if self.interrupted:  # once is enough, if it has been heard
            if self._reminder is not None and green_threads.from_elsewhere(frame) is None:
                self._reminder.raise_in_task(frame)
            return
        if self._interrupt is not None:
            self.interrupted = True
            self._interrupt()
            self._told = True
            return
        if is_importing(frame) or drops_what_is_raised(frame):
            return  # who cancels will remind of it
        if (throw_soon := green_threads.from_elsewhere(frame)) is not None:
            throw_soon(self._throw)
            return  # likewise
        self.interrupted = True
        self._first = 0  # once is enough, whatever the call makes of it
        raise Cancelled

    def _throw(self, main: Any) -> None:
        """Raises Cancelled in the main green thread, which waits. In the hub, see green_threads."""
        is_wanted = self._first and self._first <= self._wanted <= self._last
        is_apart = self._shielded or self._held or self._interrupt is not None
        if not is_wanted or is_apart or self.interrupted or is_importing(main.gr_frame):
            return
        self.interrupted = True
        self._first = 0
        main.throw(Cancelled)

    def shield(self) -> SignalCancelScope:
        return self  # it holds up one for each chunk of a stream: no generator, which takes longer

    def __enter__(self) -> None:
        self._shielded = True

    def __exit__(self, *_: object) -> None:
        self._shielded = False
        if self._put_off:
            self._deliver()

    def _deliver(self) -> None:
        """Interrupts the call now, or says again that it is put off."""
        self._put_off = False
        self._on_signal(0, sys._getframe())  # noqa: SLF001 - stable

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    @contextlib.contextmanager
    def expose(self) -> Iterator[None]:
        held, self._held = self._held, 0
        try:
            if self._put_off:
                self._deliver()
            yield
        finally:
            self._held = held

    def hand_over(
        self, interrupt: Callable[[], object] | None, reminder: Reminder | None = None
    ) -> Callable[[], object] | None:
        self._reminder, self._told = reminder, False
        before, self._interrupt = self._interrupt, interrupt
        return before
