"""The way to the host's tools for calls that share a connection: answers go by their ids."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from typing import Any

from snakepit._system.threads import threading
from snakepit._tools.cancel_scope import CancelScope
from snakepit._tools.errors import HostError
from snakepit._tools.json_text import Encoder
from snakepit._worker.host_calls import check_room, no_room, request, result_of
from snakepit._worker.link import Link
from snakepit._worker.messages import HostResult
from snakepit._worker.shared_inbox import wait_for


class SharedHost:
    """The host of all calls of a connection: takes theirs from any thread, and gets the answers."""

    def __init__(self, link: Link, writing: threading.Lock) -> None:
        """Takes the link, and the lock `writing` that guards it: whole frames only."""
        self._link = link
        self._writing = writing
        self._lock = threading.Lock()
        self._last_id = 0
        self._waiting: dict[int, Future[Any]] = {}
        self._under_way: set[int] = set()  # not answered, though perhaps nobody waits any more

    def client(self, scope: CancelScope | None) -> SharedHostClient:
        """Makes a call's client. `scope` is its thread's; None: it runs on the event loop."""
        return SharedHostClient(self, scope)

    def send(self, call_id: str, tool: str, args: Mapping[str, Any]) -> tuple[int, Future[Any]]:
        """Sends a HostCall; the future has its result, or HostError."""
        body = Encoder().encode(dict(args))
        answer: Future[Any] = Future()
        with self._lock:
            check_room(len(self._under_way))
            own = self._last_id + 1
            header = request(own, call_id, tool, body, self._link.max_frame_bytes)
            self._last_id = own
            self._under_way.add(own)
            self._waiting[own] = answer
        with self._writing:
            self._link.write(header, body)
        return own, answer

    def forget(self, own: int) -> None:
        """Gives up that answer: whoever still waits for it is told."""
        with self._lock:
            answer = self._waiting.pop(own, None)
        if answer is not None:
            answer.cancel()

    def answered(self, result: HostResult, body: memoryview) -> None:
        """Hands in an answer. From the thread that reads the connection."""
        self._settle(result.id, lambda: result_of(result, body))

    def failed(self, own: int, size: int) -> None:
        """Hands in an answer that found no memory. From the thread that reads the connection."""
        self._settle(own, lambda: no_room(size))

    def _settle(self, own: int, result: Callable[[], Any]) -> None:
        with self._lock:
            self._under_way.discard(own)
            answer = self._waiting.pop(own, None)
        if answer is None:
            return
        with contextlib.suppress(InvalidStateError):  # cancelled just now
            try:
                value = result()
            except Exception as error:  # noqa: BLE001 - handed on to who waits
                answer.set_exception(error)
            else:
                answer.set_result(value)

    def close(self) -> None:
        """Tells whoever waits that the connection has ended."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            with contextlib.suppress(InvalidStateError):
                answer.set_exception(
                    HostError("SHUTTING_DOWN", "the connection to the host has ended")
                )


class SharedHostClient:
    """One call's way to the host. Made on the thread that runs its tool; ends with the call."""

    def __init__(self, host: SharedHost, scope: CancelScope | None) -> None:
        self._host = host
        self._scope = scope
        self._thread = threading.get_ident()
        self._own: set[int] = set()  # under way

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Calls a host tool and waits. Cancelling the call ends the wait."""
        scope = self._scope
        if threading.get_ident() != self._thread:  # whose scope it is
            raise RuntimeError("the host can be called only from the thread that runs the tool")
        if scope is None:  # the loop that would wait is the one that reads the answer
            raise RuntimeError("this call runs on the event loop: use call_host_async here")
        known = scope.interrupted  # a tool may well call the host while it cleans up
        with scope.shield():
            own, answer = self._host.send(call_id, tool, args)
            self._own.add(own)
        try:
            return wait_for(answer, scope, known=known)
        finally:
            self._forget(own)

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Calls a host tool; other tasks run until it has answered."""
        import asyncio  # noqa: PLC0415 - loaded already, since this is an async tool

        with self._scope.shield() if self._scope is not None else contextlib.nullcontext():
            own, answer = self._host.send(call_id, tool, args)  # a sync tool may run its own loop
            self._own.add(own)
        try:
            return await asyncio.wrap_future(answer)
        finally:
            self._forget(own)

    def _forget(self, own: int) -> None:
        self._host.forget(own)
        self._own.discard(own)

    def end_call(self) -> None:
        """Cancels all that the call's tasks still wait for, as it is over."""
        for own in tuple(self._own):
            self._forget(own)
