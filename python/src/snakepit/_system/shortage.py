"""The limits of the system that are reached, in words: which one it is, and where to raise it."""

from __future__ import annotations

import errno
import resource  # now: who may open no file any more can import nothing either
import sys

_NOFILE = "RLIMIT_NOFILE"
_NPROC = "RLIMIT_NPROC"


def explain(error: BaseException, who: str = "") -> str:
    """Returns an error's message, with the limit that is the reason if one is.

    ``who`` is the process that met it, as in "the keeper"; empty: this one.
    """
    text = str(error)
    number = _number(error)
    if number == errno.EMFILE:
        most = f"{who or 'this process'} may open no more than {_limit(_NOFILE)} files"
        return f"{text}: {most} ({_NOFILE}; raise it with ulimit -n)"
    if number == errno.ENFILE:
        return f"{text}: the machine has no more open files (sysctl fs.file-max)"
    if number == errno.EAGAIN:
        most = f"this user may have {_limit(_NPROC)} processes and threads"
        return f"{text}: {most} ({_NPROC}; raise it with ulimit -u), or pids.max is reached"
    if number == errno.ENOMEM:
        return f"{text}: the machine, or the cgroup, has no more memory"
    return text


def is_one(error: BaseException) -> bool:
    """Tells whether an error says that the system has run out of something."""
    return _number(error) in (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno
    # A thread that can't be started is told in another way.
    return errno.EAGAIN if "can't start new thread" in str(error) else None


def _limit(name: str) -> str:
    soft = resource.getrlimit(getattr(resource, name))[0]
    return "as many as it likes" if soft in (resource.RLIM_INFINITY, sys.maxsize) else str(soft)
