"""A running call's way to its host, over the work connection that the call came by."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from snakepit._system.sockets import select
from snakepit._system.threads import threading
from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope
from snakepit._tools.errors import HostError
from snakepit._tools.json_text import Encoder
from snakepit._worker import messages
from snakepit._worker.host_calls import check_room, no_room, request, result_of
from snakepit._worker.inbox import Grants, Inbox, Interruptible, Parts
from snakepit._worker.link import Link, ProtocolError, Unheld
from snakepit._worker.messages import Credit, HostResult, Part
from snakepit._worker.waiting import Answer, Pending, Tasks, settle


class SocketHost(Interruptible):
    """The host of the call that runs: takes its calls, and sends its credit and parts.

    Only for the work thread, and only while it runs a call. All that comes meanwhile is read here,
    by whoever waits for any of it, and handed to whom it belongs: answers to calls to the host
    may be mixed with credit and parts. What comes for nobody is passed over, here and by the work
    loop, since its call or tool no longer waits.

    Attributes: `fault` is what the host has done wrong, after which nothing can be trusted.
    """

    def __init__(self, link: Link, scope: CancelScope | None = None) -> None:
        self.fault: ProtocolError | None = None
        self._link = link
        super().__init__(scope)
        # A frame must not be torn by an interruption, which comes between two.
        self._shield = scope.shield if scope is not None else contextlib.nullcontext
        self._expose = scope.expose if scope is not None else contextlib.nullcontext
        self._poll = select.poll()
        self._poll.register(link.fileno(), select.POLLIN)
        self._encode = Encoder().encode
        self._last_id = 0
        self._under_way: set[int] = set()  # not answered, though perhaps nobody waits any more
        self._call_id = 0
        self._inbox: Inbox | None = None
        self._asked: tuple[int, Pending] = (0, Answer())
        self._tasks = Tasks(link, self._on_readable)
        self._thread = threading.get_ident()

    # Streams of the call that runs; see Line.

    def open_inbox(self, call: int) -> Inbox:
        """Keeps credit and parts of that call for it, from here on until `close_inbox`."""
        self._call_id, self._inbox = call, Inbox()
        return self._inbox

    def close_inbox(self) -> None:
        """Ends the call's inbox, as the call is over. Not to be interrupted."""
        self._inbox = None
        self.end_call()

    def write(self, header: bytes, body: Body = b"") -> None:
        """Writes a frame whole. Raises OSError if the connection has ended."""
        with self._shield():
            self._link.write(header, body)

    def look(self) -> None:
        """Reads what has come."""
        while self._link.has_more or self._poll.poll(0):
            self._read()

    def wait(self, incoming: Grants | Parts) -> None:
        """Reads until there is something in it, and all that has been received along with it."""
        self._check_thread()
        self.check()
        with self._expose():
            while not incoming:
                self._read()
        while self._link.has_more:
            self._read()

    async def wait_async(self, incoming: Grants | Parts) -> None:
        """Waits as `wait` does, while other tasks run."""
        from snakepit._tools.task_marks import expose  # noqa: PLC0415 - loaded already, as a task runs

        with expose():
            while not incoming:
                self._check_fault()
                await self._tasks.more()

    # Calls to the host.

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall and blocks until its HostResult. Raises HostError."""
        if self._tasks.are_calling:
            raise RuntimeError("async calls to the host are under way: use call_host_async here")
        answer = Answer()
        # One at a time, and forgotten by the next: an interruption leaves nothing to tidy up.
        self._asked = self._send(call_id, tool, args), answer
        while not answer.done():
            self._read()
        return answer.result()

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall; other tasks run until its HostResult comes. Raises HostError."""
        return await self._tasks.result(self._send(call_id, tool, args))

    def end_call(self) -> None:
        """Cancels all that tasks still wait for: the call that they belong to has been answered."""
        if self._tasks.are_watching:
            with self._shield():
                self._tasks.cancel()

    def _send(self, call_id: str, tool: str, args: Mapping[str, Any]) -> int:
        self._check_thread()
        self._check_fault()
        check_room(len(self._under_way))
        body = self._encode(dict(args))
        own = self._last_id + 1
        self.write(request(own, call_id, tool, body, self._link.max_frame_bytes), body)
        self._last_id = own
        self._under_way.add(own)
        return own

    def _check_fault(self) -> None:
        if self.fault is not None:
            raise self.fault

    def _check_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("the host can be called only from the thread that runs the tool")

    # Reading.

    def _read(self) -> None:
        """Waits for a frame and hands it on. Raises HostError, ProtocolError."""
        self._check_fault()
        if not self._link.has_more:
            self._poll.poll()  # to be interrupted here does no harm
        with self._shield():
            self._receive()

    def _on_readable(self) -> None:
        try:
            # It may have been read already, by what has run since it was seen.
            while self._link.has_more or self._poll.poll(0):
                self._receive()
                if not self._link.has_more:
                    return
        except (HostError, ProtocolError, OSError) as error:
            self._tasks.fail(error)

    def _receive(self) -> None:
        try:
            try:
                frame = self._link.read()
            except Unheld as dropped:
                self._dispatch_dropped(dropped)
                return
            if frame is None:
                raise HostError("SHUTTING_DOWN", "the connection to the host has ended")
            self._dispatch(*frame)
        except ProtocolError as error:
            self.fault = error  # tells the work loop, whatever the tool makes of it
            raise

    def _dispatch_dropped(self, dropped: Unheld) -> None:
        """Hands on what came with a body that found no memory."""
        message = messages.read(dropped.header)
        if isinstance(message, HostResult):
            self._settle(message.id, lambda: no_room(dropped.size))
        elif isinstance(message, Part):
            if self._inbox is not None and message.id == self._call_id:
                self._inbox.fail(dropped.size)
                self._tasks.stir()
        else:
            raise dropped

    def _settle(self, own: int, result: Callable[[], Any]) -> None:
        self._under_way.discard(own)
        answer = self._asked[1] if self._asked[0] == own else self._tasks.of(own)
        if answer is not None and not answer.done():
            settle(answer, result)

    def _dispatch(self, header: bytes, body: memoryview) -> None:
        message = messages.read(header)
        if isinstance(message, HostResult):
            told = message
            self._settle(told.id, lambda: result_of(told, body))
        elif isinstance(message, (Credit, Part)):
            if self._inbox is not None and message.id == self._call_id:
                self._inbox.put(message, body)
                self._tasks.stir()
        else:
            raise ProtocolError(f"{message.kind} while a call runs")
