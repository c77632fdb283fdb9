"""The life of a worker: dial, start the adapter, answer calls, stop.

`serve` runs it on the calling thread, which the fork server's child does; `main` is the entry of a
freshly spawned interpreter.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, Protocol

from snakepit._system import (
    lifeline,
    orderly_end,
    reserve,
    room,
    shortage,
    signals,
)
from snakepit._system.pristine import os, signal, time
from snakepit._tools import log_format, shadowing
from snakepit._tools.call_contexts import CallContexts
from snakepit._tools.cancel_scope import CancelScope, of_this_thread
from snakepit._tools.context import WorkerInfo
from snakepit._tools.errors import AdapterError, PythonFault
from snakepit._tools.json_text import Encoder
from snakepit._tools.loading import LoadedAdapter, load
from snakepit._tools.runner import Runner
from snakepit._worker import messages, start_failure
from snakepit._worker.boot import Boot
from snakepit._worker.control import Control, end_process_group
from snakepit._worker.handshake import Refused, dial
from snakepit._worker.host import SocketHost
from snakepit._worker.host_watch import HostWatch
from snakepit._worker.link import Link, ProtocolError, TooLarge
from snakepit._worker.memory import Meter
from snakepit._worker.process_loop import ProcessLoop

if TYPE_CHECKING:
    from snakepit._worker.jobs import MakeRunner

# How long the end of one connection may precede that of the other when a host dies.
_GRACE_SECONDS = 0.2
_LOOPS = {"thread": "snakepit._worker.thread_loop", "async": "snakepit._worker.async_loop"}
_LOGGER = logging.getLogger("snakepit.worker")


def serve(
    boot: Boot, loaded: LoadedAdapter, on_lost: Callable[[], None] = end_process_group
) -> int:
    """Runs a worker to its end on the calling thread, which should be the main thread.

    Returns the status to exit with: 0 after a shutdown, 1 if it couldn't start or the host broke
    the protocol. When the host is gone, the control thread calls `on_lost`, which ends the process
    group with SIGKILL.
    """
    try:
        work, max_body_bytes = dial(boot, messages.WORK)
        with contextlib.closing(work):
            return _Worker(boot, work, max_body_bytes, on_lost).run(loaded)
    except (Refused, ProtocolError) as error:
        start_failure.complain(boot, str(error))
        return 1


def main() -> None:
    """Runs a spawned worker: its orders are the one line on standard input. Doesn't return."""
    boot = Boot.from_json(_read_line(0))
    lifeline.adopt_parent_pipe(0)
    preload(boot.profile)
    try:
        loaded = load(boot.adapter)
    except BaseException as error:  # noqa: BLE001 - whatever the user's module raises
        status = start_failure.report_import_failure(boot, error)
    else:
        shadowing.tell()
        status = _serve_spawned(boot, loaded)
    _exit(status)


def preload(profile: str) -> None:
    """Imports the modules that only workers of that profile need, before any code of a user's.

    The others do without: asyncio alone costs a worker 30 ms and 3 MiB.
    """
    if profile in _LOOPS:
        importlib.import_module(_LOOPS[profile])


def _serve_spawned(boot: Boot, loaded: LoadedAdapter) -> int:
    try:
        return serve(boot, loaded)
    except (OSError, RuntimeError) as error:
        if not shortage.is_one(error):
            raise
        start_failure.complain(boot, shortage.explain(error))
        return 1


class Loop(Protocol):
    """A loop that serves calls, whatever its profile; `stop` and `cancel` from any thread."""

    def run(self) -> None:
        """Serves calls until the end."""

    def stop(self) -> None:
        """Lets `run` return once the current calls are over."""

    def cancel(self, call: int) -> None:
        """Interrupts a call."""

    def remind(self) -> bool:
        """Interrupts once more what has not heard of it. Returns whether to ask again."""


class _Worker:
    """A worker whose work connection is attached."""

    def __init__(
        self, boot: Boot, work: Link, max_body_bytes: int, on_lost: Callable[[], None]
    ) -> None:
        self._boot = boot
        self._work = work
        self._max_body_bytes = max_body_bytes
        self._on_lost = on_lost
        self._meter = Meter() if boot.tell_memory else None
        self._loop: Loop | None = None
        self._stopping = False

    def run(self, loaded: LoadedAdapter) -> int:
        """Attaches the control connection and runs until the end. Returns the exit status."""
        link, _ = dial(self._boot, messages.CONTROL)
        for each in (self._work, link):
            each.keep_from_children()
        boot = self._boot
        reserve.keep()
        room.bound_by(boot.memory_group)
        faulthandler.register(signals.DUMP, file=2, all_threads=True)
        watch = HostWatch(boot.parent, boot.silence_ms / 1000, time.monotonic())
        resident = self._meter.resident_bytes if self._meter else lambda: 0
        control = Control(
            link,
            self._work,
            watch,
            self._stop,
            self._on_lost,
            on_cancel=self._cancel,
            remind=self._remind,
            resident_bytes=resident,
        )
        control.start()
        try:
            status = self._run_adapter(loaded, control)
            if not self._stopping and status == 0:
                # The work connection has ended without a word: if the host is gone, so is the
                # control connection, whose thread ends this process.
                control.wait_for_shutdown(_GRACE_SECONDS if lifeline.tied("connection") else None)
            return status
        finally:
            control.close()
            if self._meter:
                self._meter.close()

    def _run_adapter(self, loaded: LoadedAdapter, control: Control) -> int:
        worker = WorkerInfo(self._boot.worker, self._boot.pool)
        log_format.set_up()
        contexts = CallContexts()
        try:
            if self._boot.profile == "thread":
                loaded.require_threads()
            adapter, tools = contexts.run_at_home(loaded.open)
            contexts.run_at_home(adapter.start, worker)
            start_failure.require_real_threads(self._boot)
            contexts.capture()
        except BaseException as error:  # noqa: BLE001 - whatever the user's code raises
            return start_failure.report(self._boot, self._work, error)

        grace = self._boot.cancel_grace_ms / 1000

        def make_runner(scope: CancelScope | None) -> Runner:
            return Runner(
                adapter,
                tools,
                contexts=contexts,
                on_unserializable=self._boot.on_unserializable,
                max_body_bytes=self._max_body_bytes,
                scope=scope,
                grace_seconds=grace,
            )

        loop, close = self._make_loop(worker, make_runner, control)
        try:
            return self._serve_calls(loaded, loop)
        finally:
            # Who takes too long to end is asked to by SIGTERM, and says where it is before.
            faulthandler.register(signal.SIGTERM, file=2, all_threads=True, chain=True)
            _quietly(lambda: contexts.run_at_home(adapter.stop), "the adapter's stop()")
            _quietly(close, "closing the event loop")

    def _serve_calls(self, loaded: LoadedAdapter, loop: Loop) -> int:
        """Returns the exit status."""
        self._loop = loop
        if self._stopping:  # told to end while the adapter started
            return 0
        with contextlib.suppress(OSError):  # the host is gone: the control connection tells
            try:
                _send_ready(self._work, loaded)
            except TooLarge as error:
                why = f"the descriptions of {len(loaded.tools)} tools are too long: {error}"
                return start_failure.report(self._boot, self._work, AdapterError(why))
            loop.run()
        return 0

    def _make_loop(
        self, worker: WorkerInfo, make_runner: MakeRunner, control: Control
    ) -> tuple[Loop, Callable[[], None]]:
        """Makes the loop of this worker's profile, and tells how to close what it leaves."""
        boot = self._boot
        resident = self._meter.resident_bytes if self._meter else None
        if boot.profile == "process":
            scope = of_this_thread()
            runner = make_runner(scope)
            host = SocketHost(self._work, scope)
            loop = ProcessLoop(self._work, runner, worker, host, scope, resident_bytes=resident)
            return loop, runner.close
        from snakepit._worker.jobs import Jobs  # noqa: PLC0415 - imported by `preload` already

        jobs = Jobs(self._work, worker, resident)
        if boot.profile == "thread":
            from snakepit._worker.thread_loop import ThreadLoop  # noqa: PLC0415 - as above

            return ThreadLoop(self._work, jobs, make_runner, boot.concurrency), lambda: None
        from snakepit._worker.async_loop import AsyncLoop  # noqa: PLC0415 - as above

        grace = boot.cancel_grace_ms / 1000
        event_loop = AsyncLoop(
            self._work, jobs, make_runner, boot.concurrency, grace_seconds=grace, tell=control.tell
        )
        control.also_look(event_loop.look)
        return event_loop, lambda: None

    def _cancel(self, call: int) -> None:
        """Interrupts a call. On the control thread."""
        if self._loop is not None:
            self._loop.cancel(call)

    def _remind(self) -> bool:
        """Interrupts once more what has not heard of it. On the control thread."""
        return self._loop is not None and self._loop.remind()

    def _stop(self) -> None:
        """Ends the loop after the current call. On the control thread."""
        self._stopping = True
        if self._loop is not None:
            self._loop.stop()


def _send_ready(work: Link, loaded: LoadedAdapter) -> None:
    # An enum or a literal in a schema may hold what JSON can't express.
    tools = Encoder("marker").encode(loaded.describe())
    work.write(messages.ready(), tools)


def _quietly(action: Callable[[], None], what: str) -> None:
    """Runs what may raise anything, when it is too late to tell anyone but the log."""
    try:
        action()
    except BaseException as error:  # noqa: BLE001 - foreign code
        trace = PythonFault(error).traceback
        with contextlib.suppress(Exception):  # a user's handlers may have closed their streams
            _LOGGER.error("%s raised an exception\n%s", what, trace)  # noqa: TRY400 - ours cut out


def _read_line(fd: int) -> bytes:
    """Reads up to the line's end and not a byte further. Raises EOFError if there is none."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(fd, 1)
        if not byte:
            raise EOFError("no orders on standard input: this is started by the keeper")
        line += byte
    return bytes(line)


def _exit(status: int) -> NoReturn:
    """Ends the process in order; threads that an adapter left running must not keep it alive."""
    orderly_end.run()
    os._exit(status)
