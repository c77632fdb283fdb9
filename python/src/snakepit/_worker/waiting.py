"""Waiters for what only the host can send: its results, or more for a call's inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from snakepit._worker.link import Link

if TYPE_CHECKING:
    import asyncio


class Pending(Protocol):
    """A HostResult that is still to come, as whoever waits for it sees it."""

    def done(self) -> bool: ...
    def set_result(self, result: Any, /) -> None: ...
    def set_exception(self, exception: Exception, /) -> None: ...


class Answer:
    """A future for a thread that reads itself what it waits for."""

    def __init__(self) -> None:
        self._result: Any = None
        self._error: Exception | None = None
        self._done = False

    def done(self) -> bool:
        return self._done

    def set_result(self, result: Any) -> None:
        self._result, self._done = result, True

    def set_exception(self, exception: Exception) -> None:
        self._error, self._done = exception, True

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._result


def settle(answer: Pending, result: Callable[[], Any]) -> None:
    """Hands in a result, or what is raised instead."""
    try:
        answer.set_result(result())
    except Exception as error:  # noqa: BLE001 - handed on to who waits
        answer.set_exception(error)


class Tasks:
    """Tasks of an event loop that wait. While there are some, the loop watches the connection.

    `read` is called on its thread when there is something to read.
    """

    def __init__(self, link: Link, read: Callable[[], object]) -> None:
        self._link = link
        self._read = read
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._stirred: set[asyncio.Future[None]] = set()
        self._watching: asyncio.AbstractEventLoop | None = None

    @property
    def are_calling(self) -> bool:
        """True while one waits for a result of the host's."""
        return bool(self._answers)

    @property
    def are_watching(self) -> bool:
        """True while the event loop watches the connection."""
        return self._watching is not None

    async def result(self, own: int) -> Any:
        """Waits for the host's result of that call."""
        import asyncio  # noqa: PLC0415 - loaded already, since a task runs

        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._watch(loop)
        self._answers[own] = answer
        try:
            return await answer
        finally:
            self._answers.pop(own, None)
            self._unwatch()

    async def more(self) -> None:
        """Waits until something is put into the call's inbox."""
        import asyncio  # noqa: PLC0415 - as above

        loop = asyncio.get_running_loop()
        stirred: asyncio.Future[None] = loop.create_future()
        self._stirred.add(stirred)
        self._watch(loop)
        try:
            await stirred
        finally:
            self._stirred.discard(stirred)
            self._unwatch()

    def of(self, own: int) -> Pending | None:
        """Returns what waits for the result of that call."""
        return self._answers.get(own)

    def stir(self) -> None:
        """Tells that something has been put into the inbox."""
        for stirred in self._stirred:
            if not stirred.done():
                stirred.set_result(None)

    def fail(self, error: Exception) -> None:
        """Tells all that nothing more can come."""
        for waiting in (*self._answers.values(), *self._stirred):
            if not waiting.done():
                waiting.set_exception(error)

    def cancel(self) -> None:
        """Cancels all waits. Not to be interrupted: half of it would leave the next call deaf."""
        for waiting in (*self._answers.values(), *self._stirred):
            waiting.cancel()
        self._answers.clear()
        self._stirred.clear()
        self._unwatch()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watching is None:
            self._watching = loop
            self._link.watch(loop, self._read)
        if self._link.has_more:  # the descriptor doesn't tell of it
            loop.call_soon(self._read)

    def _unwatch(self) -> None:
        if self._watching is not None and not self._answers and not self._stirred:
            self._link.unwatch(self._watching)
            self._watching = None
