"""The watch over the host, by what a worker can see for itself."""

from __future__ import annotations

from snakepit._system.pristine import os

LOOK_SECONDS = 1.0
"""The longest time between two looks."""


class HostWatch:
    """A judge of the parent's pid and of the host's silence. Has no thread and no clock.

    Args:
        parent: pid of the process that made this one. When it ends, another adopts this one, so
            that the parent's pid changes. 0: not looked at.
        silence_seconds: how long the host may send nothing at all. 0: for ever.
        now: when the silence begins to count, in seconds of a monotonic clock.
    """

    def __init__(self, parent: int, silence_seconds: float, now: float) -> None:
        self._parent = parent
        self._limit = silence_seconds
        self._signs: tuple[int, ...] = ()
        self._heard_at = now
        self._suspected = False
        self.pause = min(LOOK_SECONDS, silence_seconds / 4) if silence_seconds else LOOK_SECONDS
        """Seconds from one look to the next."""

    @property
    def parent_is_gone(self) -> bool:
        """True if this process has been left to another parent."""
        return self._parent > 0 and os.getppid() != self._parent

    def is_silent(self, signs: tuple[int, ...], now: float) -> bool:
        """Tells whether the host has been silent for too long. To be asked once a `pause`.

        One look is never enough: this process may itself have been stopped, or got no processor,
        and the whole machine may have slept. Whoever wakes up first must leave the others time to
        say a word, and what they have said meanwhile has to be read before it counts.

        Args:
            signs: counters of all that has come from the host; any change is a sign of life.
            now: seconds of a monotonic clock.
        """
        if signs != self._signs:
            self._signs, self._heard_at, self._suspected = signs, now, False
            return False
        if not self._limit or now - self._heard_at < self._limit:
            return False
        was_suspected, self._suspected = self._suspected, True
        return was_suspected
