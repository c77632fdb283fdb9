"""The control connection: a thread of its own, so that a busy tool blocks none of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

from snakepit._handshake import parse
from snakepit._link import Link, ProtocolError
from snakepit.v1 import worker_pb2 as pb


def end_process_group() -> None:
    """Kills this worker and its children at once. For when there is no host any more."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)  # it leads no group: it alone is ours to end


class Control:
    """Answers pings and hears of the shutdown, on a daemon thread.

    `on_shutdown` and `on_lost` are called on that thread: the latter when the connection ends
    without a shutdown, or carries something that has no place there.
    """

    def __init__(
        self,
        link: Link,
        on_shutdown: Callable[[], None],
        on_lost: Callable[[], None] = end_process_group,
    ) -> None:
        self._link = link
        self._on_shutdown = on_shutdown
        self._on_lost = on_lost
        self._ending = False
        self._shutdown = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snakepit-control", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wait_for_shutdown(self, seconds: float) -> bool:
        """Waits for the host's word to end, at most `seconds`. Returns whether it came."""
        return self._shutdown.wait(seconds)

    def close(self) -> None:
        """Ends the connection and the thread, by will: nothing is lost. From another thread."""
        self._ending = True
        self._link.end()
        self._thread.join()
        self._link.close()

    def _run(self) -> None:
        try:
            self._serve()
        except (OSError, ProtocolError):
            pass  # as good as its end
        finally:
            if not self._ending:
                self._on_lost()

    def _serve(self) -> None:
        while (frame := self._link.read()) is not None:
            message = parse(frame[0])
            kind = message.WhichOneof("kind")
            if kind == "ping":
                pong = pb.Pong(sequence=message.ping.sequence)
                self._link.write(pb.WorkerMessage(pong=pong).SerializeToString())
            elif kind == "shutdown":
                self._ending = True
                self._on_shutdown()
                self._shutdown.set()
            else:
                raise ProtocolError(f"{kind} has no place on the control connection")
