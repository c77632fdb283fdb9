"""Interruption of calls that are tasks of one event loop, which all of them share."""

from __future__ import annotations

import asyncio
import contextlib
from types import FrameType
from typing import Any

from snakepit._system import signals
from snakepit._system.pristine import signal, time
from snakepit._system.threads import threading
from snakepit._tools import event_loop
from snakepit._tools.importing import is_importing, thread_is_importing
from snakepit._tools.stacks import is_users_code

# The longest time for which a loop that does not come round is let be.
_PATIENCE_SECONDS = 0.1


class TaskInterrupter:
    """An interrupter of tasks, each at most once. Made by the thread that runs the loop.

    A task is cancelled as asyncio does it, when the loop comes round. One that keeps it from coming
    round, in `time.sleep` for instance, gets a signal, as in profile `process`: the handler, which
    the main thread runs between two steps of its own, raises CancelledError there. Other calls must
    not be hurt by it, nor the loop, so it does that only

    * in that very task, unless it is held: not in another one, nor in a callback, nor in a task
      that it has started;
    * in code of the user's, or of a library that this has called: not in the loop's or in ours,
      which may be about to write a frame, and not in an import;
    * when the loop has had some time to come round.

    A signal may come when the thread is not yet in the system call that it would end: `remind`
    sends the next one.

    Args:
        loop: whose tasks they are.
        grace_seconds: how long a call has to stop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, grace_seconds: float) -> None:
        self._loop = loop
        self._patience = min(_PATIENCE_SECONDS, grace_seconds / 4)
        self._thread = threading.get_ident()
        self._wanted: dict[asyncio.Task[Any], float] = {}
        self._signals = threading.current_thread() is threading.main_thread()
        if self._signals:
            signal.signal(signals.CANCEL, self._on_signal)

    def cancel(self, task: asyncio.Task[Any]) -> None:
        """Interrupts a task. From any thread."""
        self._wanted[task] = time.monotonic()
        try:
            self._loop.call_soon_threadsafe(self._cancel, task)
        except RuntimeError:  # closed: the control thread must live on
            self._wanted.pop(task, None)

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if self._wanted.pop(task, None) is not None:
            event_loop.cancel(task)

    def remind(self) -> bool:
        """Sends a signal if such a task keeps the loop from coming round. From any thread.

        Returns whether to ask again in a while.
        """
        if not self._wanted or not self._signals:
            return False
        if self._is_overdue(asyncio.current_task(self._loop)) and not thread_is_importing(
            self._thread
        ):
            signal.pthread_kill(self._thread, signals.CANCEL)
        return True

    def _is_overdue(self, task: asyncio.Task[Any] | None) -> bool:
        since = None if task is None else self._wanted.get(task)
        return since is not None and time.monotonic() - since >= self._patience

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        task = asyncio.current_task(self._loop)
        if task is None or not self._is_overdue(task) or event_loop.is_held(task):
            return
        if is_importing(frame) or not is_users_code(frame):
            return  # who cancels will remind of it
        with contextlib.suppress(KeyError):
            del self._wanted[task]
        event_loop.mark_cancelled(task)
        raise asyncio.CancelledError
