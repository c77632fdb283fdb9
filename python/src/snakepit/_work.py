"""The work loop: reads a call, runs it, answers it, on one thread and without any hand-over.

This is the hot path. What can be prepared is made once: the messages are reused, and a Context is
made only for tools that ask for it.
"""

from __future__ import annotations

import json

from google.protobuf.message import DecodeError

from snakepit._context import Context, HostDoor, WorkerInfo
from snakepit._errors import INTERNAL, MAX_MESSAGE_BYTES, CallError, PythonFault, cut
from snakepit._link import Link, ProtocolError
from snakepit._runner import Runner
from snakepit.v1 import worker_pb2 as pb


class WorkLoop:
    """Serves one work connection: one call at a time. Runs on the thread that made it."""

    def __init__(self, link: Link, runner: Runner, worker: WorkerInfo, host: HostDoor) -> None:
        self._link = link
        self._runner = runner
        self._worker = worker
        self._host = host
        self._message = pb.HostMessage()
        # Reused for each result: JSON, the usual, names no content type.
        self._json_reply, self._other_reply = pb.WorkerMessage(), pb.WorkerMessage()
        self._idle = False
        self._stopping = False

    def run(self) -> None:
        """Answers calls until `stop`, or until the connection ends. Raises ProtocolError."""
        read, answer = self._link.read, self._answer
        message = self._message
        parse, has_field = message.ParseFromString, message.HasField
        while True:
            self._idle = True  # before looking at _stopping, see stop()
            if self._stopping:
                return
            frame = read()
            self._idle = False
            if frame is None:
                return
            header: bytes
            body: memoryview | None
            header, body = frame
            try:
                parse(header)
            except DecodeError as error:
                raise ProtocolError("the header of a frame can't be parsed") from error
            if has_field("call"):
                answer(message.call, body)
            elif not has_field("host_result"):  # one that its tool no longer waited for
                raise ProtocolError(f"{message.WhichOneof('kind')} instead of a call")
            frame = body = None  # large ones needn't live until the next call

    def stop(self) -> None:
        """Lets `run` return after the current call. From any thread.

        A loop that waits is woken, which ends the reading half of the connection; one that runs
        a call keeps it, for the call's own calls to the host. Neither can be missed: the loop says
        that it waits before it looks whether to stop, and here it is the other way round.
        """
        self._stopping = True
        if self._idle:
            self._link.wake()

    def _answer(self, call: pb.Call, body: memoryview) -> None:
        try:
            content_type, result = self._runner.run(
                call.tool, call.content_type, body, self._make_context
            )
        except CallError as error:
            self._link.write(_failure(call.id, error).SerializeToString())
            return
        except BaseException as error:  # noqa: BLE001 - a fault of ours must not end the worker
            fault = PythonFault(error)
            failure = CallError(INTERNAL, f"{fault.type}: {fault.message}", python=fault)
            self._link.write(_failure(call.id, failure).SerializeToString())
            return
        if content_type:
            reply = self._other_reply
            reply.result.content_type = content_type
        else:
            reply = self._json_reply
        reply.result.id = call.id
        self._link.write(reply.SerializeToString(), result)

    def _make_context(self) -> Context:
        call = self._message.call
        return Context(self._worker, self._host, call.call, call.session, call.timeout_ms)


def _failure(call_id: int, error: CallError) -> pb.WorkerMessage:
    failure = pb.Failure(id=call_id, code=error.code, message=cut(error.message, MAX_MESSAGE_BYTES))
    if error.details:
        failure.details_json = cut(json.dumps(error.details), MAX_MESSAGE_BYTES)
    if error.python is not None:
        failure.python.CopyFrom(python_error(error.python))
    return pb.WorkerMessage(failure=failure)


def python_error(fault: PythonFault) -> pb.PythonError:
    """The message for an exception's description."""
    return pb.PythonError(type=fault.type, message=fault.message, traceback=fault.traceback)
