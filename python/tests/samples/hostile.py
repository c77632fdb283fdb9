"""Tools that misbehave: they resist their end, crash, flood their host, or answer nonsense.

The one hostile adapter of the chaos scripts, the Java tests and the Python tests, which say what
must hold all the same. A few tools behave, to show whether a worker is still of use. None bears the
name of a tool of `snakepit.adapters.showcase`, since tests offer both at once.

Those that take `sign` make that file when they are in place; it holds the pid of who is.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from snakepit import Context, tool
from snakepit._worker import messages  # not the generated ones, which need protobuf

FOREVER_S = 1_000_000
BLOB = b"x" * 65536

# Tools that behave


@tool
def ok() -> bool:
    """Answers that all is well."""
    return True


@tool
def reply(**kwargs: Any) -> dict[str, Any]:
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
def spin(seconds: float) -> int:
    """Computes in pure Python for that long and answers how many rounds it made."""
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end:
        rounds += 1
    return rounds


@tool
def allocate(size: int) -> int:
    """Takes so many bytes for a moment and answers how many it got."""
    return len(bytes(size))


@tool
def cpus() -> list[int]:
    """Answers the CPUs that the worker may run on."""
    return sorted(os.sched_getaffinity(0))


@tool
def env(name: str) -> str | None:
    """Answers a variable of the worker's environment."""
    return os.environ.get(name)


@tool
def on_main_thread() -> bool:
    """Answers whether the interpreter's main thread runs this."""
    return threading.current_thread() is threading.main_thread()


@tool
def ask(ctx: Context, name: str, key: str) -> Any:
    """Calls a tool of the host's and answers its result."""
    return ctx.call_host(name, {"key": key})


@tool
def mark(path: str) -> None:
    """Appends a line to a file, so that its lines count the calls."""
    with Path(path).open("a") as file:
        file.write("ran\n")


@tool
def say(text: str, error: bool = False) -> None:
    """Prints, to standard output or standard error."""
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


# Tools that resist their end


@tool
def hold_gil(sign: str) -> None:
    """Sleeps in C without giving the interpreter back: no Python code runs here any more."""
    Path(sign).write_text(str(os.getpid()))
    while True:  # a signal, such as that for the stacks, ends a sleep
        ctypes.PyDLL(None).sleep(FOREVER_S)


@tool
def hang_in_c(seconds: int) -> int:
    """Holds the interpreter in C code that no signal ends: it waits for a lock of its own."""
    lock = ctypes.create_string_buffer(max(seconds, 64))  # zeros: one that is free
    ctypes.PyDLL(None).pthread_mutex_lock(lock)
    return int(ctypes.PyDLL(None).pthread_mutex_lock(lock))


@tool
def compute_in_c(seconds: float) -> float:
    """Computes in C for that long: no Python code runs here meanwhile, nor any signal's handler."""
    end = time.monotonic() + seconds
    any(map(end.__lt__, iter(time.monotonic, None)))
    return seconds


@tool
def compute_behind(seconds: float) -> bool:
    """Returns, and computes in C soon after, on a thread of its own: nobody waits for it."""
    threading.Timer(0.3, compute_in_c, (seconds,)).start()
    return True


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
def grandchild(sign: str = "/dev/null") -> None:
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


@tool
def nameless_grandchild(sign: str) -> None:
    """As grandchild, with an empty environment: nothing but its parents tells whose it is."""
    program = (
        "import os, pathlib, signal, sys\n"
        "if os.fork(): os._exit(0)\n"
        "os.setsid()\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        f"os.execve('/bin/sleep', ['sleep', '{FOREVER_S}'], {{}})\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", program, sign], check=True)


# Tools that crash, and one that answers what can't be sent


@tool
def exit_now(status: int) -> None:
    """Ends the process at once, with that status and a last line."""
    print("last words", file=sys.stderr, flush=True)
    os._exit(status)


@tool
def kill_self(number: int = 9) -> None:
    """Sends that signal to its own process."""
    os.kill(os.getpid(), number)


@tool
def bad_result(kind: str) -> Any:
    """Answers what JSON can't express."""
    return {"set": {1}, "nan": float("nan"), "deep": [object()]}[kind]


# Tools that have got hold of the worker's connections, and flood them


def _flood(owner: str, frame: bytes, body: bytes = b"") -> None:
    """Writes a frame again and again to the connection of the worker's object of that class."""
    link = next(each for each in gc.get_objects() if type(each).__name__ == owner)._link
    while True:
        link.write(frame, body)


def _flood_work(frame: bytes, body: bytes = b"") -> Callable[[], None]:
    return lambda: _flood("ProcessLoop", frame, body)


FLOODS = {
    "results": _flood_work(messages.result(999), BLOB),
    "failures": _flood_work(messages.failure(999, code="", message=""), BLOB),
    "chunks": _flood_work(messages.chunk(999, ""), BLOB),
    "own-chunks": _flood_work(messages.chunk(1, ""), BLOB),
    "blocked": _flood_work(messages.blocked(1, 9)),
    "credit": _flood_work(messages.credit(1, 9)),
    "pongs": lambda: _flood("Control", messages.pong(1, 0)),
    "host-calls": _flood_work(messages.host_call(1, "never", ""), b"{}"),
}


@tool
def attack(kind: str) -> Iterator[int]:
    """Floods the host with frames of one kind, until it is cut off."""
    try:
        FLOODS[kind]()
    except OSError:
        time.sleep(600)  # cut off: the end is the host's to make
    yield 1


@tool
def overrun() -> Iterator[str]:
    """Yields a few chunks within its credit, then sends as many as it likes."""
    for _ in range(3):
        yield "y" * 1000
    _flood_work(messages.chunk(1, ""), BLOB)()


@tool
def shout(seconds: float) -> int:
    """Prints one endless line as fast as it can for that long; answers in how many pieces."""
    end = time.monotonic() + seconds
    pieces = 0
    while time.monotonic() < end:
        sys.stdout.write("noise " * 200)
        pieces += 1
    sys.stdout.flush()
    return pieces
