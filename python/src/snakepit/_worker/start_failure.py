"""Starts of workers that fail: what the host and the log are told."""

from __future__ import annotations

import contextlib

from snakepit._system import standard_streams, threads
from snakepit._tools.errors import AdapterError, PythonFault
from snakepit._tools.shadowing import explanation
from snakepit._worker import messages
from snakepit._worker.answers import python_error
from snakepit._worker.boot import Boot
from snakepit._worker.handshake import Refused, dial
from snakepit._worker.link import Link


def report_import_failure(boot: Boot, error: BaseException) -> int:
    """Tells the host why the adapter can't be imported, in place of `serve`. Returns 1."""
    try:
        work, _ = dial(boot, messages.WORK)
    except Refused as refused:
        complain(boot, str(refused))
        return 1
    with contextlib.closing(work):
        return report(boot, work, error)


def report(boot: Boot, work: Link, error: BaseException) -> int:
    """Tells the host, and the log, why the adapter can't start. Returns 1."""
    fault = PythonFault(error)
    fault.message = "; ".join(part for part in (fault.message, explanation(error)) if part)
    complain(boot, f"the adapter failed to start\n{fault.traceback}".rstrip())
    failure = messages.start_failure(python_error(fault))
    with contextlib.suppress(OSError):
        work.write(failure)
    return 1


def require_real_threads(boot: Boot) -> None:
    """Raises AdapterError if calls are to run on threads, and a library has replaced these."""
    if boot.profile != "process" and threads.are_patched():
        raise AdapterError(
            f"adapter {boot.adapter}: profile {boot.profile} runs calls on threads, and a library "
            "has put its own in their place, as gevent's and eventlet's monkey patching does: "
            "set profile: process"
        )


def complain(boot: Boot, message: str) -> None:
    """Writes a line to the log, in the worker's name."""
    standard_streams.complain(f"snakepit worker {boot.worker}: {message}")
