"""The watch over an event loop that other threads can only ask to come round."""

from __future__ import annotations

import math

# The longest and the shortest time between two looks while there is something to do.
_LONGEST_SECONDS = 0.5
_SHORTEST_SECONDS = 0.025


class LoopWatch:
    """A judge of whether an event loop comes round. Has no thread, no clock and no loop.

    `look` and `next_look` are for the thread that watches; `came_round` is for the loop's.

    Args:
        patience_seconds: how long the loop may take before it counts as standing still.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience = max(patience_seconds, 4 * _SHORTEST_SECONDS)
        self._pause = min(_LONGEST_SECONDS, self._patience / 4)
        self._asked_at: float | None = None
        self._told = self._busy = False
        self._looked_at = -math.inf

    def look(self, now: float, *, busy: bool) -> bool:
        """Looks at the loop. Returns whether it is to be asked to come round, by `came_round`.

        A watcher that comes late itself, since the process was stopped or native code held the
        GIL, accuses nobody: the loop may be about to come round.

        Args:
            now: seconds of a monotonic clock.
            busy: whether anybody waits for anything that the loop does.
        """
        late = now - self._looked_at > self._pause + self._patience / 4
        self._looked_at, self._busy = now, busy
        if self._asked_at is not None:
            if late:
                self._asked_at = now
            return False
        if not busy:
            return False
        self._told = False
        self._asked_at = now
        return True

    def came_round(self) -> None:
        """Notes that the loop has come round."""
        self._asked_at = None

    def standing_seconds(self, now: float) -> float:
        """Returns for how long the loop stands still, once each time that it does; else 0."""
        asked_at = self._asked_at
        if self._told or asked_at is None or now - asked_at < self._patience:
            return 0.0
        self._told = True
        return now - asked_at

    def next_look(self) -> float:
        """Returns in how many seconds to look again at the latest."""
        return self._pause if self._busy or self._asked_at is not None else math.inf
