"""The answer to a call whose body this worker has no memory for."""

from __future__ import annotations

from typing import Any

from snakepit._system import room
from snakepit._tools.errors import PAYLOAD_TOO_LARGE, CallError


class NoRoom(CallError):
    """The failure of a call whose arguments can't be held. Also raised inside a tool that reads."""

    def __init__(self, size: int, what: str = "the arguments") -> None:
        """Takes how many bytes there were. Needs little memory itself."""
        allowed = room.limit()
        details: dict[str, Any] = {"bytes": size}
        bound = ""
        if allowed:
            details["memoryBytes"] = allowed
            bound = f", which may use {allowed} in all (limits.memoryBytes)"
        super().__init__(
            PAYLOAD_TOO_LARGE,
            f"{what} of {size} bytes don't fit into the worker's memory{bound}: "
            "send less, or have the tool take an Iterator[bytes]",
            details,
        )


NoRoom.__module__ = "snakepit"
