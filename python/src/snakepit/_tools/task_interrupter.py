"""Interruption of calls that are tasks of an event loop."""

from __future__ import annotations

import asyncio
from types import FrameType
from typing import Any

from snakepit._system import signals
from snakepit._system.pristine import signal, time
from snakepit._system.threads import threading
from snakepit._tools import task_marks
from snakepit._tools.importing import is_importing, thread_is_importing
from snakepit._tools.stacks import is_users_code

# The longest time for which a loop that does not come round is let be.
_PATIENCE_SECONDS = 0.1


class TaskInterrupter:
    """An interrupter of tasks, each at most once. Made by the thread that runs the loop.

    A task is cancelled as asyncio does it, when the loop comes round. One that keeps it from coming
    round, in `time.sleep` for instance, needs a signal, whose handler the main thread runs between
    two steps of its own: `raise_in_task` raises CancelledError there. Others must not be hurt by
    it, nor the loop, so it does that only

    * in that very task, unless it is held: not in another one, nor in a callback, nor in a task
      that it has started;
    * in code of the user's, or of a library that this has called: not in the loop's or in ours,
      which may be about to write a frame, and not in an import;
    * when the loop has had some time to come round.

    A signal may come when the thread is not yet in the system call that it would end. So whoever
    sends them sends the next one, in a while, as long as `waits`.

    Args:
        loop: whose tasks they are.
        grace_seconds: how long a call has to stop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, grace_seconds: float) -> None:
        self._loop = loop
        self._patience = min(_PATIENCE_SECONDS, grace_seconds / 4)
        self._thread = threading.get_ident()
        self._wanted: dict[asyncio.Task[Any], float] = {}

    def cancel(self, task: asyncio.Task[Any]) -> None:
        """Interrupts a task. From any thread."""
        self._wanted[task] = time.monotonic()
        try:
            self._loop.call_soon_threadsafe(self._cancel, task)
        except RuntimeError:  # closed: the control thread must live on
            self.forget(task)

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if self._wanted.pop(task, None) is not None:
            task_marks.cancel(task)

    def forget(self, task: asyncio.Task[Any]) -> None:
        """Leaves a task alone, as it is over. On the loop's thread."""
        self._wanted.pop(task, None)

    @property
    def waits(self) -> bool:
        """True while there are tasks to interrupt that have not heard of it. For any thread."""
        return bool(self._wanted)

    def wants_signal(self) -> bool:
        """Tells whether such a task keeps the loop from coming round. From any thread."""
        return self._blocking_task() is not None and not thread_is_importing(self._thread)

    def _blocking_task(self) -> asyncio.Task[Any] | None:
        """Returns the current task if that is to be interrupted, and has had time to hear of it."""
        task = asyncio.current_task(self._loop) if self._wanted else None
        since = None if task is None else self._wanted.get(task)
        if task is None or since is None or task_marks.is_held(task):
            return None
        return task if time.monotonic() - since >= self._patience else None

    def raise_in_task(self, frame: FrameType | None) -> None:
        """Raises CancelledError if that frame, the current one, may be torn by it.

        Else nothing happens. For the handler of a signal.
        """
        task = self._blocking_task()
        if task is None or is_importing(frame) or not is_users_code(frame):
            return  # who cancels will remind of it
        self.forget(task)
        task_marks.mark_cancelled(task)
        raise asyncio.CancelledError


class SignallingInterrupter(TaskInterrupter):
    """An interrupter that has the signal for itself, where all calls share one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, grace_seconds: float) -> None:
        super().__init__(loop, grace_seconds)
        self._signals = threading.current_thread() is threading.main_thread()
        if self._signals:
            signal.signal(signals.CANCEL, lambda _number, frame: self.raise_in_task(frame))

    def remind(self) -> bool:
        """Sends a signal if that is wanted. From any thread.

        Returns whether to ask again in a while.
        """
        if not self.waits or not self._signals:
            return False
        if self.wants_signal():
            signal.pthread_kill(self._thread, signals.CANCEL)
        return True
