"""The first milliseconds of a forked worker, in which it lays off all that is the fork server's.

What the adapter's import has opened, set or started stays as it is: the worker has it as if it had
imported the adapter itself.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from snakepit._forkserver import descriptors
from snakepit._system import lifeline, orderly_end, shortage, signals, standard_streams
from snakepit._system.limits import put_on
from snakepit._system.pristine import os, signal
from snakepit._tools import loading
from snakepit._worker.boot import Boot
from snakepit._worker.main import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snakepit._forkserver.descriptors import Descriptor
    from snakepit._forkserver.seeding import Seeds

FAULT_STATUS = 70
"""Exit status of a worker whose own machinery has failed (EX_SOFTWARE)."""

LOADING_FILE = loading.__file__

load = loading.load


@dataclass(frozen=True)
class SignalSetup:
    """The signal setup that the fork server found when it took over SIGCHLD."""

    action: bytes
    handler: Any
    wakeup: int


@dataclass(frozen=True)
class ForkContext:
    """Everything that a worker takes over from its fork server, or must get rid of."""

    worker: str
    boot: str
    output: tuple[int, int]
    limits: dict[str, Any]
    """The limits that :func:`put_on` takes."""
    server: int
    """The fork server's pid."""
    lifeline: int
    """Read end of a pipe whose write end the fork server alone holds."""
    signals: SignalSetup
    files: Sequence[Descriptor]
    """Files of the import in which this worker gets a place of its own."""
    seeds: Seeds
    close: tuple[Callable[[], None], ...]
    """Closes the fork server's descriptors, the lifeline's write end first."""


def live(context: ForkContext, loaded: Any) -> NoReturn:
    """Runs a worker's whole life, right after the fork. Never returns to the server's code."""
    status = FAULT_STATUS
    try:
        _lay_off_server(context)
        put_on(context.limits)
        _start_afresh(context)
        status = serve(Boot.from_json(context.boot), loaded)
        orderly_end.run()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else FAULT_STATUS
    except BaseException as error:  # noqa: BLE001 - nothing may get back into the server's code
        with contextlib.suppress(Exception):
            _complain(context.worker, error)
    finally:
        standard_streams.flush()
        os._exit(status)


def _complain(worker: str, error: BaseException) -> None:
    """Says why a worker ends before it has begun; without a trace where that tells nothing more."""
    if shortage.is_one(error) or isinstance(error, descriptors.NotReopened):
        standard_streams.complain(f"snakepit worker {worker}: {shortage.explain(error)}")
    else:
        standard_streams.complain(traceback.format_exc())


def _lay_off_server(context: ForkContext) -> None:
    """Puts descriptors, session, lifelines and signals in order.

    As long as this process holds the write end of its siblings' lifeline, the fork server's death
    would not end their groups: that comes first, and its own lifelines as early as they can.
    """
    for close in context.close:
        close()
    os.setsid()
    lifeline.set_parent_death_signal(context.server)
    if lifeline.arm_pipe(context.lifeline) != context.lifeline:
        os.close(context.lifeline)
    signal.set_wakeup_fd(context.signals.wakeup)
    signal.signal(signal.SIGCHLD, context.signals.handler or signal.SIG_DFL)
    signals.set_action(signal.SIGCHLD, context.signals.action)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for target, source in enumerate((null, *context.output)):
        os.dup2(source, target)
        os.close(source)


def _start_afresh(context: ForkContext) -> None:
    """Renews the state that siblings must not share."""
    os.environ["SNAKEPIT_WORKER"] = context.worker
    orderly_end.forget_inherited()
    _tell_gevent()
    context.seeds.plant()
    descriptors.part(context.files)


def _tell_gevent() -> None:
    """Has gevent make its event loop anew, which its own fork would have done."""
    reinit = getattr(sys.modules.get("gevent"), "reinit", None)
    if reinit is not None:
        reinit()
