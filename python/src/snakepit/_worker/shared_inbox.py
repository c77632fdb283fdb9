"""The streams of calls that share a connection with others, which one thread reads for all."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, InvalidStateError
from typing import TypeVar

from snakepit._system.threads import threading
from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope
from snakepit._tools.errors import Cancelled, HostError
from snakepit._worker.inbox import Grants, Inbox, Interruptible, Parts
from snakepit._worker.link import Link
from snakepit._worker.messages import Credit, Part

_T = TypeVar("_T")


class SharedInbox(Inbox):
    """An inbox that tells who waits for it. From any thread."""

    __slots__ = ("_ended", "_lock", "_waiting")

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._waiting: list[Future[None]] = []
        self._ended = False

    def put(self, message: Credit | Part, body: memoryview) -> None:
        super().put(message, body)
        self._stir()

    def fail(self, size: int) -> None:
        super().fail(size)
        self._stir()

    def close(self) -> None:
        """Tells whoever waits that the connection has ended."""
        self._ended = True
        self._stir()

    def expect(self, incoming: Grants | Parts) -> Future[None] | None:
        """Returns a future of something to come; None: there is something now. Raises HostError."""
        with self._lock:
            if incoming:
                return None
            if self._ended:
                raise HostError("SHUTTING_DOWN", "the connection to the host has ended")
            future: Future[None] = Future()
            self._waiting.append(future)
            return future

    def _stir(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            with contextlib.suppress(InvalidStateError):  # cancelled just now
                future.set_result(None)


class SharedLine(Interruptible):
    """One call's part of a shared connection; see Line.

    `scope` is that of the thread that runs the call; None: it runs on the event loop, where it is
    interrupted by its task's cancellation alone.
    """

    def __init__(
        self, link: Link, writing: threading.Lock, inbox: SharedInbox, scope: CancelScope | None
    ) -> None:
        self._link = link
        self._writing = writing
        self._inbox = inbox
        super().__init__(scope)
        self._thread = threading.get_ident()

    def write(self, header: bytes, body: Body = b"") -> None:
        """Writes a frame whole. Raises OSError if the connection has ended."""
        shield = self._scope.shield() if self._scope is not None else contextlib.nullcontext()
        with shield, self._writing:
            self._link.write(header, body)

    def look(self) -> None:
        """Does nothing: another thread reads, or the event loop."""

    def wait(self, incoming: Grants | Parts) -> None:
        """Blocks until there is something in it. Cancelling the call ends the wait."""
        scope = self._scope
        if threading.get_ident() != self._thread:  # whose scope it is
            raise RuntimeError("an upload can be read only by the thread that runs the tool")
        if scope is None:  # the loop that would wait is the one that reads
            raise RuntimeError("this call runs on the event loop, where nothing may block")
        with scope.expose():
            while (future := self._inbox.expect(incoming)) is not None:
                wait_for(future, scope, known=False)

    async def wait_async(self, incoming: Grants | Parts) -> None:
        """Waits as `wait` does, while other tasks run."""
        import asyncio  # noqa: PLC0415 - loaded already, since a task runs

        from snakepit._tools.task_marks import expose  # noqa: PLC0415 - likewise

        with expose():
            while (future := self._inbox.expect(incoming)) is not None:
                await asyncio.wrap_future(future)


def wait_for(future: Future[_T], scope: CancelScope, *, known: bool) -> _T:
    """Waits on a thread for a result. Interrupting the call ends that with Cancelled.

    `known` says whether the tool knew of an interruption before: while it cleans up it may wait.
    """
    told: list[bool] = []
    before = scope.hand_over(lambda: told.append(future.cancel()))
    try:
        if scope.interrupted and not known:  # before that could have cancelled the wait
            told.append(future.cancel())
        return future.result()
    finally:
        scope.hand_over(before)
        if told:  # be it just after the future was done: it is not told again
            raise Cancelled from None
