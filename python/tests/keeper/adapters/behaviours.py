"""Behaviours of a worker, one function each; the token of a start order names it."""

import ctypes
import gc
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from snakepit._system import signals

SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]


def say(word: str, *numbers: int) -> None:
    print(word, *numbers, flush=True)


def idle(boot: Any) -> None:
    say("ready")
    threading.Event().wait()


def leave(boot: Any) -> int:
    say("ready")
    return 3


def raise_error(boot: Any) -> None:
    raise ValueError("out of order")


def crash(boot: Any) -> None:
    print("last words, no line end", end="", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def deaf(boot: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    idle(boot)


def heed(boot: Any) -> None:
    signal.signal(signals.CANCEL, lambda *_: os._exit(7))
    idle(boot)


def hold_gil(boot: Any) -> None:
    say("ready")
    ctypes.PyDLL(None).sleep(600)


def stop_self(boot: Any) -> None:
    say("ready")
    os.kill(os.getpid(), signal.SIGSTOP)


def child_in_group(boot: Any) -> None:
    child = subprocess.Popen(SLEEP)
    say("child", child.pid)
    idle(boot)


def child_that_listens(boot: Any) -> None:
    """A child in its group tells of SIGTERM, while the worker itself lives on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    if os.fork() == 0:
        signal.sigwait([signal.SIGTERM])
        say("child: SIGTERM")
        os._exit(0)
    idle(boot)


def _detach(environ: dict[str, str] | None = None) -> int:
    """A daemon by the book: forked twice, session of its own, orphaned. Returns its pid."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, str(os.getpid()).encode())
            os.execve(SLEEP[0], SLEEP, os.environ if environ is None else environ)
        os._exit(0)
    os.wait()
    os.close(write)
    pid = int(os.read(read, 20))
    os.read(read, 1)  # ends with its exec: from then on it shows its environment
    os.close(read)
    return pid


def daemon(boot: Any) -> None:
    say("child", _detach())
    idle(boot)


def nameless_daemon(boot: Any) -> None:
    """A daemon with an empty environment: nothing but its parents says whose it is."""
    say("child", _detach({}))
    idle(boot)


def daemon_then_leave(boot: Any) -> int:
    say("child", _detach())
    return 0


def child_then_leave(boot: Any) -> int:
    say("child", subprocess.Popen(SLEEP).pid)
    return 0


def detached_child(boot: Any) -> None:
    """A child in a session of its own that never execs: known by its parent alone."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(write)
        signal.pause()
        os._exit(0)
    os.close(write)
    os.read(read, 1)  # ends when the child has left
    say("child", pid)
    idle(boot)


def orphans(boot: Any) -> None:
    """Twenty grandchildren that end at once, orphaned."""
    for _ in range(20):
        if os.fork() == 0:
            os.fork()
            os._exit(0)
        os.wait()
    idle(boot)


def talk_from_beyond(boot: Any) -> int:
    """Leaves something alive that nothing connects with this worker but its pipes."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            environ = {k: v for k, v in os.environ.items() if k != "SNAKEPIT_WORKER"}
            code = "import signal\nfor n in range(10**9):\n print(n, flush=True)\n signal.pause()"
            os.execve(sys.executable, [sys.executable, "-c", code], environ)
        os._exit(0)
    os.wait()
    os.close(write)
    os.read(read, 1)  # ends with its exec: until then it bears this worker's mark
    os.close(read)
    return 0


def flood(boot: Any) -> None:
    """Prints 8,000,000 bytes in short lines."""
    line = "x" * 79
    for _ in range(100_000):
        print(line)


def flood_and_stay(boot: Any) -> None:
    flood(boot)
    threading.Event().wait()


def flood_forever(boot: Any) -> None:
    while True:
        print("y" * 199)


def odd_lines(boot: Any) -> int:
    out = sys.stdout.buffer
    out.write(b"z" * 40_000 + b"\n" + b"\xff\xfe caf\xc3\xa9\r\n" + b"\n" + b"end without end")
    out.flush()
    return 0


def descriptors(boot: Any) -> int:
    links = list(Path("/proc/self/fd").iterdir())
    print("\n".join(str(link.readlink()) for link in links if link.is_symlink()))
    return 0


def surroundings(boot: Any) -> int:
    import json

    print("stdin", repr(sys.stdin.read()))
    print("session", os.getsid(0) == os.getpid() == os.getpgrp())
    print("worker", os.environ["SNAKEPIT_WORKER"], boot.worker)
    print("json", json.__file__)
    print("path", json.dumps(sys.path))
    print("signals", signal.getsignal(signal.SIGCHLD), signal.pthread_sigmask(0, []))
    print("sigint", signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    print("argv", sys.argv)
    print("frozen", gc.get_freeze_count() > 1000)  # Python 3.12 itself freezes some hundred
    print("boot", boot.pool, boot.socket, boot.adapter, boot.on_unserializable)
    return 0


def chance(boot: Any) -> int:
    print("random", random.random())
    return 0
