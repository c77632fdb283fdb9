"""A host as a user runs it: ``./snakepit serve`` in a folder of its own, on a free port."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chaos.processes import Family, Process, process, status

HOME = Path(__file__).resolve().parent.parent.parent
LAUNCHER = HOME / "snakepit"

MARK = "CHAOS_HOST"  # Snakepit would warn of a variable named as its own
READY = re.compile(r"ready  http://([^:\s]+):(\d+)")
DEFAULT_SIZE = 2
START_PATIENCE_S = 60.0
ANSWER_PATIENCE_S = 30.0


class CallFailed(Exception):
    """A call was answered with an error: ``code`` is the contract's."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        super().__init__(f"{status} {self.code}: {problem.get('detail', '')}")


class HostFailed(Exception):
    """The host ended, or did not get ready in time. The message ends with what it said last."""


class Host:
    """One run of the server. Its files are ``host.yaml``, ``data``, ``out`` and ``err``.

    Every process that it starts, directly or not, bears the mark of :attr:`family`.

    Args:
        folder: existing, holds its files; hosts that share one share their ``dataDir``.
        pools: settings of its pools, by name.
        environment: variables over those of this process.

    Attributes:
        family: all its processes.
        processes_before: how many there were just before :meth:`kill`, the JVM included.
        address: host and port of HTTP, once it is ready.
    """

    def __init__(
        self,
        folder: Path,
        pools: dict[str, dict[str, Any]],
        environment: dict[str, str] | None = None,
    ) -> None:
        identity = uuid.uuid4().hex
        self.folder = folder
        self._keepers = len(pools)
        self._size = sum(int(pool.get("size", DEFAULT_SIZE)) for pool in pools.values())
        self.family = Family(f"{MARK}={identity}")
        self._out = folder / f"{identity}.out"
        self._err = folder / f"{identity}.err"
        self.address = ("", 0)
        self.processes_before = 0
        own = {name: text for name, text in os.environ.items() if not name.startswith("SNAKEPIT_")}
        configuration = folder / f"{identity}.yaml"
        configuration.write_text(json.dumps(_settings(pools), indent=2))
        self.begun = time.monotonic()
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [LAUNCHER, "serve", "--config", configuration.name],
                cwd=folder,
                env={**own, MARK: identity, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The launcher's, and after its ``exec`` the JVM's."""
        return self.process.pid

    @property
    def log(self) -> str:
        """Returns what the host has written to standard error so far."""
        return self._err.read_text("utf-8", "replace")

    def await_ready(self) -> float:
        """Waits until every worker is ready and returns how many seconds the start took."""
        took = self.await_serving()
        self.check_whole()
        return took

    def await_serving(self) -> float:
        """Waits until it serves, with such pools as are ready; returns the seconds that took."""
        while (found := READY.search(self._out.read_text())) is None:
            if self.process.poll() is not None:
                raise HostFailed(f"it ended with {self.process.returncode}: {self.last_words()}")
            if time.monotonic() - self.begun > START_PATIENCE_S:
                raise HostFailed(f"not ready in {START_PATIENCE_S:.0f} s: {self.last_words()}")
            time.sleep(0.005)
        took = time.monotonic() - self.begun
        self.address = (found[1], int(found[2]))
        return took

    def check_whole(self) -> None:
        """Demands that host, keeper and all workers are seen: whoever finds nobody, misses nobody.

        Raises:
            HostFailed: one of them does not bear the mark, or is not there.
        """
        seen = self.family.look()
        workers = self.workers()
        counts = {
            "host": (len({each for each in seen if each.pid == self.pid}), 1),
            "keeper": (len(self.keepers()), self._keepers),
            "workers": (len(workers & seen), self._size),
        }
        for what, (found, wanted) in counts.items():
            if found != wanted:
                raise HostFailed(f"{wanted} {what} should bear {self.family.mark}: seen {found}")

    def last_words(self) -> str:
        """The end of its standard error."""
        return self.log[-2000:]

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        on_connect: Callable[[], object] = lambda: None,
    ) -> Any:
        """One request on a connection of its own. Returns the answer's JSON.

        Args:
            method: HTTP's.
            path: from the root on.
            body: what is sent as JSON; None: nothing is.
            on_connect: called when the kernel has taken the connection in, or has not.

        Raises:
            CallFailed: answered with an error.
            OSError, http.client.HTTPException: not answered.
        """
        connection = http.client.HTTPConnection(*self.address, timeout=ANSWER_PATIENCE_S)
        try:
            text = None if body is None else json.dumps(body)
            try:
                connection.connect()
            finally:
                on_connect()
            connection.request(method, path, text, {"content-type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read() or b"null")
        finally:
            connection.close()
        if response.status >= 300:
            raise CallFailed(response.status, answer)
        return answer

    def call(self, tool: str, **args: object) -> Any:
        """Calls a tool and returns its result."""
        return self.request("POST", "/v1/execute", call_body(tool, args))["result"]

    def begin_call(self, tool: str, **args: object) -> socket.socket:
        """Sends a call and doesn't wait: the call is under way until the socket is closed."""
        body = json.dumps(call_body(tool, args)).encode()
        head = f"POST /v1/execute HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n"
        connection = socket.create_connection(self.address, ANSWER_PATIENCE_S)
        connection.sendall(f"{head}content-type: application/json\r\n\r\n".encode() + body)
        return connection

    def workers(self) -> set[Process]:
        """The workers, as the host knows them."""
        found = {process(worker["pid"]) for worker in self.request("GET", "/v1/workers")}
        return {each for each in found if each is not None}

    def keepers(self) -> set[Process]:
        """The keepers, by the name that they give themselves."""
        return self._named("snakepit-keeper")

    def guards(self) -> set[Process]:
        """The keepers' guards, likewise."""
        return self._named("snakepit-guard")

    def _named(self, name: str) -> set[Process]:
        entries = {each: status(each.pid) for each in self.family.look()}
        return {each for each, entry in entries.items() if entry and entry.name == name}

    def kill(self) -> float:
        """Sends SIGKILL to the JVM alone, and returns the moment just after.

        Raises:
            HostFailed: too few bear the mark to speak of what is gone afterwards.
        """
        self.processes_before = len(self.family.look())
        least = (
            self._size + self._keepers + 1 if self.address[1] else 0
        )  # before it is ready, it is chance
        if self.processes_before < least:
            raise HostFailed(f"{self.processes_before} processes bear the mark, not {least}")
        self.process.send_signal(signal.SIGKILL)
        return time.monotonic()

    def stop(self) -> int:
        """Sends SIGTERM, waits for the end, and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_PATIENCE_S)

    def clean_up(self) -> None:
        """Kills it and whatever bears its mark. Does nothing for one that left nothing."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.family.kill_all()


def call_body(tool: str, args: dict[str, object], pool: str = "default") -> dict[str, object]:
    """The body of a request that calls a tool."""
    return {"tool": tool, "args": args, "pool": pool}


def _settings(pools: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"http": {"port": 0}, "grpc": {"enabled": False}, "pools": pools}
