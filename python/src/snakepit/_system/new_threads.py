"""Steps that each further thread has to take before user code runs on it."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

steps: list[Callable[[], None]] = []
"""The steps, in the order they are taken. Added to before there is any further thread."""


def prepare() -> None:
    """Takes all steps, on the thread that calls."""
    for step in steps:
        step()
