"""The way of an upload from the host: its pieces are taken as a tool reads them."""

from __future__ import annotations

from snakepit._worker import messages
from snakepit._worker.inbox import Inbox, Line
from snakepit._worker.messages import Call


class UploadReader:
    """A reader of the pieces that a host sends for one call. For the thread that runs the call.

    What has been taken is granted again when it is half of the window, and always before waiting:
    so the host is told seldom, and never too late.
    """

    def __init__(self, call: Call, inbox: Inbox, line: Line) -> None:
        self._id = call.id
        self._call = call.call
        self._window_bytes = call.upload_window_bytes
        self._inbox = inbox
        self._parts = inbox.parts
        self._line = line
        self._taken = 0
        self._complete = False
        self._closed = False

    def take(self) -> bytes | None:
        """Raises Cancelled when the call is interrupted, HostError when the connection has ended.

        And RuntimeError once the call is over; NoRoom where a piece has found no memory.
        """
        while not (piece := self._next()) and not self._complete:
            self._grant()
            self._line.check()
            self._line.wait(self._parts)
        return piece

    async def take_async(self) -> bytes | None:
        while not (piece := self._next()) and not self._complete:
            self._grant()
            self._line.check_task()
            await self._line.wait_async(self._parts)
        return piece

    def close(self) -> None:
        """Drops all that has not been read, as the call is over."""
        self._closed = True
        self._parts.clear()

    def _next(self) -> bytes | None:
        if self._closed:
            raise RuntimeError(f"call {self._call} is over: its upload can't be read any more")
        if self._inbox.fault is not None:
            raise self._inbox.fault
        while self._parts:
            piece, last = self._parts.popleft()
            self._complete = last
            self._taken += len(piece)
            if 2 * self._taken >= self._window_bytes and not last:
                self._grant()
            if piece:
                return piece
        return None

    def _grant(self) -> None:
        taken, self._taken = self._taken, 0
        if taken:
            self._line.write(messages.credit(self._id, taken))
