"""The memory that this process holds, read often and cheaply."""

from __future__ import annotations

import resource
import sys

from snakepit._system.pristine import os

_PAGE_BYTES = resource.getpagesize()


class Meter:
    """A meter of the resident set of the process that made it. Keeps the kernel's file open."""

    def __init__(self) -> None:
        self._fd = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else -1

    def resident_bytes(self) -> int:
        """Returns the resident bytes; where the kernel tells no such thing, the most ever."""
        if self._fd < 0:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(os.pread(self._fd, 128, 0).split(b" ", 2)[1]) * _PAGE_BYTES

    def close(self) -> None:
        """Closes the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
