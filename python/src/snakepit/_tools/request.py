"""One call, as a runner takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from snakepit._system.pristine import time
from snakepit._tools.context import Context
from snakepit._tools.pieces import Pieces
from snakepit._tools.stream import Sink

MakeContext = Callable[[], Context]


@dataclass(frozen=True)
class Request:
    """One call: a tool's name, its arguments' bytes and their type, and how to make its Context.

    Attributes:
        sink: where the answer goes as a stream, if it is to be one.
        pieces: where the arguments come from, if not in `body`.
    """

    tool: str
    content_type: str
    body: bytes | memoryview
    make_context: MakeContext
    sink: Sink | None = None
    pieces: Pieces | None = None

    def is_unwanted(self, begun: float) -> bool:
        """Tells whether nobody waits for it any more. It was read at `begun`, by `monotonic`."""
        context = self.make_context()
        left = context.deadline  # as if it had just been read
        return context.cancelled or (left is not None and left <= time.monotonic() - begun)
