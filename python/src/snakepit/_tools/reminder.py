"""The reminder of an interruption that was handed over, as to an event loop, and is not heard."""

from __future__ import annotations

from types import FrameType
from typing import Protocol


class Reminder(Protocol):
    """The way to interrupt a call whose event loop was told to, and does not come round."""

    @property
    def waits(self) -> bool:
        """True while it has not heard. For any thread."""

    def wants_signal(self) -> bool:
        """Tells whether a signal would help. From any thread."""

    def raise_in_task(self, frame: FrameType | None) -> None:
        """Raises what interrupts, if that may be done in that frame, the current one."""
