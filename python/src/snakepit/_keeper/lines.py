"""Lines of a worker's output, within limits: pure, since time is an argument.

A line is cut at 16 KiB, and what exceeds 1 MiB/s per worker is dropped and counted. A carriage
return ends a line as well, so that a progress bar is seen while it moves.
"""

from __future__ import annotations

LINE_LIMIT = 16 * 1024
"""Bytes of the longest line that is sent, its mark included."""

CUT_MARK = b" [cut]"

RATE = 1 << 20
"""Bytes per second and worker; as many may come at once after a quiet second."""

LINE_COST = 64
"""Bytes that the shortest line counts for: a flood of empty lines is a flood."""


class RateLimit:
    """A bucket that fills with time. The time is always an argument, in seconds."""

    def __init__(self, now: float, rate: float = RATE) -> None:
        self._rate = rate
        self._left = rate
        self._at = now

    def take(self, cost: int, now: float) -> bool:
        """Takes that much if it is there."""
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if cost > self._left:
            return False
        self._left -= cost
        return True


class Line:
    """A line to send, and the bytes left out before it."""

    __slots__ = ("dropped", "text")

    def __init__(self, text: str, dropped: int) -> None:
        self.text = text
        self.dropped = dropped

    def __repr__(self) -> str:
        return f"Line({self.text[:80]!r}, dropped={self.dropped})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and (self.text, self.dropped) == (other.text, other.dropped)

    def __hash__(self) -> int:
        return hash((self.text, self.dropped))


class LineSplitter:
    """A splitter of one stream's bytes into lines, within a worker's rate limit. Pure."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._partial = bytearray()
        self._excess = 0  # bytes of the current line beyond the limit
        self._dropped = 0
        self._returned = False  # a carriage return has ended the last line: a newline adds nothing

    def feed(self, data: bytes, now: float) -> list[Line]:
        """Returns the lines that are whole now. From the first over the rate, all are dropped."""
        pieces = self._with_newlines(data).split(b"\n")
        rest = pieces.pop()
        lines: list[Line] = []
        for index, piece in enumerate(pieces):
            self._extend(piece)
            if not self._limit.take(max(LINE_COST, len(self._partial) + 1), now):
                self._drop_line()
                self._dropped += sum(len(left) + 1 for left in pieces[index + 1 :])
                break
            lines.append(self._take_line())
        self._extend(rest)
        return lines

    def drop(self, data: bytes) -> None:
        """Counts the lines that end in these bytes as dropped: nobody takes them now."""
        *ended, rest = self._with_newlines(data).rsplit(b"\n", 1)
        if ended:
            self._dropped += len(ended[0])
            self._drop_line()
        self._extend(rest)

    def flush(self) -> list[Line]:
        """Returns the last line, though it has no end, and what is still to be counted."""
        lines = [self._take_line()] if self._partial else []
        if self._dropped:
            lines.append(Line("", self._dropped))
            self._dropped = 0
        return lines

    def _with_newlines(self, data: bytes) -> bytes:
        """Makes newlines of carriage returns. Several, and a newline after them, are one end.

        One that would end an empty line is left out: a bar begins with it as often as it ends so.
        """
        if self._returned:
            data = data.lstrip(b"\r")
            if not data:
                return data
            data = data.removeprefix(b"\n")
            self._returned = False
        if b"\r" not in data:
            return data
        while b"\r\r" in data:
            data = data.replace(b"\r\r", b"\r")
        first, *others = data.replace(b"\r\n", b"\n").split(b"\r")
        made = bytearray(first)
        ends = False
        for piece in others:
            ends = not made.endswith(b"\n") if made else bool(self._partial)
            made += b"\n" + piece if ends else piece
        self._returned = ends and not others[-1]
        return bytes(made)

    def _extend(self, piece: bytes) -> None:
        room = LINE_LIMIT - len(self._partial)
        self._partial += piece[:room]
        self._excess += max(0, len(piece) - room)

    def _take_line(self) -> Line:
        if self._excess:
            kept = self._partial[: LINE_LIMIT - len(CUT_MARK)]
            self._excess += len(self._partial) - len(kept)
            self._partial = kept + CUT_MARK
        line = Line(self._partial.decode("utf-8", "replace"), self._dropped)
        self._dropped = self._excess
        self._clear()
        return line

    def _drop_line(self) -> None:
        self._dropped += len(self._partial) + self._excess + 1
        self._clear()

    def _clear(self) -> None:
        self._partial = bytearray()
        self._excess = 0
