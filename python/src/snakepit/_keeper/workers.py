"""The workers below a keeper: what the host orders for them, and how they are spawned.

A start order waits while the fork server imports, see :mod:`snakepit._keeper.forking`; where the
pool does not fork, the keeper itself starts a fresh interpreter. :mod:`snakepit._keeper.ends` has
the rest of a worker's life.
"""

from __future__ import annotations

import os
import signal
import sys

from snakepit._keeper.configuration import Configuration
from snakepit._keeper.ends import Ends
from snakepit._keeper.fork_server import ForkServer, Servers
from snakepit._keeper.forking import Forking
from snakepit._keeper.launch import interpreter_command, launch
from snakepit._keeper.limits import WorkerLimits
from snakepit._keeper.outfit import Outfit
from snakepit._keeper.reports import KEEPER, Reports
from snakepit._keeper.threads import variables
from snakepit._keeper.worker import Worker
from snakepit._system import killing, process_table, shortage, signals

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper.output import Outputs


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
        self._reports = Reports(report, complain)
        self._configuration: Configuration | None = None
        self._workers: dict[str, Worker] = {}
        self._servers = Servers(watching)
        run = environ.get("SNAKEPIT_RUN", "")
        limits = WorkerLimits(environ.get("SNAKEPIT_INSTANCE", ""), run)
        self._outfit = Outfit(environ, outputs, limits)
        self.servers = self._servers.by_channel
        """All fork servers by the descriptor of their channel; the old ones of a roll too."""
        self.ends = Ends(self._workers, self.servers, report, complain, outputs, limits, run)
        self._forking: Forking | None = None
        """None for a pool that never forks."""

    # Orders of the host

    def configure(self, order: dict[str, object], now: float) -> None:
        if self._configuration is not None:
            self._reports.complain("already configured: order ignored")
            return
        configuration = self._configuration = Configuration(order)
        self.ends.grace = configuration.term_grace_ms / 1000
        outfit = self._outfit
        event = outfit.limits.configure(configuration.memory_bytes, configuration.cpus)
        if event is not None:
            self._reports.send(event)
        outfit.environ = {**variables(configuration.threads, outfit.environ), **outfit.environ}
        if configuration.profile == "thread" and "t" in getattr(sys, "abiflags", ""):
            # A free-threaded interpreter takes its lock back when some library asks for it. Who
            # has said what is to happen then is not overruled.
            outfit.environ = {"PYTHON_GIL": "0", **outfit.environ}
        if configuration.forks:
            self._forking = Forking(
                configuration,
                outfit,
                self._workers,
                self._servers,
                self.ends,
                self._reports,
                lambda *worker: self._spawn(configuration, *worker),
            )
            self._forking.import_anew(now)

    def start(self, worker: str, token: str, now: float) -> None:
        forking = self._forking
        if self._configuration is None:
            self._reports.failed(worker, "the keeper is not configured")
        elif worker in self._workers or (forking is not None and worker in forking):
            self._reports.complain(f"worker {worker} exists already: order ignored")
        elif forking is not None:
            forking.order(worker, token, now)
        else:
            self._spawn(self._configuration, worker, token, now)

    def kill(self, worker: str, number: int, now: float) -> None:
        """Sends a signal to a worker; one that waits for a fork server is not started at all."""
        if self._forking is not None and self._forking.revoke(worker):
            self._reports.failed(worker, "killed before it was started")
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

    def interrupt(self, worker: str) -> None:
        """Has a worker's process, and it alone, look whether its call is to be interrupted.

        Nothing if it has ended, or has no handler for that signal, which would then end it.
        """
        known = self._workers.get(worker)
        if known is None or not known.runs or not process_table.catches(known.pid, signals.CANCEL):
            return
        try:  # not reaped before its end is known: its pid is its
            os.kill(known.pid, signals.CANCEL)
        except ProcessLookupError:
            return

    def roll(self, now: float) -> None:
        """Starts a new fork server, which imports anew; the old one ends with its last worker.

        Also where workers are spawned because the old code could not be forked.
        """
        if self._forking is not None:
            self._forking.import_anew(now)

    def spawn_afresh(self, now: float) -> None:
        """Forks no more until a roll: workers ordered from now on are fresh interpreters."""
        if self._forking is not None:
            self._forking.give_up(now)

    def stop(self, now: float) -> None:
        """Kills all workers, and has fork servers end in order."""
        if self._forking is not None:
            self._forking.revoke_all()
        for worker in list(self._workers.values()):
            self.ends.kill(worker, signal.SIGKILL, now)
        for server in self._servers.all():
            self._servers.retire(server)
            self.ends.end_server(server, now)

    def groups(self) -> list[int]:
        """Returns the process groups: fork servers first, so that no worker is added."""
        servers = [server.pid for server in self._servers.all()]
        return servers + [worker.pid for worker in self._workers.values() if worker.pid]

    # Starting

    def _spawn(self, configuration: Configuration, worker: str, token: str, now: float) -> None:
        """Starts a worker as a fresh interpreter."""
        started = Worker(worker, None)
        descriptors: list[int] = []
        try:
            output, limits = self._outfit.give(worker, now)
            descriptors.extend(output)
            self._launch(configuration, started, token, limits, descriptors)
        except OSError as error:
            if descriptors:
                self._outfit.take_back(worker, now)
            if started.lifeline >= 0:
                os.close(started.lifeline)
            self._reports.failed(worker, shortage.explain(error, KEEPER))
            return
        finally:
            for fd in descriptors:
                os.close(fd)
        self._workers[worker] = started
        self._reports.started(started)
        self.ends.catch_up(started, now)

    def _launch(
        self,
        configuration: Configuration,
        started: Worker,
        token: str,
        limits: dict[str, object],
        descriptors: list[int],
    ) -> None:
        """Starts the process of a worker. Adds to its descriptors, which are to be closed here."""
        stdin, started.lifeline = os.pipe()
        descriptors.append(stdin)
        stdio = (stdin, descriptors[0], descriptors[1])
        group = self._outfit.limits.memory_group(limits)
        boot = configuration.boot(started.id, token, os.getpid(), group)
        _write_whole(started.lifeline, boot.encode() + b"\n")
        command = interpreter_command("_worker.main", configuration.python_path)
        environ = {**self._outfit.environ, "SNAKEPIT_WORKER": started.id}
        started.pid = launch(command, environ, stdio, limits=limits, new_session=True)

    # Ends

    def hear(self, server: ForkServer, now: float) -> None:
        """Reads what a fork server has to tell."""
        if self._forking is not None:
            self._forking.hear(server, now)

    def collect(self, now: float) -> None:
        """Finds out which children have ended, after SIGCHLD, and goes after what they left."""
        if self._forking is not None:
            self._forking.collect(now)
        for worker in list(self._workers.values()):
            if worker.server is not None or not worker.runs:
                continue
            if (end := killing.child_end(worker.pid)) is not None:
                self.ends.has_ended(worker, end, now)
        self.ends.sweep(now)

    def end_hung_servers(self, now: float) -> None:
        """Ends fork servers that hang, where something waits for them."""
        self.ends.end_overdue_servers(now)
        if self._forking is not None:
            self._forking.end_hung(now)


def _write_whole(pipe: int, data: bytes) -> None:
    """Writes to a pipe that nobody reads yet."""
    os.set_blocking(pipe, False)
    if os.write(pipe, data) != len(data):
        raise OSError(0, f"{len(data)} bytes of orders do not fit into a pipe")
