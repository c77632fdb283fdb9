"""Workers' standard output and error: bytes from pipes, lines to the host, within limits.

Every byte that a worker prints is either sent or counted as dropped, and no worker's flood takes
more memory than one line: a line is cut at 16 KiB, and what exceeds 1 MiB/s per worker, or comes
while the host does not read, is dropped and counted.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque

from snakepit._keeper.lines import Line, LineSplitter, RateLimit
from snakepit._keeper.stacks import StackCutter

TYPE_CHECKING = False  # the module typing takes longer to import than this whole file
if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LINGERING = 64
"""Pipes kept open after their worker has ended, because something else holds their other end."""

_READ_SIZE = 65536
_TAIL_LINES = 40
_TAIL_CHARACTERS = 400
_LAST_WORDS = 2 << 20
"""Bytes read from a pipe when its worker has ended: more than any pipe's buffer holds."""


class Stream:
    """The read end of one pipe, and whose output it carries."""

    __slots__ = ("cutter", "dropped", "fd", "name", "owner", "splitter", "worker")

    def __init__(self, fd: int, owner: str, worker: str, name: str, splitter: LineSplitter) -> None:
        self.fd = fd
        self.owner = owner
        self.worker = worker
        self.name = name
        self.splitter = splitter
        self.cutter = StackCutter()
        self.dropped = 0
        """Bytes left out before a line that was cut, to be told with the next one."""

    def cut(self, lines: list[Line], *, ended: bool = False) -> list[Line]:
        """Returns those lines without the frames of stacks that are ours."""
        if self.name != "stderr":
            return lines
        kept: list[Line] = []
        for line in lines:
            self.dropped += line.dropped
            marks = not line.text and line.dropped > 0  # no line at all: it only tells a number
            self._keep(self.cutter.end() if marks else self.cutter.take(line.text), kept)
        if ended:
            self._keep(self.cutter.end(), kept)
        if self.dropped and (ended or not kept):
            kept.append(Line("", self._take_dropped()))
        return kept

    def _keep(self, texts: list[str], kept: list[Line]) -> None:
        kept.extend(Line(text, self._take_dropped()) for text in texts)

    def _take_dropped(self) -> int:
        dropped, self.dropped = self.dropped, 0
        return dropped


class Outputs:
    """All pipes that are being read, by descriptor.

    ``watch`` and ``unwatch`` tell the poll loop, ``report`` sends an event, ``refuses`` says
    whether the host is too slow to be given more lines.
    """

    def __init__(
        self,
        watch: Callable[[int], None],
        unwatch: Callable[[int], None],
        report: Callable[[dict[str, object]], None],
        refuses: Callable[[], bool],
    ) -> None:
        self._watch = watch
        self._unwatch = unwatch
        self._report = report
        self._refuses = refuses
        self._streams: dict[int, Stream] = {}
        self._tails: dict[str, deque[str]] = {}
        """The last lines, cut, that fork servers have printed as errors, by owner."""
        self._lingering: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, fd: int) -> bool:
        return fd in self._streams

    def open(self, owner: str, now: float, worker: str | None = None) -> tuple[int, int]:
        """Makes two pipes and returns their write ends, for the caller to close.

        Their lines are reported as those of ``worker``: the owner, if nothing else is said.
        """
        label = owner if worker is None else worker
        if not label:
            self._tails[owner] = deque(maxlen=_TAIL_LINES)
        limit = RateLimit(now)
        made: list[int] = []
        try:
            for _ in ("stdout", "stderr"):
                made.extend(os.pipe())
        except OSError:
            for fd in made:
                os.close(fd)
            raise
        for fd, name in ((made[0], "stdout"), (made[2], "stderr")):
            os.set_blocking(fd, False)
            self._streams[fd] = Stream(fd, owner, label, name, LineSplitter(limit))
            self._watch(fd)
        return made[1], made[3]

    def read(self, fd: int, now: float) -> int:
        """Reads once and sends what lines there are; returns the number of bytes read."""
        stream = self._streams[fd]
        try:
            data = os.read(fd, _READ_SIZE)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            self._close(stream)
        elif self._refuses():
            stream.splitter.drop(data)
        else:
            self._send(stream, stream.cut(stream.splitter.feed(data, now)))
        return len(data)

    def finish(self, owner: str, now: float) -> list[str]:
        """Sends the last words of one that has ended.

        Returns the last lines of its standard error, cut, if it is no worker.

        Something else may still hold its pipes: they are not waited for, but read on, the oldest
        closed when there are too many of them.
        """
        for stream in [each for each in self._streams.values() if each.owner == owner]:
            left = _LAST_WORDS
            while left > 0 and (count := self.read(stream.fd, now)):
                left -= count
            if stream.fd in self._streams:
                self._send(stream, stream.cut(stream.splitter.flush(), ended=True))
                self._lingering[stream.fd] = None
        while len(self._lingering) > MOST_LINGERING:
            self._close(self._streams[next(iter(self._lingering))])
        return list(self._tails.pop(owner, ()))

    def _close(self, stream: Stream) -> None:
        self._send(stream, stream.cut(stream.splitter.flush(), ended=True))
        self._unwatch(stream.fd)
        os.close(stream.fd)
        del self._streams[stream.fd]
        self._lingering.pop(stream.fd, None)

    def _send(self, stream: Stream, lines: list[Line]) -> None:
        for line in lines:
            event: dict[str, object] = {
                "event": "line",
                "worker": stream.worker,
                "stream": stream.name,
                "text": line.text,
            }
            if line.text and stream.owner in self._tails and stream.name == "stderr":
                self._tails[stream.owner].append(line.text[:_TAIL_CHARACTERS])
            if line.dropped:
                event["dropped"] = line.dropped
            self._report(event)
