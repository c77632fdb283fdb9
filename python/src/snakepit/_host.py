"""A tool's way to the host's tools, over the work connection that its call came by."""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from snakepit._errors import HostError
from snakepit._json import Encoder, decode
from snakepit._link import Frame, Link, ProtocolError
from snakepit.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    import asyncio

    from snakepit._gate import Gate


class SocketHost:
    """Calls host tools.

    Only for the work thread, and only while it runs a call: the connection then carries nothing
    but answers to these calls. One that comes later, since its tool no longer waited, is passed
    over by the work loop.
    """

    def __init__(self, link: Link, gate: Gate | None = None) -> None:
        self._link = link
        # A frame must not be torn by an interruption, which comes between two.
        self._shield = gate.shield if gate is not None else contextlib.nullcontext
        self._poll = select.poll()
        self._poll.register(link.fileno(), select.POLLIN)
        self._encode = Encoder().encode
        self._last_id = 0
        # Async calls under way; while there are some, the event loop watches the connection.
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._watching: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall and blocks until its HostResult. Raises HostError."""
        if self._waiting:
            raise RuntimeError("async calls to the host are under way: use call_host_async here")
        own = self._send(call_id, tool, args)
        while True:
            if not self._link.has_more:
                self._poll.poll()  # to be interrupted here does no harm
            with self._shield():
                answered, body = self._read()
            if answered.id == own:
                return result_of(answered, body)
            # What else comes answers an async call that was cancelled while it waited.

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        """Sends a HostCall; other tasks run until its HostResult comes. Raises HostError."""
        import asyncio  # noqa: PLC0415 - loaded already, since this is an async tool

        loop = asyncio.get_running_loop()
        own = self._send(call_id, tool, args)
        answer: asyncio.Future[Any] = loop.create_future()
        if self._watching is None:
            self._watching = loop
            self._link.watch(loop, self._on_readable)
        self._waiting[own] = answer
        try:
            return await answer
        finally:
            self._waiting.pop(own, None)
            if not self._waiting:
                self._stop_watching()

    def end_call(self) -> None:
        """Cancels what tasks still wait for: the call that they belong to has been answered."""
        if self._watching is not None:
            with self._shield():  # half of it would leave the next call deaf
                for answer in self._waiting.values():
                    answer.cancel()
                self._waiting.clear()
                self._stop_watching()

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._link.unwatch(self._watching)
            self._watching = None

    def _send(self, call_id: str, tool: str, args: Mapping[str, Any]) -> int:
        if threading.get_ident() != self._thread:
            raise RuntimeError("the host can be called only from the thread that runs the tool")
        body = self._encode(dict(args))
        self._last_id += 1
        call = pb.HostCall(id=self._last_id, tool=tool, call=call_id)
        with self._shield():
            self._link.write(pb.WorkerMessage(host_call=call).SerializeToString(), body)
        return self._last_id

    def _read(self) -> tuple[pb.HostResult, memoryview]:
        frame = self._link.read()
        if frame is None:
            raise HostError("SHUTTING_DOWN", "the connection to the host has ended")
        try:
            return _parse(frame)
        except ProtocolError:
            self._link.end()  # nothing that follows can be trusted
            raise

    def _on_readable(self) -> None:
        try:
            while True:
                answered, body = self._read()
                answer = self._waiting.get(answered.id)
                if answer is not None and not answer.done():
                    _settle(answer, answered, body)
                if not self._link.has_more:
                    return
        except (HostError, ProtocolError, OSError) as error:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(error)


def _parse(frame: Frame) -> tuple[pb.HostResult, memoryview]:
    header, body = frame
    try:
        message = pb.HostMessage.FromString(header)
    except DecodeError as error:
        raise ProtocolError("the header of a frame can't be parsed") from error
    if not message.HasField("host_result"):
        raise ProtocolError(f"{message.WhichOneof('kind')} instead of the host's result")
    return message.host_result, body


def _settle(answer: asyncio.Future[Any], answered: pb.HostResult, body: memoryview) -> None:
    try:
        answer.set_result(result_of(answered, body))
    except Exception as error:  # noqa: BLE001 - handed on to who waits
        answer.set_exception(error)


def result_of(answered: pb.HostResult, body: memoryview) -> Any:
    """What the host has answered. Raises HostError."""
    if answered.code:
        raise HostError(answered.code, answered.message)
    return decode(body) if body else None
