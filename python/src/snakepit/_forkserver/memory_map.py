"""The memory map of this process: which file each address belongs to, and what is shared."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from snakepit._system.pristine import open_file

# No file of ours is there.
_NOWHERE = ("/dev/shm/", "/dev/zero", "/memfd:")  # noqa: S108
_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)")


class Region(NamedTuple):
    """A row of addresses that are mapped in the same way; ``path`` is empty for plain memory."""

    start: int
    end: int
    permissions: str
    path: str

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def is_shared_memory(self) -> bool:
        """Tells whether forked processes would write to it together, but fresh ones would not.

        A mapped file is the same for both.
        """
        return self.permissions[1] == "w" and self.permissions[3] == "s" and self._is_nowhere

    @property
    def _is_nowhere(self) -> bool:
        return not self.path or self.path.startswith(_NOWHERE)


class MemoryMap:
    """The regions of a process, by address."""

    def __init__(self, regions: list[Region]) -> None:
        self.regions = regions
        self._starts = [region.start for region in regions]

    @staticmethod
    def parse(text: str) -> MemoryMap:
        """Reads what ``/proc/PID/maps`` holds."""
        found = (_LINE.fullmatch(line) for line in text.splitlines())
        return MemoryMap(
            [
                Region(int(each[1], 16), int(each[2], 16), each[3], each[4])
                for each in found
                if each is not None
            ]
        )

    def find(self, address: int) -> Region | None:
        """Returns the region that holds an address."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address >= self.regions[index].end:
            return None
        return self.regions[index]

    def code(self, address: int) -> Region | None:
        """Returns the region that holds an address, if it is a file's code."""
        region = self.find(address)
        return region if region and "x" in region.permissions and region.path else None


def read() -> MemoryMap:
    """Reads the map of this process. Raises OSError where the system does not tell."""
    with open_file("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        return MemoryMap.parse(file.read())
