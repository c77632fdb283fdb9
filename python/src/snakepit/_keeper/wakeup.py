"""Signals, made into something that a poll loop can wait for."""

from __future__ import annotations

import os
import select
import signal


class Wakeup:
    """Signals as bytes in a pipe. For the main thread of keeper and guard."""

    def __init__(self) -> None:
        self.stopping = False
        """True once SIGTERM has asked this process to end."""
        self.fd, self._write = os.pipe()
        for fd in (self.fd, self._write):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def clear(self) -> None:
        try:
            os.read(self.fd, 4096)
        except BlockingIOError:
            return

    def wait(self, seconds: float) -> None:
        """Waits until the next signal, at most that long."""
        select.select([self.fd], [], [], seconds)
        self.clear()
