"""Forking of workers: the orders that wait for a fork server, and what fork servers say.

An order waits while the fork server imports, then goes to it with the write ends of two pipes.
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

    ``fall_back`` takes the tokens of the workers that wait, where the adapter can't be forked.
    """

    def __init__(
        self,
        configuration: Configuration,
        outfit: Outfit,
        workers: dict[str, Worker],
        servers: Servers,
        ends: Ends,
        reports: Reports,
        fall_back: Callable[[dict[str, str], float], None],
    ) -> None:
        self._configuration = configuration
        self._outfit = outfit
        self._workers = workers
        self._servers = servers
        self._ends = ends
        self._reports = reports
        self._fall_back = fall_back
        self._pending: dict[str, str] = {}  # tokens of workers that wait for the import

    # Orders of the host

    def __contains__(self, worker: object) -> bool:
        """Returns whether a worker waits for the import."""
        return worker in self._pending

    def order(self, worker: str, token: str, now: float) -> None:
        """Has a worker forked as soon as there is a fork server that has imported."""
        self._pending[worker] = token
        self._fork_pending(now)

    def revoke(self, worker: str) -> bool:
        """Takes the order back. Returns whether it waited still."""
        return self._pending.pop(worker, None) is not None

    def revoke_all(self) -> None:
        """Takes all orders back that wait."""
        self._pending.clear()

    def roll(self, now: float) -> None:
        """Starts a new fork server, which imports anew; the old one ends with its last worker."""
        if self._servers.current is not None:
            self._servers.retire(self._servers.current)
            self._ends.end_idle_servers(now)
        self.start_server(now)

    def give_up(self, now: float) -> None:
        """Forks no more. The fork server ends with its last worker; what waits is spawned."""
        if self._servers.current is not None:
            self._servers.retire(self._servers.current)
            self._ends.end_idle_servers(now)
        pending, self._pending = self._pending, {}
        self._fall_back(pending, now)

    def start_server(self, now: float) -> None:
        """Starts a fork server, which begins to import."""
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
        if not self._pending:
            return
        if self._servers.current is None:
            self.start_server(now)
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
        self._fork_pending(now)

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
        kind = message["event"]
        if kind == "imported":
            server.imports = False
            self._reports.send({"event": "imported", "ms": round((now - server.started_at) * 1000)})
        elif kind == "fallback":
            is_current = server is self._servers.current  # else a roll has asked for another
            self._servers.retire(server)
            server.ends_itself(now + self._ends.grace)
            if is_current:
                self._reports.send({"event": "fallback", "reasons": message["reasons"]})
                self.give_up(now)
        elif kind == "forkNotice":
            self._reports.send({"event": "forkNotice", "notices": message["notices"]})
        elif kind == "importFailed":
            self._servers.retire(server)
            server.ends_itself(now + self._ends.grace)
            self._import_failed({k: v for k, v in message.items() if k != "event"})
        else:
            worker = self._workers.get(str(message["worker"]))
            if worker is not None:
                self._obey_about(worker, server, message, now)

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
        self._fork_pending(now)

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
