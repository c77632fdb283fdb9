"""Calls to the host as messages: what goes out, within the host's limits, and what comes back."""

from __future__ import annotations

from typing import Any, NoReturn

from snakepit._tools.errors import (
    INVALID_REQUEST,
    PAYLOAD_TOO_LARGE,
    CallError,
    HostError,
    quoted,
)
from snakepit._tools.json_text import decode
from snakepit._tools.names import TOOL_RULE, is_tool
from snakepit._tools.no_room import NoRoom
from snakepit._worker import messages
from snakepit._worker.link import MAX_HEADER_BYTES
from snakepit._worker.messages import HostResult

# The host ends a worker that has more calls to it under way.
MAX_UNDER_WAY = 1_000


def result_of(answered: HostResult, body: memoryview) -> Any:
    """Returns what the host has answered. Raises HostError."""
    if answered.code:
        raise HostError(answered.code, answered.message)
    try:
        return decode(body) if body else None
    except CallError as error:  # no fault of the call's
        code = "INTERNAL" if error.code == INVALID_REQUEST else error.code
        raise HostError(code, f"the host's answer can't be read: {error.message}") from None


def no_room(size: int) -> NoReturn:
    """Raises the HostError of a result that found no memory."""
    error = NoRoom(size, "the host tool's result")
    raise HostError(error.code, error.message)


def request(own: int, call_id: str, tool: str, body: bytes, most: int) -> bytes:
    """Makes the header of a HostCall. Raises HostError if the host would not take it.

    `most` bytes are what a frame holds.
    """
    if not is_tool(tool):
        raise HostError(
            INVALID_REQUEST, f"the name of a host tool must be {TOOL_RULE}: got {quoted(tool)}"
        )
    if len(body) > most - MAX_HEADER_BYTES:
        raise HostError(
            PAYLOAD_TOO_LARGE,
            f"the arguments for host tool {tool} have {len(body)} bytes, "
            f"at most {most - MAX_HEADER_BYTES} are allowed",
        )
    return messages.host_call(own, tool, call_id)


def check_room(under_way: int) -> None:
    """Raises HostError if no more calls to the host may be under way."""
    if under_way >= MAX_UNDER_WAY:
        raise HostError(
            "POOL_SATURATED",
            f"{under_way} calls of this worker's wait for the host: await some of them first",
        )
