"""What libraries do to a process on import, by hand: the variable `PATCHES` of ours says which.

The tools know the originals, as those of such a library would.
"""

from __future__ import annotations

import _thread
import builtins
import faulthandler
import gc
import json
import locale
import multiprocessing
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any, NoReturn

from snakepit import Context, tool

__snakepit_thread_safe__ = True

_nap = time.sleep
FOREVER_S = 1_000_000


def forbidden(*_args: object, **_kwargs: object) -> NoReturn:
    raise AssertionError("a patched function was called")


def replace(module: Any, names: str, by: object = forbidden) -> None:
    for name in names.split():
        setattr(module, name, by)


def functions() -> None:
    """Replaces functions, as gevent, eventlet, freezegun, PySocks and simplejson do."""
    replace(os, "read write open close pipe fork waitpid waitid kill killpg getppid setsid dup2")
    replace(os, "set_blocking pread _exit set_inheritable")
    replace(time, "time monotonic perf_counter", lambda: 1.0)
    replace(time, "sleep")
    replace(json, "loads dumps")
    del select.poll
    replace(select, "select")
    replace(signal, "signal set_wakeup_fd pthread_sigmask pthread_kill")
    replace(socket, "socket socketpair")
    replace(threading, "Thread Event Condition main_thread get_ident")
    replace(_thread, "start_new_thread")
    replace(builtins, "open print")


def defaults() -> None:
    """Changes what holds for a whole process."""
    socket.setdefaulttimeout(0.2)
    warnings.simplefilter("error")
    sys.setrecursionlimit(60)
    locale.setlocale(locale.LC_ALL, "C")
    gc.disable()
    place = tempfile.mkdtemp(dir=Path.cwd())
    os.chdir(place)
    for name in ("ssl", "concurrent", "subprocess", "runpy"):
        Path(place, f"{name}.py").touch(mode=0o600)
    sys.path.insert(0, place)
    os.umask(0o777)
    os.environ.clear()
    faulthandler.disable()
    multiprocessing.set_start_method("spawn", force=True)


def streams() -> None:
    """Takes the standard streams away."""
    sys.stdout.close()
    sys.stderr = None


def handlers() -> None:
    """Takes all signals, those that are reserved included, and traces every line."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if number < signal.SIGRTMIN or number > signal.SIGRTMIN + 1:
            signal.signal(number, signal.SIG_IGN)
    trace: Any = lambda *_: trace  # noqa: E731 - calls itself
    sys.settrace(trace)


for _name in os.environ["PATCHES"].split():
    globals()[_name]()


@tool
def ok(n: float = 1.5) -> float:
    return n


@tool
def nap() -> None:
    while True:
        _nap(FOREVER_S)


@tool
def doze() -> None:
    """Naps as `nap` does, in Python between two: there it can be interrupted on any thread."""
    while True:
        _nap(0.005)


@tool
def ask(ctx: Context) -> Any:
    return ctx.call_host("lookup", {"n": 1})


@tool
async def waiting() -> float:
    return 2.5
