"""The inbox of a running call, filled by its host, and the line back to that.

A call whose answer or arguments are a stream shares its connection with others, or with its own
calls to the host. Whoever reads the connection puts what is for the call into its `Inbox`; the call
takes it from there, and waits by its `Line` while there is nothing.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from snakepit._system.fresh_bytes import whole
from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope, raise_again
from snakepit._tools.errors import PAYLOAD_TOO_LARGE, CallError
from snakepit._tools.no_room import NoRoom
from snakepit._worker.messages import Credit, Part

Grants = deque[tuple[int, int]]
Parts = deque[tuple[bytes, bool]]

# Made beforehand, for where there is no memory for more words.
_LOST = CallError(
    PAYLOAD_TOO_LARGE,
    "a piece of the arguments doesn't fit into the worker's memory: send less, or have the tool "
    "take an Iterator[bytes]",
)


class Inbox:
    """A call's credit and parts, not taken yet. Filled by one thread, emptied by maybe another.

    Attributes:
        grants: credit, as chunks and bytes.
        parts: pieces of the arguments, each with whether it is the last. The host sends no more
            than it has credit for, so that they are bounded by the window.
        fault: why no more of the arguments can be read, though more have come.
    """

    __slots__ = ("fault", "grants", "parts")

    def __init__(self) -> None:
        self.grants: Grants = deque()
        self.parts: Parts = deque()
        self.fault: CallError | None = None

    def put(self, message: Credit | Part, body: memoryview) -> None:
        """Hands in a Credit or a Part. From the thread that reads."""
        if isinstance(message, Credit):
            self.grants.append((message.chunks, message.bytes))
            return
        try:
            self.parts.append((whole(body), message.last))
        except MemoryError:
            self.fail(len(body))

    def fail(self, size: int) -> None:
        """Takes note of a Part that found no memory. From the thread that reads."""
        if self.fault is None:
            try:
                self.fault = NoRoom(size, "a piece of the arguments")
            except MemoryError:
                self.fault = _LOST
        self.parts.append((b"", True))


class Interruptible:
    """The base of all lines to the host: knows whether the call goes on. `scope`: its thread's.

    None: the call runs on an event loop, and is interrupted by its task's cancellation alone.
    """

    def __init__(self, scope: CancelScope | None) -> None:
        self._scope = scope

    def check(self) -> None:
        """Raises Cancelled if the call was interrupted, even if its tool has swallowed that."""
        if self._scope is not None and self._scope.unwanted:
            raise_again(self._scope)

    def check_task(self) -> None:
        """Checks as `check` does, in a task: raises CancelledError."""
        from snakepit._tools.task_marks import check  # noqa: PLC0415 - loaded already, since a task runs

        check()


class Line(Protocol):
    """The connection, as one call's streams use it. For the thread that runs the call."""

    def write(self, header: bytes, body: Body = b"") -> None:
        """Writes a whole frame, whoever else writes and whatever interrupts."""

    def check(self) -> None:
        """Raises Cancelled if the call was interrupted, and its tool has made nothing of it."""

    def check_task(self) -> None:
        """Checks as `check` does, in a task: raises CancelledError."""

    def look(self) -> None:
        """Takes what has come already, where nobody else reads."""

    def wait(self, incoming: Grants | Parts) -> None:
        """Blocks until there is something in it.

        Raises Cancelled when the call is interrupted, HostError when the connection has ended.
        """

    async def wait_async(self, incoming: Grants | Parts) -> None:
        """Waits as `wait` does, while other tasks run. The task's cancellation ends it too."""
