"""The system's limits, when they are reached: a message names the limit, and a stop works."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_host import DEADLINE, SOURCES
from keeper.running_keeper import RunningKeeper, is_gone

from snakepit._system import shortage


@contextmanager
def no_more_files(pid: int) -> Iterator[int]:
    """Lets a process open nothing more, as long as the block runs; yields its limit."""
    taken = {int(fd.name) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    first_free = next(number for number in range(1 << 20) if number not in taken)
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (first_free, limits[1]))
    try:
        yield first_free
    finally:
        if Path(f"/proc/{pid}/stat").exists():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


def test_a_keeper_without_files_says_so_and_goes_on(keeper: RunningKeeper, method: str) -> None:
    """Red without `explain` where a start fails."""
    keeper.configure(method)
    keeper.start("w-1")
    with no_more_files(keeper.pid) as most:
        keeper.send("start", worker="w-2", token="idle")
        message = keeper.event("startFailed", worker="w-2")["message"]
    assert f"the keeper may open no more than {most} files (RLIMIT_NOFILE" in message
    keeper.start("w-3")


def test_keeper_and_guard_without_files_stop(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    for behaviour in ("hold_gil", "daemon", "detached_child"):
        keeper.start(behaviour, behaviour)
    keeper.family()
    with no_more_files(keeper.pid), no_more_files(keeper.process.pid):
        keeper.send("stop")
        keeper.assert_all_gone()


def test_a_guard_without_files_kills_all_the_same(keeper: RunningKeeper) -> None:
    """Red where the guard closes nothing before it looks into /proc, which takes descriptors."""
    keeper.configure("forkserver")
    keeper.start("daemon", "daemon")
    keeper.family()
    with no_more_files(keeper.process.pid):
        keeper.kill()
        keeper.assert_all_gone()


def test_a_fork_server_without_files_says_so_and_goes_on(keeper: RunningKeeper) -> None:
    """Red where the channel does not see that descriptors are lost (MSG_CTRUNC)."""
    keeper.configure("forkserver")
    keeper.start("w-1")
    server = keeper.fork_server()
    with no_more_files(server[0]) as most:
        keeper.send("start", worker="w-2", token="idle")
        message = keeper.event("startFailed", worker="w-2")["message"]
    assert f"the fork server may open no more than {most} files (RLIMIT_NOFILE" in message
    keeper.start("w-3")
    assert not is_gone(server, [keeper.pid]), "its workers live on"


def test_the_limit_is_named() -> None:
    def said(number: int) -> str:
        return shortage.explain(OSError(number, os.strerror(number)), "the keeper")

    assert "Too many open files: the keeper may open no more than" in said(errno.EMFILE)
    assert "fs.file-max" in said(errno.ENFILE)
    assert "RLIMIT_NPROC" in said(errno.EAGAIN)
    assert "no more memory" in said(errno.ENOMEM)
    assert said(errno.ENOENT) == "[Errno 2] No such file or directory"
    assert "RLIMIT_NPROC" in shortage.explain(RuntimeError("can't start new thread"))
    assert not shortage.is_one(RuntimeError("another"))


def test_a_keeper_that_can_not_be_forked_says_so_in_a_sentence() -> None:
    code = f"""
import os, sys
sys.path.append({str(SOURCES)!r})
from snakepit._keeper.guard import guarded
def no_fork():
    raise OSError(11, "Resource temporarily unavailable")
os.fork = no_fork
sys.exit(guarded(lambda guard: 0))
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("the keeper can't be forked: [Errno 11]")
    assert "RLIMIT_NPROC" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may have as many processes as it likes")
def test_a_keeper_without_processes_says_so(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-1")
    victim = keeper.fork_server()[0] if method == "forkserver" else keeper.pid
    limits = resource.prlimit(victim, resource.RLIMIT_NPROC)
    resource.prlimit(victim, resource.RLIMIT_NPROC, (1, limits[1]))
    keeper.send("start", worker="w-2", token="idle")
    assert "RLIMIT_NPROC" in keeper.event("startFailed", worker="w-2")["message"]
    keeper.send("stop")
    keeper.assert_all_gone()
