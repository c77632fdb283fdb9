"""The ends of workers: all that they leave behind is killed before their end is told."""

from __future__ import annotations

import math
import os
import signal

from snakepit._system import killing, process_table

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper.fork_server import ForkServer
    from snakepit._keeper.limits import WorkerLimits
    from snakepit._keeper.output import Outputs
    from snakepit._keeper.worker import Worker

PATIENCE = 10.0
"""Seconds after which an end is told though something that was killed still hangs in the kernel."""

HUNG_SECONDS = 2.0
"""Seconds after which a fork server is taken for hung that leaves the order for a worker unanswered
though that is to be killed."""


class Ends:
    """The part of the keeper that kills workers, and tells the host when nothing of them is left.

    Shares the tables of workers and fork servers with the pool, which fills them; takes ended
    workers out.
    """

    def __init__(
        self,
        workers: dict[str, Worker],
        servers: dict[int, ForkServer],
        report: Callable[[dict[str, object]], None],
        complain: Callable[[str], None],
        outputs: Outputs,
        limits: WorkerLimits,
        run: str,
    ) -> None:
        self._workers = workers
        self._servers = servers
        self._report = report
        self._complain = complain
        self._outputs = outputs
        self._limits = limits
        self._bearer = killing.worker_in_environ(run)
        self._owned: dict[str, list[process_table.Process]] = {}
        """The processes of each worker when last looked at."""
        self._looked_at = -1.0
        """The time of the last look. Orders to kill that come together share one."""
        self.unanswered: dict[str, float] = {}
        """Times of the orders to kill workers whose pid no fork server has told yet."""
        self.grace = 0.0
        """Seconds that a fork server may take for its exit handlers."""
        self.pending = False
        """True while leftovers of ended workers are being killed: sweep again soon."""

    def kill(self, worker: Worker, number: int, now: float) -> None:
        """Sends a signal to a worker's group; SIGKILL also to all else that belongs to it."""
        if worker.end is not None:
            return  # it has ended by itself meanwhile
        if not worker.pid:
            if worker.signal_on_start != signal.SIGKILL:
                worker.signal_on_start = number
            if number == signal.SIGKILL:
                self.unanswered.setdefault(worker.id, now)
            return
        self.unanswered.pop(worker.id, None)
        # Looked up before the kill: afterwards its children are no longer below it.
        if number == signal.SIGKILL and self._looked_at != now:
            self._look(now)
        left = self._owned.get(worker.id, []) if number == signal.SIGKILL else []
        killing.kill_group(worker.pid, number)
        for process in left:
            killing.kill_process(process)

    def catch_up(self, worker: Worker, now: float) -> None:
        """Sends the signal that was asked for before a worker's pid was known, if there is one."""
        if worker.signal_on_start:
            self.kill(worker, worker.signal_on_start, now)

    def has_ended(self, worker: Worker, end: dict[str, object], now: float) -> None:
        """Notes a worker's end, which its parent has seen; :meth:`sweep` does the rest."""
        worker.end = end
        worker.ended_at = now
        if "reason" not in end:  # else its pid may be another's by now
            killing.kill_group(worker.pid, signal.SIGKILL)

    def sweep(self, now: float) -> None:
        """Kills what ended workers have left; those that have left nothing (more) may go."""
        held = [worker for worker in self._workers.values() if worker.held]
        if held:
            self._look(now)
        for worker in held:
            left = self._owned.get(worker.id, [])
            for process in left:
                killing.kill_process(process)
            if left and now - worker.ended_at > PATIENCE:
                self._complain(f"worker {worker.id}: killed, but still there: {left}")
                left = []
            if not left:
                self._release(worker, now)
        self.pending = any(worker.held for worker in self._workers.values())
        killing.reap_adopted(self._leaders())

    def finish(self, worker: Worker, now: float) -> None:
        """Tells the last words of a worker that is reaped, then its end."""
        reason = self.forget(worker, now)
        end = {**(worker.end or {}), **({"reason": reason} if reason else {})}
        self._report({"event": "exited", "worker": worker.id, **end})

    def forget(self, worker: Worker, now: float) -> str:
        """Takes a worker that has ended, or never began, off the books.

        Returns why it has ended, if a limit was the reason.
        """
        del self._workers[worker.id]
        self.unanswered.pop(worker.id, None)
        self._outputs.finish(worker.id, now)
        if worker.lifeline >= 0:
            os.close(worker.lifeline)
        self.end_idle_servers(now)
        return self._limits.close(worker.id, worker.end or {})

    def end_idle_servers(self, now: float) -> None:
        """Ends old fork servers that have no worker any more."""
        for server in self._servers.values():
            if server.retired and all(w.server is not server for w in self._workers.values()):
                self.end_server(server, now)

    def end_server(self, server: ForkServer, now: float) -> None:
        """Ends a fork server in order; one that is still importing hears no order."""
        if server.ending:
            return
        if server.imports:
            killing.kill_group(server.pid, signal.SIGKILL)
        else:
            server.end(now + self.grace)

    def end_overdue_servers(self, now: float) -> None:
        """Kills fork servers that take too long to end."""
        for server in self._servers.values():
            if server.end_by <= now:
                server.end_by = math.inf
                if self.grace:  # without one nothing is amiss
                    self._complain(
                        f"the fork server (pid {server.pid}) is killed: what the imports have "
                        "registered with atexit has taken longer than "
                        f"shutdown.termGraceMs={round(self.grace * 1000)}"
                    )
                killing.kill_group(server.pid, signal.SIGKILL)

    def next_end(self) -> float:
        """Returns the time by which the next fork server has to end; infinite if none has."""
        return min((server.end_by for server in self._servers.values()), default=math.inf)

    def _release(self, worker: Worker, now: float) -> None:
        """Has a worker reaped of which nothing is left but the zombie: its pid may go to others."""
        if worker.server is not None:
            worker.reaping = True
            order: dict[str, object] = {"op": "reap", "worker": worker.id, "pid": worker.pid}
            worker.server.channel.send(order)
            return
        killing.reap(worker.pid)
        self.finish(worker, now)

    def _look(self, now: float) -> None:
        """Finds each worker's processes. Kept, since a later look may not tell whose they are."""
        table = process_table.snapshot()
        leaders = self._leaders()
        killing.reap_zombies(table, leaders)
        known = {process.key: worker for worker, left in self._owned.items() for process in left}
        self._owned = killing.owners(table, os.getpid(), leaders, known, self._bearer)
        self._looked_at = now

    def _leaders(self) -> dict[int, str]:
        leaders = {worker.pid: worker.id for worker in self._workers.values() if worker.pid}
        leaders.update((server.pid, "") for server in self._servers.values())
        return leaders
