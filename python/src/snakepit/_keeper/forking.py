"""Forking of workers: the orders that wait for a fork server, and what fork servers say.

An order waits while the fork server imports, then goes to it with the write ends of two pipes.
Where the adapter can't be forked, it goes to the pool, which starts a fresh interpreter.

A fork server whose import is of no use ends by itself, or is killed. Until it has ended it may hold
what the import has taken, such as a file's lock or a port, so that the next import would fail. So
all starts wait for its end: of workers, and of the next fork server.
"""

from __future__ import annotations

import signal

from snakepit._keeper.ends import HUNG_SECONDS, Ends
from snakepit._keeper.fork_server import ForkServer, Servers
from snakepit._keeper.reports import KEEPER, Reports
from snakepit._keeper.worker import Worker
from snakepit._system import killing, shortage

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper.configuration import Configuration
    from snakepit._keeper.outfit import Outfit

MOST_FORKING = 32
"""Orders given to a fork server at a time: their descriptors are in flight until read."""


class Forking:
    """The part of the keeper that has workers forked. Shares its tables with the pool.

    ``spawn`` starts a worker, given its token, as a fresh interpreter.
    """

    def __init__(
        self,
        configuration: Configuration,
        outfit: Outfit,
        workers: dict[str, Worker],
        servers: Servers,
        ends: Ends,
        reports: Reports,
        spawn: Callable[[str, str, float], None],
    ) -> None:
        self._configuration = configuration
        self._outfit = outfit
        self._workers = workers
        self._servers = servers
        self._ends = ends
        self._reports = reports
        self._spawn = spawn
        self._forks = True
        self._pending: dict[str, str] = {}  # tokens of workers that wait
        self._to_import = False
        """True while a fork server is to be started, though no worker may wait for it."""

    # Orders of the host

    def __contains__(self, worker: object) -> bool:
        """Returns whether a worker waits for a fork server: its import, or its end."""
        return worker in self._pending

    def order(self, worker: str, token: str, now: float) -> None:
        """Has a worker forked as soon as there is a fork server that has imported.

        If the adapter can't be forked: starts it as soon as no fork server is in its way.
        """
        self._pending[worker] = token
        self._go_on(now)

    def revoke(self, worker: str) -> bool:
        """Takes the order back. Returns whether it waited still."""
        return self._pending.pop(worker, None) is not None

    def revoke_all(self) -> None:
        """Takes all orders back that wait."""
        self._pending.clear()
        self._to_import = False

    def import_anew(self, now: float) -> None:
        """Starts a new fork server, which imports; the old one ends with its last worker."""
        self._forks = self._to_import = True
        self._retire_current(now)
        self._go_on(now)

    def give_up(self, now: float) -> None:
        """Forks no more. The fork server ends with its last worker; what waits is spawned."""
        self._forks = self._to_import = False
        self._retire_current(now)
        self._go_on(now)

    def _retire_current(self, now: float) -> None:
        if self._servers.current is not None:
            self._servers.retire(self._servers.current)
            self._ends.end_idle_servers(now)

    def _go_on(self, now: float) -> None:
        """Starts what waits, as far as that can be started now."""
        if any(server.is_in_the_way for server in self._servers.all()):
            return  # its end is told by SIGCHLD
        if self._forks:
            self._fork_pending(now)
            return
        pending, self._pending = self._pending, {}
        for worker, token in pending.items():
            self._spawn(worker, token, now)

    def _start_server(self, now: float) -> None:
        """Starts a fork server, which begins to import."""
        self._to_import = False
        outfit = self._outfit
        try:
            server = ForkServer.start(self._configuration, outfit.environ, outfit.outputs, now)
        except OSError as error:
            message = f"the fork server can't be started: {shortage.explain(error, KEEPER)}"
            self._import_failed({"type": "OSError", "message": message, "traceback": ""})
            return
        self._servers.add(server)

    def _fork_pending(self, now: float) -> None:
        """Hands pending orders to the fork server, which is started if there is none."""
        if self._servers.current is None and (self._pending or self._to_import):
            self._start_server(now)
        server = self._servers.current
        if server is None or server.imports:
            return
        while self._pending and server.forking < MOST_FORKING:
            worker = next(iter(self._pending))
            self._fork(server, worker, self._pending.pop(worker), now)

    def _fork(self, server: ForkServer, worker: str, token: str, now: float) -> None:
        try:
            output, limits = self._outfit.give(worker, now)
        except OSError as error:
            self._reports.failed(worker, shortage.explain(error, KEEPER))
            return
        order: dict[str, object] = {"op": "fork", "worker": worker, "limits": limits}
        group = self._outfit.limits.memory_group(limits)
        order["boot"] = self._configuration.boot(worker, token, server.pid, group)
        server.channel.send(order, output)
        server.forking += 1
        self._workers[worker] = Worker(worker, server)

    # What fork servers say

    def hear(self, server: ForkServer, now: float) -> None:
        """Reads what a fork server has to tell, and goes on with what waits for it."""
        self._listen(server, now)
        self._ends.sweep(now)
        self._go_on(now)

    def _listen(self, server: ForkServer, now: float) -> None:
        try:
            for message in server.messages():
                self._obey(server, message, now)
        except (ValueError, KeyError) as error:
            self._reports.complain(
                f"the fork server (pid {server.pid}) talks nonsense, and is ended: {error!r}"
            )
            killing.kill_group(server.pid, signal.SIGKILL)
        if server.channel.ended and server.watched:
            # Its death is told by SIGCHLD; without a channel it is of no use.
            self._servers.unwatch(server)
            killing.kill_group(server.pid, signal.SIGKILL)

    def _obey(self, server: ForkServer, message: dict[str, object], now: float) -> None:
        if "worker" not in message:
            if server is self._servers.current:  # else it was told to end while it imported
                self._obey_about_import(server, message, now)
            return
        worker = self._workers.get(str(message["worker"]))
        if worker is not None:
            self._obey_about(worker, server, message, now)

    def _obey_about_import(
        self, server: ForkServer, message: dict[str, object], now: float
    ) -> None:
        kind = message["event"]
        if kind == "imported":
            server.imports = False
            self._reports.send({"event": "imported", "ms": round((now - server.started_at) * 1000)})
        elif kind == "forkNotice":
            self._reports.send({"event": "forkNotice", "notices": message["notices"]})
        elif kind == "fallback":
            server.ends_itself(now + self._ends.grace)
            self._reports.send({"event": "fallback", "reasons": message["reasons"]})
            self.give_up(now)
        elif kind == "importFailed":
            server.ends_itself(now + self._ends.grace)
            self._servers.retire(server)
            self._import_failed({k: v for k, v in message.items() if k != "event"})
        else:
            raise ValueError(f"unknown event {kind!r}")

    def _obey_about(
        self, worker: Worker, server: ForkServer, message: dict[str, object], now: float
    ) -> None:
        kind = message["event"]
        if kind == "forked":
            server.forking -= 1
            worker.pid = int(str(message["pid"]))
            self._reports.started(worker)
            self._ends.catch_up(worker, now)
        elif kind == "forkFailed":
            server.forking -= 1
            self._ends.forget(worker, now)
            self._reports.failed(worker.id, str(message["message"]))
        elif kind == "ended":
            self._ends.has_ended(
                worker, {k: message[k] for k in ("status", "signal", "reason") if k in message}, now
            )
        elif kind == "reaped":
            self._ends.finish(worker, now)

    def _import_failed(self, cause: dict[str, object]) -> None:
        """Tells the host, and fails what waits; the next order tries a new fork server."""
        self._reports.send({"event": "importFailed", **cause})
        pending, self._pending = self._pending, {}
        for worker in pending:
            self._reports.failed(worker, str(cause["message"]), cause)

    # Ends of fork servers

    def collect(self, now: float) -> None:
        """Finds out which fork servers have ended."""
        for server in self._servers.all():
            if (end := killing.child_end(server.pid)) is not None:
                self._has_ended(server, end, now)

    def end_hung(self, now: float) -> None:
        """Ends fork servers that hang, where a worker that must be killed waits for their answer.

        Such a worker has no pid that a signal could be sent to, and its capacity were lost for
        good. What else the fork server should have forked fails with it.
        """
        for worker, asked_at in list(self._ends.unanswered.items()):
            server = self._workers[worker].server
            if server is not None and now - asked_at >= HUNG_SECONDS:
                del self._ends.unanswered[worker]
                self._reports.complain(f"the fork server (pid {server.pid}) hangs, and is ended")
                killing.kill_group(server.pid, signal.SIGKILL)

    def _has_ended(self, server: ForkServer, end: dict[str, object], now: float) -> None:
        killing.kill_group(server.pid, signal.SIGKILL)  # what the imports have started
        self._listen(server, now)  # its last reports
        expected = server.retired
        self._servers.retire(server)
        self._servers.remove(server)
        killing.reap(server.pid)
        last_words = self._outfit.outputs.finish(server.owner, now)
        how = " ".join(f"{key} {value}" for key, value in end.items())
        for worker in [w for w in self._workers.values() if w.server is server]:
            self._orphan(worker, how, now)
        if server.imports and not expected:
            message = f"the fork server ended with {how} while it imported the adapter"
            if last_words:
                message += f"; it said last: {last_words[-1]}"
            cause = {"type": "ForkServerEnded", "message": message}
            self._import_failed({**cause, "traceback": "\n".join(last_words)})
        elif not expected:
            self._reports.complain(
                f"the fork server (pid {server.pid}) ended with {how}; its workers end too"
            )
        self._go_on(now)

    def _orphan(self, worker: Worker, how: str, now: float) -> None:
        """Ends a worker whose fork server has died: it is our child now."""
        worker.server = None
        worker.reaping = False
        if not worker.pid:
            self._ends.forget(worker, now)
            self._reports.failed(
                worker.id, f"the fork server ended with {how} before it had forked"
            )
        elif worker.end is None:
            killing.kill_group(worker.pid, signal.SIGKILL)
