"""The workers below a keeper: how they are started, and what is heard of them.

A start order waits while the fork server imports, then goes to it with the write ends of two pipes;
where the pool does not fork, the keeper itself starts a fresh interpreter.
:mod:`snakepit._keeper.ends` has the rest of a worker's life.
"""

from __future__ import annotations

import os
import signal
import sys

from snakepit._keeper.configuration import Configuration
from snakepit._keeper.ends import HUNG_SECONDS, Ends
from snakepit._keeper.fork_server import ForkServer
from snakepit._keeper.launch import interpreter_command, launch
from snakepit._keeper.limits import WorkerLimits
from snakepit._keeper.worker import Worker
from snakepit._system import killing, process_table, signals

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper.output import Outputs

MOST_FORKING = 32
"""Orders given to a fork server at a time: their descriptors are in flight until read."""


class Pool:
    """All workers of one keeper."""

    def __init__(
        self,
        report: Callable[[dict[str, object]], None],
        complain: Callable[[str], None],
        outputs: Outputs,
        watching: tuple[Callable[[int], None], Callable[[int], None]],
        environ: dict[str, str],
    ) -> None:
        self._report = report
        self._complain = complain
        self._outputs = outputs
        self._watch, self._unwatch = watching
        self._environ = environ
        self._configuration: Configuration | None = None
        self._forks = False
        self._pending: dict[str, str] = {}  # tokens of workers that wait for the import
        self._workers: dict[str, Worker] = {}
        self._server: ForkServer | None = None
        self.servers: dict[int, ForkServer] = {}
        """All fork servers by the descriptor of their channel; the old ones of a roll too."""
        run = environ.get("SNAKEPIT_RUN", "")
        self._limits = WorkerLimits(environ.get("SNAKEPIT_INSTANCE", ""), run)
        self.ends = Ends(self._workers, self.servers, report, complain, outputs, self._limits, run)

    # Orders of the host

    def configure(self, order: dict[str, object], now: float) -> None:
        if self._configuration is not None:
            self._complain("already configured: order ignored")
            return
        configuration = self._configuration = Configuration(order)
        event = self._limits.configure(configuration.memory_bytes, configuration.cpus)
        if event is not None:
            self._report(event)
        if configuration.profile == "thread" and "t" in getattr(sys, "abiflags", ""):
            # A free-threaded interpreter takes its lock back when some library asks for it. Who
            # has said what is to happen then is not overruled.
            self._environ = {"PYTHON_GIL": "0", **self._environ}
        self._forks = configuration.forks
        if self._forks:
            self._start_server(configuration, now)

    def start(self, worker: str, token: str, now: float) -> None:
        if self._configuration is None:
            self._fail(worker, "the keeper is not configured")
        elif worker in self._pending or worker in self._workers:
            self._complain(f"worker {worker} exists already: order ignored")
        elif self._forks:
            self._pending[worker] = token
            self._fork_pending(now)
        else:
            self._spawn(self._configuration, worker, token, now)

    def kill(self, worker: str, number: int, now: float) -> None:
        """Sends a signal to a worker; one that waits for the import is not started at all."""
        if self._pending.pop(worker, None) is not None:
            self._fail(worker, "killed before it was started")
        elif worker in self._workers:
            self.ends.kill(self._workers[worker], number, now)

    def dump(self, worker: str) -> None:
        """Has a worker's process, and it alone, write its stacks. Nothing if it has ended."""
        known = self._workers.get(worker)
        if known is None or not known.runs:
            return
        try:  # not reaped before its end is known: its pid is its
            os.kill(known.pid, signals.DUMP)
        except ProcessLookupError:  # no contextlib: a keeper's start is waited for
            return

    def roll(self, now: float) -> None:
        """Starts a new fork server, which imports anew; the old one ends with its last worker."""
        if self._server is not None:
            self._retire(self._server)
            self.ends.end_idle_servers()
        if self._forks and self._configuration is not None:
            self._start_server(self._configuration, now)

    def groups(self) -> list[int]:
        """Returns the process groups: fork servers first, so that no worker is added."""
        servers = [server.pid for server in self.servers.values()]
        return servers + [worker.pid for worker in self._workers.values() if worker.pid]

    # Starting

    def _spawn(self, configuration: Configuration, worker: str, token: str, now: float) -> None:
        command = interpreter_command("_worker.main", configuration.python_path)
        environ = {**self._environ, "SNAKEPIT_WORKER": worker}
        boot = configuration.boot(worker, token, os.getpid()).encode() + b"\n"
        descriptors: list[int] = []
        started = Worker(worker, None)
        try:
            descriptors.extend(self._outputs.open(worker, now))
            stdin, started.lifeline = os.pipe()
            descriptors.append(stdin)
            stdio = (stdin, descriptors[0], descriptors[1])
            _write_whole(started.lifeline, boot)
            limits = self._limits.open(worker)
            started.pid = launch(command, environ, stdio, limits=limits, new_session=True)
        except OSError as error:
            self._outputs.finish(worker, now)
            self._limits.close(worker, {})
            if started.lifeline >= 0:
                os.close(started.lifeline)
            self._fail(worker, str(error))
            return
        finally:
            for fd in descriptors:
                os.close(fd)
        self._workers[worker] = started
        self._report_started(started, now)

    def _start_server(self, configuration: Configuration, now: float) -> None:
        try:
            server = ForkServer.start(configuration, self._environ, self._outputs, now)
        except OSError as error:
            self._import_failed({"type": "OSError", "message": str(error), "traceback": ""})
            return
        self._server = server
        self.servers[server.channel.fileno()] = server
        self._watch(server.channel.fileno())

    def _fork_pending(self, now: float) -> None:
        """Hands pending orders to the fork server, which is started if there is none."""
        configuration = self._configuration
        if configuration is None or not self._pending:
            return
        if self._server is None:
            self._start_server(configuration, now)
        server = self._server
        if server is None or server.imports:
            return
        while self._pending and server.forking < MOST_FORKING:
            worker = next(iter(self._pending))
            token = self._pending.pop(worker)
            try:
                stdout, stderr = self._outputs.open(worker, now)
                limits = self._limits.open(worker)
            except OSError as error:
                self._outputs.finish(worker, now)
                self._limits.close(worker, {})
                self._fail(worker, str(error))
                continue
            order: dict[str, object] = {"op": "fork", "worker": worker, "limits": limits}
            order["boot"] = configuration.boot(worker, token, server.pid)
            server.channel.send(order, (stdout, stderr))
            server.forking += 1
            self._workers[worker] = Worker(worker, server)

    def _report_started(self, worker: Worker, now: float) -> None:
        process = process_table.read(worker.pid)  # there, dead or alive: nobody has reaped it
        ticks = process.start_ticks if process else 0
        self._report(
            {"event": "started", "worker": worker.id, "pid": worker.pid, "startTicks": ticks}
        )
        if worker.signal_on_start:
            self.ends.kill(worker, worker.signal_on_start, now)

    def _fail(self, worker: str, message: str, cause: dict[str, object] | None = None) -> None:
        event = {"event": "startFailed", "worker": worker, "message": message, **(cause or {})}
        self._report(event)

    # What fork servers say

    def hear(self, server: ForkServer, now: float) -> None:
        """Reads what a fork server has to tell, and goes on with what waits for it."""
        self._listen(server, now)
        self.ends.sweep(now)
        self._fork_pending(now)

    def _listen(self, server: ForkServer, now: float) -> None:
        try:
            for message in server.messages():
                self._obey_server(server, message, now)
        except (ValueError, KeyError) as error:
            self._complain(
                f"the fork server (pid {server.pid}) talks nonsense, and is ended: {error!r}"
            )
            killing.kill_group(server.pid, signal.SIGKILL)
        if server.channel.ended and server.watched:
            server.watched = (
                False  # its death is told by SIGCHLD; without a channel it is of no use
            )
            self._unwatch(server.channel.fileno())
            killing.kill_group(server.pid, signal.SIGKILL)

    def _obey_server(self, server: ForkServer, message: dict[str, object], now: float) -> None:
        kind = message["event"]
        if kind == "imported":
            server.imports = False
            self._report({"event": "imported", "ms": round((now - server.started_at) * 1000)})
        elif kind == "fallback":
            self._fall_back(server, str(message["reason"]), now)
        elif kind == "importFailed":
            self._retire(server)
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
            self._report_started(worker, now)
        elif kind == "forkFailed":
            server.forking -= 1
            self.ends.forget(worker, now)
            self._fail(worker.id, str(message["message"]))
        elif kind == "ended":
            self.ends.has_ended(
                worker, {k: message[k] for k in ("status", "signal") if k in message}, now
            )
        elif kind == "reaped":
            self.ends.finish(worker, now)

    def _fall_back(self, server: ForkServer, reason: str, now: float) -> None:
        self._retire(server)
        self._forks = False
        self._report({"event": "fallback", "reason": reason})
        pending, self._pending = self._pending, {}
        for worker, token in pending.items():
            self.start(worker, token, now)

    def _import_failed(self, cause: dict[str, object]) -> None:
        """Tells the host, and fails what waits; the next order tries a new fork server."""
        self._report({"event": "importFailed", **cause})
        pending, self._pending = self._pending, {}
        for worker in pending:
            self._fail(worker, str(cause["message"]), cause)

    def _retire(self, server: ForkServer) -> None:
        server.retired = True
        if self._server is server:
            self._server = None

    # Ends

    def collect(self, now: float) -> None:
        """Finds out which children have ended, after SIGCHLD, and goes after what they left."""
        for server in list(self.servers.values()):
            if (end := killing.child_end(server.pid)) is not None:
                self._server_has_ended(server, end, now)
        for worker in list(self._workers.values()):
            if worker.server is not None or not worker.runs:
                continue
            if (end := killing.child_end(worker.pid)) is not None:
                self.ends.has_ended(worker, end, now)
        self.ends.sweep(now)

    def end_hung_servers(self, now: float) -> None:
        """Ends fork servers that hang, where a worker that must be killed waits for their answer.

        Such a worker has no pid that a signal could be sent to, and its capacity were lost for
        good. What else the fork server should have forked fails with it.
        """
        for worker, asked_at in list(self.ends.unanswered.items()):
            server = self._workers[worker].server
            if server is not None and now - asked_at >= HUNG_SECONDS:
                del self.ends.unanswered[worker]
                self._complain(f"the fork server (pid {server.pid}) hangs, and is ended")
                killing.kill_group(server.pid, signal.SIGKILL)

    def _server_has_ended(self, server: ForkServer, end: dict[str, object], now: float) -> None:
        killing.kill_group(server.pid, signal.SIGKILL)  # what the imports have started
        self._listen(server, now)  # its last reports
        expected = server.retired
        self._retire(server)
        del self.servers[server.channel.fileno()]
        if server.watched:
            self._unwatch(server.channel.fileno())
        server.channel.close()
        killing.reap(server.pid)
        self._outputs.finish(server.owner, now)
        how = " ".join(f"{key} {value}" for key, value in end.items())
        for worker in [w for w in self._workers.values() if w.server is server]:
            self._orphan(worker, how, now)
        if server.imports and not expected:
            message = f"the fork server ended with {how} while it imported the adapter"
            self._import_failed({"type": "ForkServerEnded", "message": message, "traceback": ""})
        elif not expected:
            self._complain(
                f"the fork server (pid {server.pid}) ended with {how}; its workers end too"
            )
        self._fork_pending(now)

    def _orphan(self, worker: Worker, how: str, now: float) -> None:
        """Ends a worker whose fork server has died: it is our child now."""
        worker.server = None
        worker.reaping = False
        if not worker.pid:
            self.ends.forget(worker, now)
            self._fail(worker.id, f"the fork server ended with {how} before it had forked")
        elif worker.end is None:
            killing.kill_group(worker.pid, signal.SIGKILL)


def _write_whole(pipe: int, data: bytes) -> None:
    """Writes to a pipe that nobody reads yet."""
    os.set_blocking(pipe, False)
    if os.write(pipe, data) != len(data):
        raise OSError(0, f"{len(data)} bytes of orders do not fit into a pipe")
