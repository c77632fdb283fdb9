"""The workers below a keeper: how they are started, killed, and known to be gone.

A worker's life: *pending* (ordered, the fork server still imports), *forking* (the fork server has the
order), *running*, *ended* (a zombie on purpose: while it is not reaped, its pid, which is also its
group's and session's, can't be given to anyone else), *reaping* (nothing of it is left).
"""

from __future__ import annotations

import json
import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from snakepit import _keeper_kill, _keeper_launch, _proctable
    from snakepit._keeper_server import ForkServer
else:  # in the keeper, which knows no packages
    import _keeper_kill
    import _keeper_launch
    import _proctable
    from _keeper_server import ForkServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper_output import Outputs

MOST_FORKING = 32
"""Orders given to a fork server at a time: their descriptors are in flight until it has read them."""

PATIENCE = 10.0
"""Seconds after which an end is reported though something that was killed still hangs in the kernel."""


class Configuration:
    """The host's ``configure`` order."""

    __slots__ = ("adapter", "forks", "on_unserializable", "pool", "preload", "python_path", "socket")

    def __init__(self, order: dict[str, object]) -> None:
        self.pool = str(order.get("pool", ""))
        self.forks = order.get("startMethod", "forkserver") == "forkserver"
        self.adapter = str(order.get("adapter", ""))
        self.preload = _texts(order.get("preload"))
        self.python_path = _texts(order.get("pythonPath"))
        self.socket = str(order.get("socket", ""))
        self.on_unserializable = str(order.get("onUnserializable", "error"))

    def boot(self, worker: str, token: str) -> str:
        """What a worker must know, as the JSON of ``snakepit._boot.Boot``."""
        boot = {
            "worker": worker,
            "pool": self.pool,
            "token": token,
            "socket": self.socket,
            "adapter": self.adapter,
            "on_unserializable": self.on_unserializable,
        }
        return json.dumps(boot)


class Worker:
    """One worker that exists, or is about to."""

    __slots__ = ("end", "ended_at", "id", "lifeline", "pid", "reaping", "server", "signal_on_start")

    def __init__(self, worker: str, server: ForkServer | None) -> None:
        self.id = worker
        self.pid = 0
        self.server = server
        """Its parent; None: this process."""
        self.lifeline = -1
        """The write end of a spawned worker's standard input."""
        self.end: dict[str, object] | None = None
        """``{"status": n}`` or ``{"signal": n}`` once it has ended."""
        self.ended_at = 0.0
        self.reaping = False
        self.signal_on_start = 0
        """Asked for while its pid was not known yet."""


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
        self._bearer = _keeper_kill.worker_in_environ(environ.get("SNAKEPIT_RUN", ""))
        self._configuration: Configuration | None = None
        self._forks = False
        self._pending: dict[str, str] = {}
        self._workers: dict[str, Worker] = {}
        self._server: ForkServer | None = None
        self.servers: dict[int, ForkServer] = {}
        """All fork servers by the descriptor of their channel; the old ones of a roll too."""
        self._known: dict[tuple[int, int], str] = {}
        self.sweeping = False
        """Something that ended workers have left is being killed: :meth:`sweep` wants to be called soon."""

    # Orders of the host

    def configure(self, order: dict[str, object], now: float) -> None:
        if self._configuration is not None:
            self._complain("already configured: order ignored")
            return
        self._configuration = Configuration(order)
        self._forks = self._configuration.forks
        if self._forks:
            self._start_server(now)

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

    def kill(self, worker: str, number: int) -> None:
        """A signal to a worker's group; with SIGKILL also to all else that belongs to it."""
        if self._pending.pop(worker, None) is not None:
            self._fail(worker, "killed before it was started")
            return
        target = self._workers.get(worker)
        if target is None or target.end is not None:
            return  # it has ended by itself meanwhile
        if not target.pid:
            target.signal_on_start = max(target.signal_on_start, number)
            return
        # Before the kill: afterwards its children are no longer below it.
        left = self._owned().get(worker, []) if number == signal.SIGKILL else []
        _keeper_kill.kill_group(target.pid, number)
        for process in left:
            _keeper_kill.kill_process(process)

    def roll(self, now: float) -> None:
        """A new fork server, which imports anew; the old one ends with its last worker."""
        old, self._server = self._server, None
        if old is not None:
            old.retired = True
            self._end_idle_servers()
        if self._forks:
            self._start_server(now)

    def groups(self) -> list[int]:
        """The process groups of fork servers (first, so that no worker is added) and workers."""
        servers = [server.pid for server in self.servers.values()]
        return servers + [worker.pid for worker in self._workers.values() if worker.pid]

    # Starting

    def _spawn(self, configuration: Configuration, worker: str, token: str, now: float) -> None:
        command = _keeper_launch.interpreter_command("_worker", configuration.python_path)
        environ = {**self._environ, "SNAKEPIT_WORKER": worker}
        boot = configuration.boot(worker, token).encode() + b"\n"
        descriptors: list[int] = []
        started = Worker(worker, None)
        try:
            descriptors.extend(self._outputs.open(worker, now))
            stdin, started.lifeline = os.pipe()
            descriptors.append(stdin)
            stdio = (stdin, descriptors[0], descriptors[1])
            os.set_blocking(started.lifeline, False)
            if os.write(started.lifeline, boot) != len(boot):
                raise OSError(0, f"{len(boot)} bytes of orders do not fit into a pipe")
            started.pid = _keeper_launch.launch(command, environ, stdio, new_session=True)
        except OSError as error:
            self._outputs.finish(worker, now)
            if started.lifeline >= 0:
                os.close(started.lifeline)
            self._fail(worker, str(error))
            return
        finally:
            for fd in descriptors:
                os.close(fd)
        self._workers[worker] = started
        self._report_started(started)

    def _start_server(self, now: float) -> None:
        assert self._configuration is not None
        try:
            server = ForkServer.start(self._configuration, self._environ, self._outputs, now)
        except OSError as error:
            self._import_failed({"type": "OSError", "message": str(error), "traceback": ""})
            return
        self._server = server
        self.servers[server.channel.fileno()] = server
        self._watch(server.channel.fileno())

    def _fork_pending(self, now: float) -> None:
        """Hands pending orders to the fork server as far as it can take them; starts one if there is none."""
        if self._pending and self._server is None:
            self._start_server(now)
        server = self._server
        if server is None or server.imports or self._configuration is None:
            return
        while self._pending and server.forking < MOST_FORKING:
            worker = next(iter(self._pending))
            token = self._pending.pop(worker)
            try:
                stdout, stderr = self._outputs.open(worker, now)
            except OSError as error:
                self._fail(worker, str(error))
                continue
            order: dict[str, object] = {"op": "fork", "worker": worker}
            order["boot"] = self._configuration.boot(worker, token)
            server.channel.send(order, (stdout, stderr))
            server.forking += 1
            self._workers[worker] = Worker(worker, server)

    def _report_started(self, worker: Worker) -> None:
        process = _proctable.read(worker.pid)  # there, dead or alive: nobody has reaped it
        ticks = process.start_ticks if process else 0
        self._report(
            {"event": "started", "worker": worker.id, "pid": worker.pid, "startTicks": ticks}
        )
        if worker.signal_on_start:
            self.kill(worker.id, worker.signal_on_start)

    def _fail(self, worker: str, message: str, cause: dict[str, object] | None = None) -> None:
        event = {"event": "startFailed", "worker": worker, "message": message, **(cause or {})}
        self._report(event)

    # What fork servers say

    def hear(self, server: ForkServer, now: float) -> None:
        """Reads what a fork server has to tell."""
        try:
            for message in server.messages():
                self._obey_server(server, message, now)
        except (ValueError, KeyError) as error:
            self._complain(f"the fork server (pid {server.pid}) talks nonsense, and is ended: {error!r}")
            _keeper_kill.kill_group(server.pid, signal.SIGKILL)
        if server.channel.ended and server.watched:
            server.watched = False  # its death is told by SIGCHLD; without a channel it is of no use
            self._unwatch(server.channel.fileno())
            _keeper_kill.kill_group(server.pid, signal.SIGKILL)
        self.sweep(now)
        self._fork_pending(now)

    def _obey_server(self, server: ForkServer, message: dict[str, object], now: float) -> None:
        kind = message["event"]
        if kind == "imported":
            server.imports = False
            self._report({"event": "imported", "ms": round((now - server.started_at) * 1000)})
        elif kind == "fallback":
            self._fall_back(server, str(message["reason"]), now)
        elif kind == "importFailed":
            self._forget_current(server)
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
            self._report_started(worker)
        elif kind == "forkFailed":
            server.forking -= 1
            self._forget(worker, now)
            self._fail(worker.id, str(message["message"]))
        elif kind == "ended":
            self._has_ended(worker, {k: message[k] for k in ("status", "signal") if k in message}, now)
        elif kind == "reaped":
            self._finish(worker, now)

    def _fall_back(self, server: ForkServer, reason: str, now: float) -> None:
        self._forget_current(server)
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

    def _forget_current(self, server: ForkServer) -> None:
        server.retired = True
        if self._server is server:
            self._server = None

    def _end_idle_servers(self) -> None:
        for server in self.servers.values():
            if server.retired and all(w.server is not server for w in self._workers.values()):
                _keeper_kill.kill_group(server.pid, signal.SIGKILL)

    # Ends

    def collect(self, now: float) -> None:
        """After SIGCHLD: finds out which children have ended, and goes after what they left."""
        for server in list(self.servers.values()):
            if (end := _keeper_kill.child_end(server.pid)) is not None:
                self._server_has_ended(server, end, now)
        for worker in list(self._workers.values()):
            if worker.server is None and worker.end is None and worker.pid:
                if (end := _keeper_kill.child_end(worker.pid)) is not None:
                    self._has_ended(worker, end, now)
        self.sweep(now)

    def _server_has_ended(self, server: ForkServer, end: dict[str, object], now: float) -> None:
        _keeper_kill.kill_group(server.pid, signal.SIGKILL)  # what the imports have started
        self.hear(server, now)  # its last reports
        expected = server.retired
        self._forget_current(server)
        del self.servers[server.channel.fileno()]
        if server.watched:
            self._unwatch(server.channel.fileno())
        server.channel.close()
        os.waitpid(server.pid, 0)
        self._outputs.finish(server.owner, now)
        how = " ".join(f"{key} {value}" for key, value in end.items())
        for worker in [w for w in self._workers.values() if w.server is server]:
            self._orphan(worker, how, now)
        if server.imports and not expected:
            message = f"the fork server ended with {how} while it imported the adapter"
            self._import_failed({"type": "ForkServerEnded", "message": message, "traceback": ""})
        elif not expected:
            self._complain(f"the fork server (pid {server.pid}) ended with {how}; its workers end too")
        self._fork_pending(now)

    def _orphan(self, worker: Worker, how: str, now: float) -> None:
        """A worker whose fork server has died is our child now, and meant to die with it."""
        worker.server = None
        worker.reaping = False
        if not worker.pid:
            self._forget(worker, now)
            self._fail(worker.id, f"the fork server ended with {how} before it had forked")
        elif worker.end is None:
            _keeper_kill.kill_group(worker.pid, signal.SIGKILL)

    def _has_ended(self, worker: Worker, end: dict[str, object], now: float) -> None:
        worker.end = end
        worker.ended_at = now
        _keeper_kill.kill_group(worker.pid, signal.SIGKILL)

    def sweep(self, now: float) -> None:
        """Kills what ended workers have left behind, and lets those go that have left nothing (more)."""
        held = [w for w in self._workers.values() if w.end is not None and not w.reaping]
        owned = self._owned() if held else {}
        for worker in held:
            left = owned.get(worker.id, [])
            for process in left:
                _keeper_kill.kill_process(process)
            if left and now - worker.ended_at > PATIENCE:
                self._complain(f"worker {worker.id}: killed, but still there: {left}")
                left = []
            if not left:
                self._release(worker, now)
        self.sweeping = any(w.end is not None and not w.reaping for w in self._workers.values())
        _keeper_kill.reap_adopted(self._leaders())

    def _owned(self) -> dict[str, list[_proctable.Process]]:
        """Every worker's processes as of now; remembered, since a later look may not tell whose they are."""
        table = _proctable.snapshot()
        leaders = self._leaders()
        _keeper_kill.reap_zombies(table, leaders)
        owned = _keeper_kill.owners(table, os.getpid(), leaders, self._known, self._bearer)
        self._known = {process.key: worker for worker in owned for process in owned[worker]}
        return owned

    def _leaders(self) -> dict[int, str]:
        leaders = {worker.pid: worker.id for worker in self._workers.values() if worker.pid}
        leaders.update((server.pid, "") for server in self.servers.values())
        return leaders

    def _release(self, worker: Worker, now: float) -> None:
        """Nothing is left but the zombie: its pid may go."""
        if worker.server is not None:
            worker.reaping = True
            worker.server.channel.send({"op": "reap", "worker": worker.id, "pid": worker.pid})
            return
        try:
            os.waitpid(worker.pid, os.WNOHANG)
        except ChildProcessError:  # its fork server had reaped it, and died before it could say so
            pass
        self._finish(worker, now)

    def _finish(self, worker: Worker, now: float) -> None:
        assert worker.end is not None
        self._forget(worker, now)
        self._report({"event": "exited", "worker": worker.id, **worker.end})

    def _forget(self, worker: Worker, now: float) -> None:
        del self._workers[worker.id]
        self._outputs.finish(worker.id, now)
        if worker.lifeline >= 0:
            os.close(worker.lifeline)
        self._end_idle_servers()


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
