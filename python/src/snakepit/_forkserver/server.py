"""The fork server: imports the adapter once, then forks a warm worker in a few milliseconds.

Started by the keeper in a fresh interpreter, with one end of a socket pair as its only argument. It
has one thread. Its first frame from the keeper says what to import; it answers ``imported``,
``fallback`` (forking would be unsafe, as the audit has found) or ``importFailed``, and before
``imported`` perhaps ``forkNotice``. After that it forks a worker for each
``fork`` order, tells of each worker's end, and lets the zombie stay until the keeper has killed all
that the worker left and orders ``reap``: so the worker's pid can't be given to a stranger
meanwhile.

It reads no standard input and answers on no standard output, so that nothing that a library
prints while it is imported can be taken for an answer.
"""

from __future__ import annotations

import errno
import gc
import importlib
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, NoReturn

from snakepit._forkserver import child, openmp
from snakepit._forkserver.audit import Audit, Report
from snakepit._system import killing, orderly_end, shortage, signals, standard_streams
from snakepit._system.frames import LOST, Channel, decode
from snakepit._system.pristine import os, signal
from snakepit._system.sockets import Socket, select
from snakepit._tools import shadowing
from snakepit._worker.main import preload

if TYPE_CHECKING:
    from snakepit._tools.loading import LoadedAdapter

# Characters. Escaped as JSON they still fit into the largest frame that the host expects, 256 KiB.
_TRACEBACK_LIMIT = 32 * 1024
_MESSAGE_LIMIT = 4096


def main() -> NoReturn:
    """Serves until the keeper is gone, or orders the end. Exit handlers run only then."""
    channel = Channel(Socket(fileno=int(sys.argv.pop())))
    os.set_inheritable(channel.fileno(), False)  # noqa: FBT003 - the function's own way
    order = _next_frames(channel)[0]
    try:
        preload(str(order["profile"]))
        audit = Audit()
        adapter = str(order["adapter"])
        loaded = _import(adapter, _names(order["preload"]))
        report = audit.finish(adapter.partition(":")[0], getattr(loaded, "make", None))
    except BaseException as error:  # noqa: BLE001 - a SystemExit at import is a failed import too
        _end(channel, {"event": "importFailed", **describe(error)})
    if report.reasons and not order["forced"]:
        _end(channel, {"event": "fallback", "reasons": report.reasons})
    if notices := [*report.reasons, *report.notices]:
        channel.send({"event": "forkNotice", "notices": notices})
    shadowing.tell()
    gc.freeze()  # the collector of a child would otherwise write to, and so copy, every shared page
    orderly_end.flush_logs()
    server = _Server(channel, loaded, report)
    channel.send({"event": "imported"})
    server.run()


def describe(error: BaseException) -> dict[str, object]:
    """Returns type, message and traceback of a failed import, from the user's code on."""
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    text = "".join(traceback.format_exception(kind, error, frames))
    said = shortage.explain(error, "the fork server")[:_MESSAGE_LIMIT]
    message = "; ".join(part for part in (said, shadowing.explanation(error)) if part)
    return {"type": name, "message": message, "traceback": text[-_TRACEBACK_LIMIT:]}


class _Server:
    """The server after the import: forks, tells of ends, reaps on order."""

    def __init__(self, channel: Channel, loaded: LoadedAdapter, report: Report) -> None:
        self._channel = channel
        self._loaded = loaded
        self._report = report
        self._children: dict[int, str] = {}
        """Workers that have not been reaped, by pid."""
        self._told: set[int] = set()
        """Pids of workers whose end has been told."""
        # Made after the import, so that nothing it has started holds the write end.
        self._lifeline, self._lifeline_write = os.pipe()
        self._wakeup, self._wakeup_write = os.pipe()
        for fd in (self._wakeup, self._wakeup_write):
            os.set_blocking(fd, False)
        # The adapter may have set these: its workers get them back.
        self._signals = child.SignalSetup(
            action=signals.action_of(signal.SIGCHLD),
            handler=signal.signal(signal.SIGCHLD, lambda *_: None),
            wakeup=signal.set_wakeup_fd(self._wakeup_write, warn_on_full_buffer=False),
        )

    def run(self) -> NoReturn:
        poll = select.poll()
        poll.register(self._wakeup, select.POLLIN)
        while True:
            self._channel.flush()
            wanted = select.POLLIN | (select.POLLOUT if self._channel.queued else 0)
            poll.register(self._channel.fileno(), wanted)
            ready = dict(poll.poll())
            if self._wakeup in ready:
                os.read(self._wakeup, 4096)
                self._tell_ends()
            for frame in self._channel.receive():
                self._obey(decode(frame))
            if self._channel.ended:
                os._exit(0)

    def _obey(self, order: dict[str, object]) -> None:
        if order["op"] == "fork":
            self._fork(str(order["worker"]), str(order["boot"]), _mapping(order["limits"]))
        elif order["op"] == "reap":
            self._reap(str(order["worker"]), int(str(order["pid"])))
        elif order["op"] == "end":
            orderly_end.run()
            os._exit(0)

    def _fork(self, worker: str, boot: str, limits: dict[str, object]) -> None:
        output = (self._channel.descriptors.popleft(), self._channel.descriptors.popleft())
        server = os.getpid()
        if LOST in output:
            error = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            self._fork_failed(worker, error)
            return
        standard_streams.flush()  # else the child would print it once more
        try:
            pid = _fork_quietly()
        except OSError as error:
            self._fork_failed(worker, error)
            return
        finally:
            if os.getpid() == server:
                for fd in output:
                    os.close(fd)
        if pid == 0:
            self._become_worker(worker, boot, output, server, limits)
        self._children[pid] = worker
        self._channel.send({"event": "forked", "worker": worker, "pid": pid})
        self._channel.flush()

    def _fork_failed(self, worker: str, error: OSError) -> None:
        message = shortage.explain(error, "the fork server")
        self._channel.send({"event": "forkFailed", "worker": worker, "message": message})

    def _become_worker(
        self,
        worker: str,
        boot: str,
        output: tuple[int, int],
        server: int,
        limits: dict[str, object],
    ) -> NoReturn:
        foreign = (self._lifeline_write, self._wakeup, self._wakeup_write)
        child.live(
            child.ForkContext(
                worker=worker,
                boot=boot,
                output=output,
                limits=limits,
                server=server,
                lifeline=self._lifeline,
                signals=self._signals,
                files=self._report.files,
                seeds=self._report.seeds,
                close=(*(lambda fd=fd: os.close(fd) for fd in foreign), self._channel.close),
            ),
            self._loaded,
        )

    def _tell_ends(self) -> None:
        for pid, worker in self._children.items():
            if pid in self._told:
                continue
            end = killing.child_end(pid)
            if end is not None:
                self._told.add(pid)
                self._channel.send({"event": "ended", "worker": worker, **end})
        killing.reap_adopted(self._children)  # what the imports have started

    def _reap(self, worker: str, pid: int) -> None:
        if self._children.pop(pid, None) is None:
            return
        self._told.discard(pid)
        killing.reap(pid)
        self._channel.send({"event": "reaped", "worker": worker})
        killing.reap_adopted(self._children)


def _fork_quietly() -> int:
    """Forks without Python's warning of native threads: numeric libraries' own handle forks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _import(adapter: str, preload: list[str]) -> LoadedAdapter:
    with openmp.one_thread():
        for name in preload:
            importlib.import_module(name)
        return child.load(adapter)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _names(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _is_ours(filename: str) -> bool:
    own = (__file__, child.__file__, child.LOADING_FILE, importlib.__file__)
    return filename in own or filename.startswith("<frozen importlib")


def _next_frames(channel: Channel) -> list[dict[str, object]]:
    """Waits for the keeper's next frames; ends with the keeper."""
    while True:
        select.select([channel.fileno()], [], [])
        frames = [decode(frame) for frame in channel.receive()]
        if frames:
            return frames
        if channel.ended:
            os._exit(0)


def _end(channel: Channel, message: dict[str, object]) -> NoReturn:
    """Tells the keeper why this fork server is of no use, and ends."""
    channel.send(message)
    while channel.queued and not channel.ended:
        select.select([], [channel.fileno()], [])
        channel.flush()
    orderly_end.run()
    os._exit(0)
