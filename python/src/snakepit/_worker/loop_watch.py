"""The watch over an event loop that other threads can only ask to come round."""

from __future__ import annotations

import math

from snakepit._worker.host_watch import LOOK_SECONDS

# The longest and the shortest time between two looks while there is something to do.
_LONGEST_SECONDS = 0.5
_SHORTEST_SECONDS = 0.025


class LoopWatch:
    """A judge of whether an event loop comes round. Has no thread, no clock and no loop.

    A loop that is asked to come round, and does not, stands still. The time between two looks
    counts for that if the watcher is in time. One that comes late was kept from looking, and the
    loop perhaps from running, as in a process that was stopped: then only that time counts in which
    the loop's thread has computed. So code that holds the GIL, and lets go of it now and then, is
    told of as any other, and nobody is accused who could do nothing.

    It may begin to hold the GIL when the loop has just come round, or has not been asked yet. What
    the loop's thread has computed beyond the time of the look that was planned then counts as well:
    for as long, at least, it has kept the watcher from looking.

    `came_round` is for the loop's thread, all else for the one that watches.

    Args:
        patience_seconds: how long the loop may take before it counts as standing still.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience = max(patience_seconds, 4 * _SHORTEST_SECONDS)
        self._pause = min(_LONGEST_SECONDS, self._patience / 4)
        self._is_asked = self._has_come = self._told = False
        self.is_late = False
        """True if the last look came late: what it has found may be over already."""
        self._standing = 0.0
        self._looked_at = -math.inf
        self._computed = 0.0
        self._next_look = math.inf

    def look(self, now: float, computed: float, *, busy: bool) -> bool:
        """Looks at the loop. Returns whether it is to be asked to come round, by `came_round`.

        Args:
            now: seconds of a monotonic clock.
            computed: seconds of processor time that the loop's thread has used so far.
            busy: whether anybody waits for anything that the loop does.
        """
        passed, self._looked_at = now - self._looked_at, now
        used, self._computed = computed - self._computed, computed
        planned = min(self._next_look, LOOK_SECONDS)
        self.is_late = planned + self._patience / 4 < passed < math.inf
        if self._is_asked and not self._has_come:
            self._standing += used if self.is_late else passed
            return False
        self._standing = max(0.0, used - planned) if self.is_late else 0.0
        self._is_asked, self._has_come, self._told = busy, False, False
        self._next_look = self._pause if busy else math.inf
        return busy

    def came_round(self) -> None:
        """Notes that the loop has come round."""
        self._has_come = True

    def standing_seconds(self) -> float:
        """Returns for how long the loop stands still, until that is told, each time; else 0."""
        if self._told or not self._is_asked or self._has_come or self._standing < self._patience:
            return 0.0
        return self._standing

    def note_told(self) -> None:
        """Notes that it has been told for this time."""
        self._told = True

    def next_look(self) -> float:
        """Returns in how many seconds to look again at the latest."""
        return self._next_look
