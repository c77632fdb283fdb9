"""A tool whose description is longer than some frames."""

from __future__ import annotations

from snakepit import tool


@tool(description="x" * 100_000)
def wordy() -> None:
    """Does nothing."""
