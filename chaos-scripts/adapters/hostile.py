"""Tools that resist their end, each in its own way, and a few that behave.

Those that take ``sign`` make that file when they are in place; it holds the pid of who is.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from snakepit import tool

FOREVER_S = 1_000_000


@tool
def echo(**kwargs: Any) -> dict[str, Any]:
    """Answers the arguments it got."""
    return kwargs


@tool
def pid() -> int:
    """Answers the worker's pid."""
    return os.getpid()


@tool
def nap(seconds: float) -> float:
    """Waits and answers how long."""
    time.sleep(seconds)
    return seconds


@tool
def compute(seconds: float) -> int:
    """Computes in pure Python for that long and answers how many rounds it made."""
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end:
        rounds += 1
    return rounds


@tool
def hold_gil(sign: str) -> None:
    """Sleeps in C without giving the interpreter back: no Python code runs here any more."""
    Path(sign).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(FOREVER_S)


@tool
def stop_itself(sign: str) -> None:
    """Stops the whole process."""
    Path(sign).write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGSTOP)


@tool
def ignore_sigterm(sign: str) -> None:
    """Neither ends by SIGTERM nor returns."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(sign).write_text(str(os.getpid()))
    time.sleep(FOREVER_S)


@tool
def loop(sign: str) -> None:
    """Computes forever, in Python."""
    Path(sign).write_text(str(os.getpid()))
    while True:
        pass


@tool
def child(sign: str) -> None:
    """Leaves a child that sleeps."""
    subprocess.Popen(["/bin/sleep", str(FOREVER_S)])
    Path(sign).write_text(str(os.getpid()))


@tool
def grandchild(sign: str) -> None:
    """Leaves a grandchild in a session of its own, whose parent has ended; it ignores SIGTERM."""
    program = (
        "import os, pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if os.fork(): os._exit(0)\n"
        "os.setsid()\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        f"time.sleep({FOREVER_S})\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", program, sign], check=True)
