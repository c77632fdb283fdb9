"""The way of a stream's chunks to the host, as fast as that gives credit for them."""

from __future__ import annotations

from collections.abc import Callable

from snakepit._tools.bodies import Body
from snakepit._worker import messages
from snakepit._worker.credit import Credit
from snakepit._worker.inbox import Inbox, Line
from snakepit._worker.messages import Call

Write = Callable[[object], tuple[str, Body]]

# What has to be in a JSON text if one of its keys begins with "$".
_RESERVED = b'"$'


class ChunkSender:
    """The sender of one call's chunks. For the thread that runs the call.

    `ready` comes before each chunk is made, `add` after: nothing is made that may not go, except
    for what only its length forbids, and that waits here until it may.
    """

    def __init__(self, call: Call, inbox: Inbox, line: Line, write: Write) -> None:
        """Takes `write`, which makes content type ("" is JSON) and body of what a tool yields."""
        self._id = call.id
        self._grants = inbox.grants
        self._line = line
        self._write = write
        self._credit = Credit(call.window_chunks, call.window_bytes)
        # The same for all chunks that are plain JSON.
        self._plain = messages.chunk(call.id, "")

    def ready(self) -> None:
        """Waits until the next chunk may be made. Raises Cancelled, or HostError."""
        self._line.check()
        while not self._credit.is_open:
            self._line.wait(self._grants)
            self._apply()

    def add(self, chunk: object) -> None:
        """Sends a chunk; waits until one of its length may go. Raises CallError, and as above."""
        content_type, body = self._write(chunk)
        if not self._credit.fits(len(body)):
            self._look(len(body))
            while not self._credit.fits(len(body)):
                self._line.wait(self._grants)
                self._apply()
        self._send(content_type, body, chunk)

    async def ready_async(self) -> None:
        """Waits as `ready` does, while other tasks run."""
        self._line.check_task()
        while not self._credit.is_open:
            await self._line.wait_async(self._grants)
            self._apply()

    async def add_async(self, chunk: object) -> None:
        """Sends a chunk as `add` does, while other tasks run."""
        content_type, body = self._write(chunk)
        if not self._credit.fits(len(body)):
            self._look(len(body))
            while not self._credit.fits(len(body)):
                await self._line.wait_async(self._grants)
                self._apply()
        self._send(content_type, body, chunk)

    def end(self) -> bytes:
        """Returns the body of the result, once all chunks have been sent."""
        return b""

    def _apply(self) -> None:
        grants = self._grants
        while grants:
            self._credit.grant(*grants.popleft())

    def _look(self, size: int) -> None:
        """Takes what credit there is. If it is too little, the host is to know."""
        self._line.look()
        self._apply()
        if not self._credit.fits(size):
            self._line.write(messages.blocked(self._id, size))

    def _send(self, content_type: str, body: Body, chunk: object) -> None:
        self._credit.take(len(body))
        header = self._plain
        if content_type:
            header = messages.chunk(self._id, content_type)
        elif _RESERVED in body and _has_reserved_key(chunk):  # type: ignore[operator] # JSON: bytes
            header = messages.chunk(self._id, "", has_reserved_key=True)
        self._line.write(header, body)


def _has_reserved_key(chunk: object) -> bool:
    return isinstance(chunk, dict) and any(
        isinstance(key, str) and key.startswith("$") for key in chunk
    )
