"""The orderly end of a process that ends by `os._exit`: what an interpreter's own end would run.

An interpreter's own end is not for us: it waits for threads, for ever if need be, and takes apart
what native libraries may not survive. So handlers registered with `atexit` run here, and with them
`logging.shutdown`, temporary directories (`weakref.finalize`), what `multiprocessing` has to tidy
up, and executors; other threads are left where they are.

What an import has registered in a fork server is for that one's own end. Its workers forget it:
a directory would vanish under their siblings.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import traceback
from typing import Any

from snakepit._system import standard_streams


def run() -> None:
    """Runs the handlers, the last one registered first. What they raise goes to standard error."""
    for handler in reversed(_of_threads()):
        try:
            handler()
        except BaseException:  # noqa: BLE001, PERF203 - foreign code
            standard_streams.complain(traceback.format_exc().rstrip())
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way, and it is as old as Python 2
    standard_streams.flush()


def flush_logs() -> None:
    """Has the log handlers there are write what they hold: else each fork would write it again."""
    for reference in getattr(sys.modules.get("logging"), "_handlerList", ()):
        handler = reference()
        if handler is not None:
            with contextlib.suppress(Exception):  # foreign code
                handler.flush()


def forget_inherited() -> None:
    """Drops all handlers, in a child that has just been forked; what it registers itself will run.

    The standard library registers some once, when it is first used: these stay.
    """
    atexit._clear()  # noqa: SLF001 - as above
    logging = sys.modules.get("logging")
    if logging is not None:
        atexit.register(logging.shutdown)
    _forget_finalizers()
    _forget_processes()
    for name, table in (("thread", "_threads_queues"), ("process", "_threads_wakeups")):
        executors = getattr(sys.modules.get(f"concurrent.futures.{name}"), table, None)
        if executors is not None:
            executors.clear()


def _of_threads() -> list[Any]:
    """Returns what is to run before other threads are waited for: executors' own ends."""
    return list(getattr(sys.modules.get("threading"), "_threading_atexits", ()))


def _forget_finalizers() -> None:
    finalize: Any = getattr(sys.modules.get("weakref"), "finalize", None)
    for info in list(getattr(finalize, "_registry", {}).values()):
        info.atexit = False
    if getattr(finalize, "_registered_with_atexit", False):
        finalize._registered_with_atexit = False  # noqa: SLF001 - so that the next one registers


def _forget_processes() -> None:
    util: Any = sys.modules.get("multiprocessing.util")
    if util is None:
        return
    util._finalizer_registry.clear()  # noqa: SLF001 - as multiprocessing does in its own children
    process: Any = sys.modules["multiprocessing.process"]
    process._children.clear()  # noqa: SLF001 - siblings' by now: a daemon would be terminated
    atexit.register(util._exit_function)  # noqa: SLF001 - registered at its import alone
