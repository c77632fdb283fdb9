"""The memory that a worker's cgroup (v2) leaves it, asked before much is taken.

Beyond RLIMIT_DATA an allocation fails, and the worker answers that. Beyond a cgroup's limit none
fails: the kernel ends the worker. So what is large is compared first with what is left.

What the group holds is counted by the kernel, files' pages and caches included. Those are given
back under pressure, so that they count as left; they are looked up only where the rest is too
little, since that costs the kernel more.
"""

from __future__ import annotations

from snakepit._system.pristine import os

RESERVE_BYTES = 4 << 20
"""Bytes that are never given out: what the worker goes on with, and the kernel's own for it."""

_MOST_BYTES = 1 << 14
"""Bytes of the longest of the kernel's files: memory.stat has some 60 short lines."""

_GIVEN_BACK = frozenset({b"inactive_file", b"active_file", b"slab_reclaimable"})


class CgroupMemory:
    """The memory of one cgroup. Keeps the kernel's files open; from any thread."""

    def __init__(self, directory: str) -> None:
        """Opens the files of a directory of cgroupfs.

        :raises OSError: it is none, or its memory is not counted.
        """
        self._files: dict[str, int] = {}
        try:
            for name in ("memory.max", "memory.current", "memory.stat"):
                flags = os.O_RDONLY | os.O_CLOEXEC
                self._files[name] = os.open(f"{directory}/{name}", flags)
        except OSError:
            self.close()
            raise

    def limit(self) -> int:
        """Returns the bytes that all in the group may take; 0: no limit, or none that is known."""
        try:
            return int(self._read("memory.max"))
        except (OSError, ValueError):  # the word "max"
            return 0

    def left(self, wanted: int) -> int:
        """Returns the bytes that may still be taken, at least where they are fewer than `wanted`.

        More than that need not be exact. Never less than 0; without a limit it is `wanted`.
        """
        limit = self.limit()
        if not limit:
            return wanted
        try:
            used = int(self._read("memory.current"))
            if limit - RESERVE_BYTES - used < wanted:
                used -= min(used, self._given_back())
        except (OSError, ValueError):
            return wanted
        return max(0, limit - RESERVE_BYTES - used)

    def close(self) -> None:
        """Closes the files."""
        for fd in self._files.values():
            os.close(fd)
        self._files.clear()

    def _given_back(self) -> int:
        total = 0
        for line in self._read("memory.stat").splitlines():
            name, _, count = line.partition(b" ")
            if name in _GIVEN_BACK:
                total += int(count)
        return total

    def _read(self, name: str) -> bytes:
        return os.pread(self._files[name], _MOST_BYTES, 0)
