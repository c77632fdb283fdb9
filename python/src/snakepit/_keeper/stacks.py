"""Stacks of threads in workers' output, cut to the frames that users know.

A worker that can't be interrupted has its stacks written by C code, which works whatever the
interpreter is doing, and knows no difference between a user's frames and ours. Here, line by line:

* a thread of which all is ours goes as a whole;
* another begins with the innermost frame that is not ours, and ends where ours begin.

Pure: lines go in, and those to send come out. What may be ours, or not, is held back until that can
be told, which is at the end of a thread's stack at the latest.
"""

from __future__ import annotations

from snakepit._system.origins import is_library, is_ours

_FRAME = '  File "'
_BEGINNINGS = ("Thread 0x", "Current thread 0x", "Stack (")
_END = " (most recent call first):"
_ALL_OURS = "  no frame of the adapter's: the thread is in snakepit's own code"


class StackCutter:
    """A cutter of one stream's lines."""

    def __init__(self) -> None:
        self._within = False
        self._held: list[str] = []
        """Lines of the thread that go if a frame of the user's follows, the first one included."""
        self._sent = self._met_ours = False

    def take(self, line: str) -> list[str]:
        """Returns the lines to send now, in place of one that has come."""
        if line.endswith(_END) and line.startswith(_BEGINNINGS):
            before = self.end()
            self._within, self._held = True, [line]
            return before
        if not self._within:
            return [line]
        if line.startswith(_FRAME):
            return self._take_frame(line)
        if line.startswith("  "):  # "  ...", or what else stands in place of a frame
            self._held.append(line)
            return []
        was_sent = self._sent
        before = self.end()
        return before if not line and not (was_sent or before) else [*before, line]

    def end(self) -> list[str]:
        """Returns what is still to be sent of a thread whose stack has ended."""
        held = self._held
        if self._met_ours:
            current = not self._sent and held and held[0].startswith("Current")
            held = [held[0], _ALL_OURS] if current else []
        self._within = self._sent = self._met_ours = False
        self._held = []
        return held

    def _take_frame(self, line: str) -> list[str]:
        file = line[len(_FRAME) :].partition('", line ')[0]
        if is_ours(file):
            self._met_ours = True
            del self._held[0 if self._sent else 1 :]
            return []
        self._held.append(line)
        if file.startswith("<") or is_library(file):  # who calls it says whose frame it is
            return []
        held, self._held = self._held, []
        self._sent = True
        return held
