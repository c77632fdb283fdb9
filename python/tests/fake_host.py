"""A host small enough to test workers against: it listens, attaches and talks in frames."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from snakepit._tools.loading import load
from snakepit._worker.boot import Boot
from snakepit._worker.link import Link
from snakepit._worker.main import serve
from snakepit.v1 import worker_pb2 as pb

TOKEN = "a-token"
# Seconds after which a test gives up waiting, on however slow a machine.
DEADLINE = 60.0
SOURCES = Path(__file__).resolve().parent.parent / "src"
TESTS = Path(__file__).resolve().parent


class WorkerThread(threading.Thread):
    """Runs `serve` in this process; `status` is what it returned.

    A host that closes its connections first, as a failing test does, must not end this process.
    """

    def __init__(self, boot: Boot) -> None:
        super().__init__(daemon=True)
        self._boot = boot
        self.status: int | None = None

    def run(self) -> None:
        self.status = serve(self._boot, load(self._boot.adapter), on_lost=lambda: None)


class Attached:
    """The host's side of one worker."""

    def __init__(self, work: Link, control: Link | None = None) -> None:
        self.work = work
        self.control = control
        self.hellos: list[pb.Hello] = []
        self.rounds = 0
        """Number of times that the worker has told that its event loop has come round."""
        self.standstills: list[pb.Standstill] = []
        self._last_id = 0

    def send(self, message: pb.HostMessage, body: bytes = b"") -> None:
        self.work.write(message.SerializeToString(), body)

    def send_call(self, tool: str, args: object = None, **fields: Any) -> int:
        """Sends a call and returns its id. `args` of bytes go as they are."""
        self._last_id += 1
        body = args if isinstance(args, bytes) else json.dumps(args or {}).encode()
        self.send(pb.HostMessage(call=pb.Call(id=self._last_id, tool=tool, **fields)), body)
        return self._last_id

    def receive(self) -> tuple[pb.WorkerMessage, bytes]:
        frame = self.work.read()
        assert frame is not None, "the worker closed its work connection"
        header, body = frame
        return pb.WorkerMessage.FromString(header), bytes(body)

    def call(self, tool: str, args: object = None, **fields: Any) -> Any:
        """Calls a tool and returns its result: JSON parsed, bytes as they are."""
        own = self.send_call(tool, args, **fields)
        message, body = self.receive()
        assert message.WhichOneof("kind") == "result", message
        assert message.result.id == own
        return body if message.result.content_type else json.loads(body)

    def fail(self, tool: str, args: object = None, **fields: Any) -> pb.Failure:
        """Calls a tool that must fail, and returns the failure."""
        own = self.send_call(tool, args, **fields)
        message, _ = self.receive()
        assert message.WhichOneof("kind") == "failure", message
        assert message.failure.id == own
        return message.failure

    def ping(self, sequence: int) -> int:
        assert self.control is not None
        ping = pb.HostMessage(ping=pb.Ping(sequence=sequence))
        self.control.write(ping.SerializeToString())
        message = self.hear()
        while message.WhichOneof("kind") != "pong":
            message = self.hear()
        return message.pong.sequence

    def hear(self) -> pb.WorkerMessage:
        """Reads a message of the control connection, and notes what it says of the event loop."""
        assert self.control is not None
        frame = self.control.read()
        assert frame is not None
        message = pb.WorkerMessage.FromString(frame[0])
        if message.WhichOneof("kind") == "came_round":
            self.rounds += 1
        elif message.WhichOneof("kind") == "standstill":
            self.standstills.append(message.standstill)
        return message

    def cancel(self, call_id: int) -> None:
        assert self.control is not None
        while self.control.has_more or select.select([self.control.fileno()], [], [], 0)[0]:
            self.hear()  # or the worker's control thread could not write any more
        cancel = pb.HostMessage(cancel=pb.Cancel(id=call_id))
        self.control.write(cancel.SerializeToString())

    def send_batch(self, tool: str, *args: object) -> list[int]:
        """Sends calls as one batch and returns their ids."""
        return [
            self.send_call(tool, each, batch=0 if place else len(args))
            for place, each in enumerate(args)
        ]

    def answers(self, count: int) -> dict[int, Any]:
        """Waits for so many answers, and returns each by its id: a result's JSON, or a Failure."""
        found: dict[int, Any] = {}
        while len(found) < count:
            message, body = self.receive()
            if message.WhichOneof("kind") == "failure":
                found[message.failure.id] = message.failure
            else:
                found[message.result.id] = json.loads(body)
        return found

    def send_stream(
        self, tool: str, args: object = None, chunks: int = 16, size: int = 1 << 20, **fields: Any
    ) -> int:
        """Sends a call that is to answer with a stream, of that window, and returns its id."""
        return self.send_call(tool, args, window_chunks=chunks, window_bytes=size, **fields)

    def send_upload(self, tool: str, size: int = 1 << 20, **fields: Any) -> int:
        """Sends a call whose arguments follow in parts, and returns its id."""
        fields = {"content_type": "application/octet-stream", **fields}
        return self.send_call(tool, b"", upload_window_bytes=size, **fields)

    def part(self, call: int, body: bytes, *, last: bool = False) -> None:
        self.send(pb.HostMessage(part=pb.Part(id=call, last=last)), body)

    def grant(self, call: int, chunks: int, size: int) -> None:
        self.send(pb.HostMessage(credit=pb.Credit(id=call, chunks=chunks, bytes=size)))

    def expect(self, kind: str, call: int) -> tuple[Any, bytes]:
        """The next frame, which must be of that kind and for that call."""
        message, body = self.receive()
        assert message.WhichOneof("kind") == kind, message
        found = getattr(message, kind)
        assert found.id == call
        return found, body

    def chunks(self, call: int, count: int) -> list[Any]:
        """Waits for so many chunks of JSON."""
        return [json.loads(self.expect("chunk", call)[1]) for _ in range(count)]

    def end_stream(self, call: int) -> list[Any]:
        """Takes and grants chunks of JSON until the result, which must have no body."""
        found: list[Any] = []
        while True:
            message, body = self.receive()
            if message.WhichOneof("kind") == "result":
                assert (message.result.id, body) == (call, b"")
                return found
            if message.WhichOneof("kind") == "chunk":
                assert message.chunk.id == call
                found.append(json.loads(body))
                self.grant(call, 1, len(body))

    def shut_down(self) -> None:
        assert self.control is not None
        self.control.write(pb.HostMessage(shutdown=pb.Shutdown()).SerializeToString())

    def close(self) -> None:
        self.work.close()
        if self.control is not None:
            self.control.close()


def listen(path: Path) -> socket.socket:
    """Returns a Unix socket that waits for connections."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.settimeout(DEADLINE)
    listener.bind(str(path))
    listener.listen()
    return listener


class FakeHost:
    """The host's side of workers: listens on a socket in `folder`. Limits of 0 are none."""

    def __init__(self, folder: Path, max_frame_bytes: int = 0, max_body_bytes: int = 0) -> None:
        self.path = str(folder / "host.sock")
        self.welcome = pb.HostMessage(
            welcome=pb.Welcome(
                protocol=1, max_frame_bytes=max_frame_bytes, max_body_bytes=max_body_bytes
            )
        )
        self._listener = listen(Path(self.path))

    def boot(self, adapter: str, on_unserializable: str = "error", **fields: Any) -> Boot:
        return Boot("test-1", "test", TOKEN, self.path, adapter, on_unserializable, **fields)

    def start_worker(self, adapter: str, **fields: Any) -> WorkerThread:
        """Starts a worker on a thread, which dials at once."""
        thread = WorkerThread(self.boot(adapter, **fields))
        thread.start()
        return thread

    def take(self) -> tuple[Link, pb.Hello]:
        """Takes one connection and reads its Hello, which waits for an answer."""
        connection, _ = self._listener.accept()
        connection.settimeout(DEADLINE)  # an answer that never comes fails its test
        link = Link(connection)
        frame = link.read()
        assert frame is not None
        return link, pb.WorkerMessage.FromString(frame[0]).hello

    def accept(self, answer: pb.HostMessage | None = None) -> tuple[Link, pb.Hello]:
        """Takes one connection and answers its Hello, with Welcome if not told else."""
        link, hello = self.take()
        link.write((answer or self.welcome).SerializeToString())
        return link, hello

    def attach(self) -> Attached:
        """Takes both connections of a worker."""
        work, hello = self.accept()
        try:
            control, other = self.accept()
        except BaseException:
            work.close()
            raise
        attached = Attached(work, control)
        attached.hellos = [hello, other]
        return attached

    def close(self) -> None:
        self._listener.close()


@contextmanager
def worker(
    folder: Path,
    adapter: str,
    on_unserializable: str = "error",
    max_body_bytes: int = 0,
    **fields: Any,
) -> Iterator[Attached]:
    """A ready worker on a thread; it must end with status 0 when told to."""
    host = FakeHost(folder, max_body_bytes=max_body_bytes)
    thread = host.start_worker(adapter, on_unserializable=on_unserializable, **fields)
    with closing(host), closing(host.attach()) as attached:
        message, _ = attached.receive()
        assert message.WhichOneof("kind") == "ready", message
        yield attached
        with suppress(BrokenPipeError):  # told already
            attached.shut_down()
        thread.join(DEADLINE)
        assert thread.status == 0


@contextmanager
def process(
    folder: Path,
    adapter: str,
    *,
    measured: bool = True,
    uvloop: bool = True,
    max_frame_bytes: int = 0,
    **fields: Any,
) -> Iterator[Attached]:
    """A ready worker in a process of its own, whose main thread runs the tools.

    Unless it is `measured` for coverage, it runs at its real speed, and may be interrupted: within
    coverage's bookkeeping that would leave a lock behind. Without `uvloop` it is as if that were
    not installed.
    """
    host = FakeHost(folder, max_frame_bytes)
    child = spawn(host.boot(adapter, **fields), measured=measured, uvloop=uvloop)
    try:
        # Closed whatever happens: else the test in which they are collected fails as well.
        with closing(host.attach()) as attached:
            message, _ = attached.receive()
            assert message.WhichOneof("kind") == "ready", message
            yield attached
            with suppress(BrokenPipeError):  # told already
                attached.shut_down()
            assert child.wait(DEADLINE) == 0
    finally:
        with suppress(ProcessLookupError):  # what it has started may hold its pipes
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        host.close()


def environment(*, uvloop: bool = True, measured: bool = True) -> dict[str, str]:
    """A fresh interpreter's, that finds our sources. Without `uvloop` it finds none of that.

    Unless it is `measured`, coverage does not find it.
    """
    path = [str(SOURCES), str(TESTS), *([] if uvloop else [str(TESTS / "without_uvloop")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    return env if measured else {k: v for k, v in env.items() if not k.startswith("COV")}


def spawn(
    boot: Boot, *, measured: bool = True, uvloop: bool = True, path: Path | None = None
) -> subprocess.Popen[bytes]:
    """Starts a fresh interpreter as the keeper does, with its orders on standard input.

    It finds what is in `path`, too.
    """
    environ = environment(uvloop=uvloop, measured=measured)
    if path is not None:
        environ["PYTHONPATH"] += os.pathsep + str(path)
    code = "from snakepit._worker.main import main; main()"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        start_new_session=True,
    )
    assert child.stdin is not None
    child.stdin.write(boot.to_json().encode() + b"\n")
    child.stdin.flush()
    return child
