"""The keeper's one poll loop: the host's orders, its workers' output, and the end of either."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import sys
import time

from snakepit._keeper import guard
from snakepit._keeper.ends import HUNG_SECONDS
from snakepit._keeper.output import Outputs
from snakepit._keeper.wakeup import Wakeup
from snakepit._keeper.workers import Pool
from snakepit._system import killing, lifeline
from snakepit._system.frames import Channel, Malformed, decode

BACKLOG = 1 << 20
"""Bytes that may wait for a slow host until lines are dropped. Starts and ends never are."""

_SWEEP_PAUSE_MS = 10
_STDIN = 0
_MOST_DESCRIPTORS = 1 << 20
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


class Stop(Exception):
    """The keeper's work is over: the host is gone, or has said so."""


class Keeper:
    """The keeper itself: all between the host's socket and the workers' processes."""

    def __init__(self, host: Channel, wakeup: Wakeup) -> None:
        self._host = host
        self._wakeup = wakeup
        self._stopping = False
        self._poll = select.poll()
        self._outputs = Outputs(
            self._watch, self._poll.unregister, host.send, lambda: host.queued > BACKLOG
        )
        self._pool = Pool(
            host.send,
            self.complain,
            self._outputs,
            (self._watch, self._poll.unregister),
            dict(os.environ),
        )
        for fd in (_STDIN, wakeup.fd, host.fileno()):
            self._watch(fd)

    def groups(self) -> list[int]:
        return self._pool.groups()

    def run(self) -> None:
        """Serves until the host is gone, which is told by :class:`Stop`."""
        while True:
            self._flush()
            ready = self._poll.poll(self._pause_ms())
            now = time.monotonic()
            for fd, _ in ready:
                self._serve(fd, now)
            if self._wakeup.stopping or self._host.ended:
                raise Stop
            if self._pool.ends.pending:
                self._pool.ends.sweep(now)
            self._pool.end_hung_servers(now)
            if self._stopping and not self._pool.servers:
                raise Stop

    def _pause_ms(self) -> float | None:
        ends = self._pool.ends
        if ends.pending:
            return _SWEEP_PAUSE_MS
        pause = HUNG_SECONDS if ends.unanswered else math.inf
        pause = min(pause, max(0.0, ends.next_end() - time.monotonic()))
        return None if pause == math.inf else math.ceil(pause * 1000)

    def _serve(self, fd: int, now: float) -> None:
        if fd in self._outputs:
            self._outputs.read(fd, now)
        elif fd == self._wakeup.fd:
            self._wakeup.clear()
            self._pool.collect(now)
        elif fd == self._host.fileno():
            for frame in self._host.receive():
                self._obey(frame, now)
        elif fd == _STDIN:
            if not os.read(fd, 4096):
                raise Stop
        elif fd in self._pool.servers:
            self._pool.hear(self._pool.servers[fd], now)

    def _obey(self, frame: bytes | Malformed, now: float) -> None:
        """Obeys one order. One that makes no sense is reported, and the next is awaited."""
        try:
            order = decode(frame)
            operation = order.get("op")
            if operation == "start":
                self._pool.start(_text(order, "worker"), _text(order, "token"), now)
            elif operation == "kill":
                self._pool.kill(_text(order, "worker"), _signal(order), now)
            elif operation == "dump":
                self._pool.dump(_text(order, "worker"))
            elif operation == "interrupt":
                self._pool.interrupt(_text(order, "worker"))
            elif operation == "configure":
                self._pool.configure(order, now)
            elif operation == "roll":
                self._pool.roll(now)
            elif operation == "spawn":
                self._pool.spawn_afresh(now)
            elif operation == "stop":
                self._stopping = True
                self._pool.stop(now)
            else:
                self.complain(f"order not understood: unknown op {operation!r}")
        except Malformed as error:
            self.complain(f"order not understood: {error}")

    def complain(self, text: str) -> None:
        """Tells the host the keeper's own words, as a line of no worker."""
        self._host.send(
            {"event": "line", "worker": "", "stream": "stderr", "text": f"keeper: {text}"}
        )

    def _flush(self) -> None:
        for channel in (self._host, *(server.channel for server in self._pool.servers.values())):
            channel.flush()
            if not channel.ended:
                wanted = _READABLE | (select.POLLOUT if channel.queued else 0)
                self._poll.modify(channel.fileno(), wanted)

    def _watch(self, fd: int) -> None:
        self._poll.register(fd, _READABLE)


def _text(order: dict[str, object], key: str) -> str:
    value = order.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise Malformed(f"{order.get('op')} without a proper {key}: {value!r}")
    return value


def _signal(order: dict[str, object]) -> int:
    number = order.get("signal")
    if number not in (signal.SIGTERM, signal.SIGKILL):
        raise Malformed(f"signal must be 15 or 9: got {number!r}")
    return signal.SIGKILL if number == signal.SIGKILL else signal.SIGTERM


def read_token(wakeup: Wakeup) -> str:
    """Reads the one line on standard input; empty if there is nobody to serve any more."""
    line = bytearray()
    while not wakeup.stopping:
        select.select([_STDIN, wakeup.fd], [], [])
        wakeup.clear()
        while select.select([_STDIN], [], [], 0)[0]:
            byte = os.read(_STDIN, 1)
            if byte == b"\n":
                return line.decode("utf-8", "replace")
            if not byte:
                return ""
            line += byte
    return ""


def keep(guarded_by: int) -> int:
    """Runs the keeper itself to its end, and returns its exit status.

    ``guarded_by`` is the pid of its guard, 0 if there is none.
    """
    guard.lead_session()
    guard.name_process("snakepit-keeper")
    wakeup = Wakeup()
    lifeline.become_subreaper()
    if not lifeline.stop_with_parent(guarded_by):
        return 0
    token = read_token(wakeup)
    if not token:
        return 0
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(sys.argv[1])
    host = Channel(connection)
    version = ".".join(str(part) for part in sys.version_info[:3])
    host.send({"event": "hello", "token": token, "pid": os.getpid(), "python": version})
    keeper = Keeper(host, wakeup)
    if lifeline.tied("keeper") and (fault := lifeline.wake_at_end(_STDIN)):
        keeper.complain(fault)
    try:
        keeper.run()
    except Stop:
        pass
    finally:  # whatever has happened, a fault of our own included: nothing below may stay
        if lifeline.tied("keeper"):
            os.closerange(host.fileno() + 1, _MOST_DESCRIPTORS)  # to look into /proc takes some
            killing.kill_all_below(keeper.groups(), wakeup.wait)
    return 0


def main() -> int:
    """Runs a keeper and its guard, and returns the keeper's exit status."""
    return guard.guarded(keep)
