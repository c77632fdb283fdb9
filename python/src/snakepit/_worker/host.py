"""A running call's way to its host, over the work connection that the call came by."""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from google.protobuf.message import DecodeError

from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope
from snakepit._tools.errors import HostError
from snakepit._tools.json_text import Encoder, decode
from snakepit._worker.inbox import Grants, Inbox, Interruptible, Parts
from snakepit._worker.link import Link, ProtocolError
from snakepit.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    import asyncio


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
        self._poll = select.poll()
        self._poll.register(link.fileno(), select.POLLIN)
        self._encode = Encoder().encode
        self._message = pb.HostMessage()
        self._last_id = 0
        self._call_id = 0
        self._inbox: Inbox | None = None
        self._asked: tuple[int, _Pending] = (0, _Answer())
        # Tasks that wait for the host's result, or for the inbox. While there are some, the event
        # loop watches the connection.
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._stirred: set[asyncio.Future[None]] = set()
        self._watching: asyncio.AbstractEventLoop | None = None
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
        while not incoming:
            self._read()
        while self._link.has_more:
            self._read()

    async def wait_async(self, incoming: Grants | Parts) -> None:
        """Waits as `wait` does, while other tasks run."""
        import asyncio  # noqa: PLC0415 - loaded already, since this is an async tool

        loop = asyncio.get_running_loop()
        while not incoming:
            self._check_fault()
            stirred: asyncio.Future[None] = loop.create_future()
            self._stirred.add(stirred)
            self._watch(loop)
            try:
                await stirred
            finally:
                self._stirred.discard(stirred)
                self._unwatch()

    # Calls to the host.

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall and blocks until its HostResult. Raises HostError."""
        if self._waiting:
            raise RuntimeError("async calls to the host are under way: use call_host_async here")
        answer = _Answer()
        # One at a time, and forgotten by the next: an interruption leaves nothing to tidy up.
        self._asked = self._send(call_id, tool, args), answer
        while not answer.done():
            self._read()
        return answer.result()

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall; other tasks run until its HostResult comes. Raises HostError."""
        import asyncio  # noqa: PLC0415 - loaded already, since this is an async tool

        loop = asyncio.get_running_loop()
        own = self._send(call_id, tool, args)
        answer: asyncio.Future[Any] = loop.create_future()
        self._watch(loop)
        self._waiting[own] = answer
        try:
            return await answer
        finally:
            self._waiting.pop(own, None)
            self._unwatch()

    def end_call(self) -> None:
        """Cancels all that tasks still wait for: the call that they belong to has been answered."""
        if self._watching is not None:
            with self._shield():  # half of it would leave the next call deaf
                for waiting in (*self._waiting.values(), *self._stirred):
                    waiting.cancel()
                self._waiting.clear()
                self._stirred.clear()
                self._unwatch()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watching is None:
            self._watching = loop
            self._link.watch(loop, self._on_readable)
        if self._link.has_more:  # the descriptor doesn't tell of it
            loop.call_soon(self._on_readable)

    def _unwatch(self) -> None:
        if self._watching is not None and not self._waiting and not self._stirred:
            self._link.unwatch(self._watching)
            self._watching = None

    def _send(self, call_id: str, tool: str, args: Mapping[str, Any]) -> int:
        self._check_thread()
        self._check_fault()
        body = self._encode(dict(args))
        self._last_id += 1
        call = pb.HostCall(id=self._last_id, tool=tool, call=call_id)
        self.write(pb.WorkerMessage(host_call=call).SerializeToString(), body)
        return self._last_id

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
            for waiting in (*self._waiting.values(), *self._stirred):
                if not waiting.done():
                    waiting.set_exception(error)

    def _receive(self) -> None:
        try:
            frame = self._link.read()
            if frame is None:
                raise HostError("SHUTTING_DOWN", "the connection to the host has ended")
            self._dispatch(*frame)
        except ProtocolError as error:
            self.fault = error  # tells the work loop, whatever the tool makes of it
            raise

    def _dispatch(self, header: bytes, body: memoryview) -> None:
        message = self._message
        try:
            message.ParseFromString(header)
        except DecodeError as error:
            raise ProtocolError("the header of a frame can't be parsed") from error
        kind = message.WhichOneof("kind")
        if kind == "host_result":
            own = message.host_result.id
            answer = self._asked[1] if self._asked[0] == own else self._waiting.get(own)
            if answer is not None and not answer.done():
                _settle(answer, message.host_result, body)
        elif kind in {"credit", "part"}:
            call = message.credit.id if kind == "credit" else message.part.id
            if self._inbox is not None and call == self._call_id:
                self._inbox.put(message, body)
                for stirred in self._stirred:
                    if not stirred.done():
                        stirred.set_result(None)
        else:
            raise ProtocolError(f"{kind} while a call runs")


class _Pending(Protocol):
    """A HostResult that is still to come, as whoever waits for it sees it."""

    def done(self) -> bool: ...
    def set_result(self, result: Any, /) -> None: ...
    def set_exception(self, exception: Exception, /) -> None: ...


class _Answer:
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


def _settle(answer: _Pending, answered: pb.HostResult, body: memoryview) -> None:
    try:
        answer.set_result(result_of(answered, body))
    except Exception as error:  # noqa: BLE001 - handed on to who waits
        answer.set_exception(error)


def result_of(answered: pb.HostResult, body: memoryview) -> Any:
    """Returns what the host has answered. Raises HostError."""
    if answered.code:
        raise HostError(answered.code, answered.message)
    return decode(body) if body else None
