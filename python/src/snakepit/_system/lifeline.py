"""The kernel-only ties between a process and its parent.

A process that depends on a Python handler for its own end survives its host whenever it holds the
GIL in C code or is stopped. The two ties made here need no code of ours to run in the dying
process: the kernel itself sends SIGKILL, which can be neither caught, blocked nor held up by a
stop.

For the tests that prove each tie alone, the environment variable ``SNAKEPIT_TEST_LIFELINES`` names
the ties that stay tied, separated by commas. Unset, as in any real use, all are; empty, none.

================  ==================================================================
``keeper``        the keeper kills all below it when the host's pipe or socket ends
``guard``         the keeper's parent does so when the keeper can't
``death-signal``  :func:`set_parent_death_signal`
``pipe``          :func:`arm_pipe`
``connection``    the end of a worker's control connection
``parent``        a worker's parent has another pid than the one that made it
``silence``       a worker has heard nothing from the host for too long
================  ==================================================================

The last three are looked after by the worker's control thread (:mod:`snakepit._worker.control`),
which needs the GIL: they serve where the kernel's ties do not, and where the host hangs instead of
ending.
"""

from __future__ import annotations

import ctypes
import fcntl
import sys

from snakepit._system.pristine import os, signal
from snakepit._system.sockets import select

LINUX = sys.platform == "linux"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_F_SETSIG = 10

# Looked up once: a forked worker finds it ready.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if LINUX else None


def tied(name: str) -> bool:
    """Tells whether the lifeline of that name is in force: always, save where a test cuts it."""
    kept = os.environ.get("SNAKEPIT_TEST_LIFELINES")
    return kept is None or name in kept.split(",")


def become_subreaper() -> None:
    """Makes every descendant that loses its parent a child of this process, whatever its session.

    Survives ``exec``, is not inherited by children. Without it (macOS) orphans go to process 1.
    """
    _call_prctl(_PR_SET_CHILD_SUBREAPER, 1)


def set_parent_death_signal(expected_parent: int) -> None:
    """Has the kernel kill this process with SIGKILL when its parent ends, for whatever reason.

    Works with the GIL held in C and with the process stopped. Survives ``exec``. Does *not* survive
    the ``exec`` of a set-user-id program, is not inherited by children (a worker's own children are
    reached by the group, not by this), and fires when the parent's *thread* ends that forked: so
    only single-threaded parents (keeper, fork server) may be relied on. A parent that ended before
    the signal was set has gone unnoticed by the kernel, which is why its pid is looked at
    afterwards: if it is not ``expected_parent`` any more, this process ends itself here and now.

    Does nothing outside Linux.
    """
    if not LINUX or not tied("death-signal"):
        return
    _call_prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected_parent:
        os.kill(os.getpid(), signal.SIGKILL)


def stop_with_parent(expected_parent: int) -> bool:
    """Has the kernel ask this process to end, by SIGTERM, when its parent ends.

    For the keeper, which then kills all below it: SIGKILL would leave that to nobody. Returns
    whether the parent is still there. 0 stands for a parent that is not waited for.
    """
    if not LINUX or not expected_parent:
        return True
    _call_prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == expected_parent


def arm_pipe(fd: int) -> int:
    """Has the kernel kill this whole process group when the last write end of a pipe is closed.

    ``fd`` is the read end; a reopened one is returned, which must stay open, and ``fd`` is left as
    it is. From here on anything *written* to the pipe kills as well. The pipe is reopened since
    owner and signal belong to the open file description, which forked siblings share: each needs
    its own.

    Works with the GIL held in C, with the process stopped, and whatever it does with its signals,
    within milliseconds, and takes along all children in the group. Does *not* reach a child that
    made a session or group of its own, and ends with ``exec``, which closes the descriptor (the
    keeper sees to both). Needs ``/proc``; does nothing outside Linux.
    """
    if not LINUX or not tied("pipe"):
        return fd
    own = _reopen(fd)
    _signal_at_end(own, -os.getpgrp(), signal.SIGKILL)
    if _writer_is_gone(own):  # it went before the kernel was asked to tell
        os.killpg(os.getpgrp(), signal.SIGKILL)
    return own


def wake_at_end(fd: int) -> str:
    """Has the kernel continue this process, if it is stopped, when a pipe's last writer is gone.

    For keeper and guard, which kill all below them when that pipe ends: stopped, they could not.
    ``fd`` is the read end, left as it is; a reopened one stays open as long as the process. Returns
    why it can't be done, or an empty string. Does nothing outside Linux.
    """
    if not LINUX:
        return ""
    try:
        _signal_at_end(_reopen(fd), os.getpid(), signal.SIGCONT)
    except OSError as error:
        return f"the pipe of the host can't be reopened: {error.strerror}"
    return ""


def adopt_parent_pipe(fd: int = 0) -> None:
    """Turns the pipe on standard input into a lifeline, once its one line has been read from it.

    For a worker that the keeper has spawned: the keeper alone holds the write end. The pipe moves
    away from ``fd``, where ``/dev/null`` takes its place, so that neither a tool that reads
    standard input nor a subprocess that inherits it can disturb the lifeline. Then the parent-death
    signal and the pipe are both armed (see :func:`set_parent_death_signal` and :func:`arm_pipe` for
    what each survives). The pipe's end is looked at last: a keeper that ended at any moment before
    is noticed.

    Outside Linux the pipe is moved and kept open, and nothing is armed.
    """
    parent = os.getppid()
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, fd)
    os.close(null)
    set_parent_death_signal(parent)
    if arm_pipe(moved) != moved:
        os.close(moved)


def _reopen(fd: int) -> int:
    """Returns the read end of the same pipe, with an open file description of its own."""
    return os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)


def _signal_at_end(fd: int, owner: int, number: int) -> None:
    """Sends a signal when a pipe ends: to the process ``owner``, or to the group ``-owner``."""
    fcntl.fcntl(fd, fcntl.F_SETOWN, owner)
    fcntl.fcntl(fd, _F_SETSIG, number)
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)


def _writer_is_gone(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, 0)  # a hang-up is reported unasked, data is not
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def _call_prctl(option: int, value: int) -> None:
    if _prctl is None:
        return
    if _prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl({option}): {os.strerror(error)}")
