"""A keeper, started as the JVM does: it is given orders, and what it tells is remembered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fake_host import DEADLINE, TESTS, listen

from snakepit._keeper.guard import GRACE
from snakepit._system import process_table

ADAPTERS = "keeper.adapters."

Event = dict[str, Any]
Key = tuple[int, int]


def eventually(what: Callable[[], bool], message: Callable[[], str]) -> None:
    """Polls until it holds; fails with the message after the deadline."""
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end, message()
        time.sleep(0.005)


def is_gone(key: Key, of_ours: Iterable[int] = ()) -> bool:
    """No such process any more; a zombie that only waits for a foreign parent counts as gone."""
    process = process_table.read(key[0])
    if process is None or process.key != key:
        return True
    return process.state == process_table.ZOMBIE and process.ppid not in set(of_ours)


def is_stopped(pid: int) -> bool:
    process = process_table.read(pid)
    return process is not None and process.state == "T"


def kill_exactly(key: Key) -> None:
    process = process_table.read(key[0])
    if process is not None and process.key == key:
        os.kill(key[0], signal.SIGKILL)


# As `KeeperProcess` of the host has it.
BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from snakepit._keeper.__main__ import main; sys.exit(main())"
)


def keeper_command(
    package: Path, socket: Path, *, measured: bool | None = None, python: str = sys.executable
) -> list[str]:
    """Returns the command by which a host starts a keeper, in the interpreter `python`.

    One whose coverage is measured is started another way: with ``-S`` there is no coverage, and
    without it the package that is installed would be found before the given one.
    """
    flags, bootstrap = ["-I", "-S"], BOOTSTRAP
    if measured or (measured is None and "COVERAGE_PROCESS_CONFIG" in os.environ):
        flags, bootstrap = ["-I"], BOOTSTRAP.replace("append(", "insert(0, ")
    return [python, *flags, "-c", bootstrap, str(package), str(socket)]


class RunningKeeper:
    """A keeper below this process, and the host's end of the conversation with it.

    ``process`` is what was started: the keeper's guard, or the keeper where that lifeline is cut.
    """

    def __init__(
        self,
        package: Path,
        directory: Path,
        environ: dict[str, str],
        python: str = sys.executable,
    ) -> None:
        self.run = uuid.uuid4().hex
        self.seen: set[Key] = set()
        self.events: list[Event] = []
        self._unread: list[Event] = []
        self._buffer = b""
        path = directory / "keeper.sock"
        with listen(path) as listener:
            self.process = subprocess.Popen(
                keeper_command(package, path, python=python),
                stdin=subprocess.PIPE,
                cwd=directory,
                env={**os.environ, "SNAKEPIT_RUN": self.run, **environ},
            )
            self.tell_token("secret")
            self.connection, _ = listener.accept()
        self.connection.settimeout(DEADLINE)
        self.hello = self.event("hello")
        self.pid: int = self.hello["pid"]
        self._see(self.process.pid)
        self.key = self._see(self.pid)

    def tell_token(self, token: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(token.encode() + b"\n")
        self.process.stdin.flush()

    def end_input(self) -> None:
        """Ends the keeper's input, as the kernel does when the host dies."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def kill(self) -> None:
        """Kills the keeper, and it alone."""
        assert self.key is not None
        kill_exactly(self.key)

    def send_raw(self, body: bytes) -> None:
        self.connection.sendall(len(body).to_bytes(4, "big") + body)

    def send(self, op: str, **fields: object) -> None:
        self.send_raw(json.dumps({"op": op, **fields}).encode())

    def configure(self, method: str = "forkserver", **fields: object) -> None:
        given = {
            "pool": "main",
            "startMethod": method,
            "adapter": ADAPTERS + "behaviours",
            "preload": [],
            "pythonPath": [str(TESTS)],
            "socket": "/nowhere/pool.sock",
            **fields,
        }
        self.send("configure", **given)

    def start(self, worker: str, behaviour: str = "idle", ready: str = "ready") -> Event:
        """Starts a worker and waits until it says that it behaves as it should."""
        self.send("start", worker=worker, token=behaviour)
        started = self.event("started", worker=worker)
        if ready:
            self.line(worker, ready)
        return started

    def receive(self) -> Event:
        while len(self._buffer) < 4 or len(self._buffer) < 4 + self._length():
            data = self.connection.recv(1 << 20)
            if not data:
                raise EOFError("the keeper has closed its connection")
            self._buffer += data
        length = self._length()
        event: Event = json.loads(self._buffer[4 : 4 + length])
        self._buffer = self._buffer[4 + length :]
        self.events.append(event)
        if event["event"] == "started":
            self.seen.add((event["pid"], event["startTicks"]))
        return event

    def event(self, kind: str, **fields: object) -> Event:
        """The next event of that kind and content; others are kept for later."""
        return self.find(lambda e: e["event"] == kind and fields.items() <= e.items())

    def line(self, worker: str, beginning: str) -> Event:
        return self.find(
            lambda e: (
                e["event"] == "line" and e["worker"] == worker and e["text"].startswith(beginning)
            )
        )

    def find(self, wanted: Callable[[Event], bool]) -> Event:
        for index, event in enumerate(self._unread):
            if wanted(event):
                return self._unread.pop(index)
        end = time.monotonic() + DEADLINE
        while not wanted(event := self.receive()):
            self._unread.append(event)
            assert time.monotonic() < end, f"in vain: {self.events[-20:]}"
        return event

    def lines(self, worker: str) -> list[str]:
        """All that a worker has said so far."""
        return [e["text"] for e in self.events if e["event"] == "line" and e["worker"] == worker]

    def child(self, worker: str) -> Key:
        """The process that a worker says it has started."""
        key = self._see(int(self.line(worker, "child")["text"].split()[1]))
        assert key is not None
        return key

    def family(self) -> set[Key]:
        """Keeper, fork server, workers and all below, as of now."""
        below = process_table.descendants(process_table.snapshot(), self.process.pid)
        self.seen.update(process.key for process in below)
        return set(self.seen)

    def fork_servers(self) -> list[Key]:
        """The keeper's children that are no workers."""
        pids = {e["pid"] for e in self.events if e["event"] == "started"}
        table = process_table.snapshot().values()
        servers = [p for p in table if p.ppid == self.pid and p.pid not in pids]
        self.seen.update(server.key for server in servers)
        return [server.key for server in servers]

    def fork_server(self) -> Key:
        (server,) = self.fork_servers()
        return server

    def memory(self) -> int:
        """Bytes of its resident memory."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def left(self) -> list[str]:
        """Lists what is left of all that was ever seen below this keeper or bears its mark."""
        ours = {self.process.pid, *(pid for pid, _ in self.seen)}
        marked = {
            process.key
            for process in process_table.snapshot().values()
            if process_table.environ(process.pid).get("SNAKEPIT_RUN") == self.run
        }
        self.seen |= marked
        if self.process.poll() is not None:
            ours.discard(self.process.pid)
        return [str(process_table.read(key[0])) for key in self.seen if not is_gone(key, ours)]

    def assert_ends_by_itself(self, begun: float) -> None:
        """Fails unless it kills all below and ends with 0. `begun` is when it was told to end.

        If it takes longer than its guard allows, that one does the rest, and ends as if killed.
        """
        status = self.process.wait(DEADLINE)
        took = time.monotonic() - begun
        assert status == 0 or (took >= GRACE and status == -signal.SIGKILL), (status, took)
        self.assert_all_gone()

    def assert_all_gone(self) -> None:
        self.process.wait(DEADLINE)
        eventually(lambda: not self.left(), lambda: f"left behind: {self.left()}")

    def close(self) -> None:
        """Ends whatever is left, whether the test has passed or not."""
        self.family()
        self.left()
        self.end_input()
        self.connection.close()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for key in self.seen:
            kill_exactly(key)

    def _length(self) -> int:
        return int.from_bytes(self._buffer[:4], "big")

    def _see(self, pid: int) -> Key | None:
        process = process_table.read(pid)
        if process is None:
            return None
        self.seen.add(process.key)
        return process.key
