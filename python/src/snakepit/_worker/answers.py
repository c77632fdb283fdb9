"""Answers of a worker to its calls, as frames' headers."""

from __future__ import annotations

from typing import Any

from snakepit._system import reserve
from snakepit._system.pristine import json
from snakepit._tools.cancel_scope import cancelled
from snakepit._tools.errors import (
    INTERNAL,
    MAX_MESSAGE_BYTES,
    PAYLOAD_TOO_LARGE,
    CallError,
    Cancelled,
    PythonFault,
    cut,
)
from snakepit._tools.json_text import decode
from snakepit._worker import messages
from snakepit._worker.link import TooLarge


def failure(call_id: int, error: CallError, resident_bytes: int = 0) -> bytes:
    """Makes the header of a failure, its texts cut to what a header may hold."""
    return messages.failure(
        call_id,
        code=error.code,
        message=cut(error.message, MAX_MESSAGE_BYTES),
        python=None if error.python is None else python_error(error.python),
        details_json=_details(error.details) if error.details else "",
        resident_bytes=resident_bytes,
    )


def _details(details: dict[str, Any]) -> str:
    """Writes details whole or not at all: half of them is no JSON, of which the host makes an end.

    A user's adapter may have given any.
    """
    try:
        text = json.dumps(details, allow_nan=False)
        if len(text) > MAX_MESSAGE_BYTES:
            return ""
        decode(text.encode())  # as strictly as the host does
    except (TypeError, ValueError, RecursionError, CallError):
        return ""
    return text


def fault(error: BaseException) -> CallError:
    """Returns the answer to a call that ended with an exception, whoever has raised it.

    Without what led to it, which has been put into words: all the frames on the way hold what they
    had, such as the arguments, and one of them will hold the answer.
    """
    if isinstance(error, CallError):
        error.__traceback__ = error.__cause__ = error.__context__ = None
        return error
    if isinstance(error, Cancelled):
        return cancelled()
    try:
        what = PythonFault(error)
        return CallError(INTERNAL, f"{what.type}: {what.message}", python=what)
    except MemoryError:
        return no_memory()


def no_memory() -> CallError:
    """Returns the answer to a call for whose own answer there is no memory; spends the reserve."""
    reserve.spend()
    return CallError(INTERNAL, "MemoryError: the worker has no memory left for the answer")


def too_large(error: TooLarge) -> CallError:
    """Returns the answer to a call whose own answer the host would not take."""
    return CallError(PAYLOAD_TOO_LARGE, f"the result can't be sent: {error}")


def python_error(what: PythonFault) -> bytes:
    """Makes the message for an exception's description."""
    return messages.python_error(what.type, what.message, what.traceback)
