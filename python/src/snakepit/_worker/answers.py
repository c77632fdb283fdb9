"""Answers of a worker to its calls, as frames' headers."""

from __future__ import annotations

import json

from snakepit._tools.cancel_scope import cancelled
from snakepit._tools.errors import (
    INTERNAL,
    MAX_MESSAGE_BYTES,
    CallError,
    Cancelled,
    PythonFault,
    cut,
)
from snakepit.v1 import worker_pb2 as pb


def success(call_id: int, content_type: str, resident_bytes: int = 0) -> bytes:
    """Makes the header of a result. An empty `content_type` means JSON."""
    result = pb.Result(id=call_id, content_type=content_type, resident_bytes=resident_bytes)
    return pb.WorkerMessage(result=result).SerializeToString()


def failure(call_id: int, error: CallError, resident_bytes: int = 0) -> bytes:
    """Makes the header of a failure, its texts cut to what a header may hold."""
    told = pb.Failure(
        id=call_id,
        code=error.code,
        message=cut(error.message, MAX_MESSAGE_BYTES),
        resident_bytes=resident_bytes,
    )
    if error.details:
        told.details_json = cut(json.dumps(error.details), MAX_MESSAGE_BYTES)
    if error.python is not None:
        told.python.CopyFrom(python_error(error.python))
    return pb.WorkerMessage(failure=told).SerializeToString()


def fault(error: BaseException) -> CallError:
    """Returns the answer to a call that ended with an exception, whoever has raised it."""
    if isinstance(error, CallError):
        return error
    if isinstance(error, Cancelled):
        return cancelled()
    what = PythonFault(error)
    return CallError(INTERNAL, f"{what.type}: {what.message}", python=what)


def python_error(what: PythonFault) -> pb.PythonError:
    """Makes the message for an exception's description."""
    return pb.PythonError(type=what.type, message=what.message, traceback=what.traceback)
