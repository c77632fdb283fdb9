"""Room for what is large: whether this process may hold it, before the kernel ends the process.

Only a worker whose memory a cgroup bounds has to ask. Elsewhere an allocation fails by itself, and
each function here is as good as nothing.
"""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable
from typing import TypeVar

from snakepit._system import reserve
from snakepit._system.cgroup_memory import CgroupMemory
from snakepit._system.pristine import os
from snakepit._system.threads import threading

_T = TypeVar("_T")
_A = TypeVar("_A")

LARGE_BYTES = 1 << 20
"""Bytes up to which nobody asks."""

_MOST_PER_BYTE = 64
"""Bytes of memory that one byte of a text may turn into: `{},` becomes a dict."""

_PAGE_BYTES = resource.getpagesize()

_group: CgroupMemory | None = None
_own = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
_capped: set[int] = set()


def bound_by(directory: str) -> None:
    """Has what the cgroup in that directory leaves looked at from now on; empty: no more.

    A group whose files can't be read is as good as none: then the kernel's kill is all there is.
    """
    global _group, _own  # noqa: PLW0603 - one per process, as the group is
    before, _group = _group, None
    if before is not None:
        before.close()
    if directory:
        _own = resource.getrlimit(resource.RLIMIT_DATA)
        with contextlib.suppress(OSError):
            _group = CgroupMemory(directory)


def limit() -> int:
    """Returns the bytes that this process, or its group, may take in all; 0: no limit."""
    return _group.limit() if _group is not None else reserve.limit()


def require(size: int) -> None:
    """Raises MemoryError if so many more bytes would have the kernel end this process."""
    if size > LARGE_BYTES and _group is not None and _group.left(size) < size:
        raise MemoryError


def within(size: int, make: Callable[[_A], _T], argument: _A) -> _T:
    """Calls `make`, such that it fails with MemoryError where what it makes goes beyond the room.

    `size` are the bytes of the text that values are made of: how much they take can't be told
    before. So meanwhile this process has a limit of its own, if the most that they may take is more
    than is left. Other threads' allocations fail as well then, instead of having the kernel end
    them all; what they start just then inherits the limit.
    """
    most = size * _MOST_PER_BYTE
    left = most if _group is None or size <= LARGE_BYTES else _group.left(most)
    if left >= most:
        return make(argument)
    soft, hard = _own
    cap = _data_bytes() + left
    cap = cap if soft == resource.RLIM_INFINITY else min(cap, soft)
    thread = threading.get_ident()
    # A call may be interrupted here, once: after any call into C, but at no other place. So the
    # limit is set within the block that takes it off, and there are no functions of ours.
    try:
        _capped.add(thread)
        resource.setrlimit(resource.RLIMIT_DATA, (cap, hard))
        return make(argument)
    finally:
        try:
            _capped.discard(thread)
        finally:
            if not _capped:
                resource.setrlimit(resource.RLIMIT_DATA, _own)


def _data_bytes() -> int:
    """Returns the bytes that RLIMIT_DATA counts of this process, and its stack."""
    fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return int(os.read(fd, 256).split()[5]) * _PAGE_BYTES
    finally:
        os.close(fd)
