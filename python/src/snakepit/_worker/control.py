"""The control connection: a thread of its own, so that a busy tool blocks none of it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

from snakepit._system import lifeline, reserve
from snakepit._system.pristine import os, signal, time
from snakepit._system.sockets import select
from snakepit._system.threads import Latch, Thread
from snakepit._worker import messages
from snakepit._worker.host_watch import HostWatch
from snakepit._worker.link import Link, ProtocolError
from snakepit._worker.messages import Cancel, HostMessage, Ping, Shutdown

# How long to wait for memory before looking again.
_NO_MEMORY_SECONDS = 0.05

# How long to wait before a call is reminded that it was cancelled: at first, and at most.
_FIRST_REMINDER_SECONDS = 0.001
_LAST_REMINDER_SECONDS = 0.02


def end_process_group() -> None:
    """Kills this worker and its children at once. For when there is no host any more."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)  # it leads no group: it alone is ours to end


class Control:
    """The part of a worker that answers pings, obeys cancels and shutdown, and watches the host.

    All on a daemon thread of its own.

    Three of a worker's lifelines are here: the end of the connection, the parent's pid, and the
    host's silence. All need the GIL, and a thread that the kernel lets run.

    `on_shutdown`, `on_cancel` and `on_lost` are called on that thread: the last one once, when the
    connection ends without a shutdown or carries something that has no place there, and when
    `watch` says that the host is gone. After a shutdown only the parent's end is a loss: the host
    may well fall silent. `resident_bytes` is what a pong tells. `remind` is called after a cancel,
    in pauses that grow, until it returns False: pings are answered in between.
    """

    def __init__(
        self,
        link: Link,
        work: Link,
        watch: HostWatch,
        on_shutdown: Callable[[], None],
        on_lost: Callable[[], None] = end_process_group,
        *,
        on_cancel: Callable[[int], None] = lambda _call: None,
        remind: Callable[[], bool] = lambda: False,
        resident_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        self._link = link
        self._work = work
        self._watch = watch
        self._on_shutdown = on_shutdown
        self._on_lost = on_lost
        self._on_cancel = on_cancel
        self._remind = remind
        self._remind_at = 0.0  # seconds of the monotonic clock; 0: there is nothing to remind of
        self._reminder_seconds = _FIRST_REMINDER_SECONDS
        self._also_look: Callable[[float], float] = lambda _now: math.inf
        self._also_look_at = math.inf
        self._looked_at = 0.0
        self._resident_bytes = resident_bytes
        self._attached = True
        self._closing = Latch()
        self._shutdown = Latch()
        self._poll = select.poll()
        self._poll.register(link.fileno(), select.POLLIN)
        self._thread = Thread(self._run)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def also_look(self, look: Callable[[float], float]) -> None:
        """Has `look` called from now on, on the control thread, whenever that looks around.

        It gets the time in seconds of the monotonic clock, and returns in how many seconds it is to
        be called again at the latest.
        """
        self._also_look = look

    def tell(self, header: bytes) -> None:
        """Sends a frame to the host, if there still is one. On the control thread."""
        with contextlib.suppress(OSError):
            self._link.write(header)

    def wait_for_shutdown(self, seconds: float | None) -> bool:
        """Waits for the host's word to end, at most `seconds`. Returns whether it came."""
        return self._shutdown.wait(seconds)

    def close(self) -> None:
        """Ends the connection and the thread, by will: nothing is lost. From another thread."""
        self._closing.set()
        self._link.end()
        self._thread.join()
        self._link.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                lost = self._look()
            except MemoryError:
                # A tool holds all there is. What was read is read again, or the host asks again.
                reserve.spend()
                time.sleep(_NO_MEMORY_SECONDS)
                continue
            if lost:
                return self._on_lost()
        return None

    def _look(self) -> bool:
        """Waits, and does what there is to do. Returns whether the host is gone."""
        if self._wait() and not self._serve():
            self._attached = False
            if self._is_loss("connection"):
                return True
        now = time.monotonic()
        self._also_look_at = now + self._also_look(now)
        if self._remind_at:
            self._remind_if_due(now)
        woken = self._remind_at or self._also_look_at < math.inf
        if woken and now - self._looked_at < self._watch.pause:
            return False  # two looks are never closer to each other
        self._looked_at = now
        return self._host_is_gone()

    def _remind_if_due(self, now: float) -> None:
        if now < self._remind_at:
            return
        self._remind_at = now + self._reminder_seconds if self._remind() else 0.0
        self._reminder_seconds = min(2 * self._reminder_seconds, _LAST_REMINDER_SECONDS)

    def _wait(self) -> bool:
        """Waits until it is time to look again, or there is something to read, which it returns."""
        if self._attached and self._link.has_more:  # it came along with the handshake's answer
            return True
        due = min(self._looked_at + self._watch.pause, self._also_look_at)
        if self._remind_at:
            due = min(due, self._remind_at)
        pause = min(self._watch.pause, max(0.0, due - time.monotonic()))
        if self._attached:
            return bool(self._poll.poll(pause * 1000))
        self._closing.wait(pause)
        return False

    def _serve(self) -> bool:
        """Reads what there is. Returns whether there may be more to come."""
        try:
            while (frame := self._link.read()) is not None:
                self._obey(messages.read(frame[0]))
                if not self._link.has_more:
                    return True
        except (OSError, ProtocolError):
            pass  # as good as its end
        return False

    def _obey(self, message: HostMessage) -> None:
        if isinstance(message, Ping):
            reserve.keep()  # if it has been spent, and there is room again
            resident = self._resident_bytes()
            self._link.write(messages.pong(message.sequence, resident))
        elif isinstance(message, Cancel):
            self._on_cancel(message.id)
            self._reminder_seconds = _FIRST_REMINDER_SECONDS
            self._remind_at = time.monotonic() + _FIRST_REMINDER_SECONDS
        elif isinstance(message, Shutdown):
            self._on_shutdown()
            self._shutdown.set()
        else:
            raise ProtocolError(f"{message.kind} has no place on the control connection")

    def _host_is_gone(self) -> bool:
        if self._watch.parent_is_gone and lifeline.tied("parent"):
            return not self._closing.is_set()
        signs = (self._link.reads, self._work.reads, self._work.unread())
        return self._watch.is_silent(signs, time.monotonic()) and self._is_loss("silence")

    def _is_loss(self, tie: str) -> bool:
        """Tells whether what has been seen means the end: not where it is by will, or a test's."""
        by_will = self._closing.is_set() or self._shutdown.is_set()
        return not by_will and lifeline.tied(tie)
