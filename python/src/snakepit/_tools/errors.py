"""Errors of calls, and the texts of exceptions, cut so that they fit into a frame's header.

The codes are a closed list, shared with the host: those below are the ones that Python answers.
"""

from __future__ import annotations

import reprlib
import traceback
from types import TracebackType
from typing import Any

from snakepit._system.origins import is_ours
from snakepit._tools.stacks import visible

INVALID_REQUEST = "INVALID_REQUEST"
TOOL_NOT_FOUND = "TOOL_NOT_FOUND"
PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
CANCELLED = "CANCELLED"
PYTHON_EXCEPTION = "PYTHON_EXCEPTION"
SERIALIZATION_ERROR = "SERIALIZATION_ERROR"
INTERNAL = "INTERNAL"

# Limits in bytes of UTF-8: together they keep a header below 64 KiB.
MAX_TYPE_BYTES = 1024
MAX_MESSAGE_BYTES = 8 * 1024
MAX_TRACEBACK_BYTES = 32 * 1024
# Limit in characters for a name or a value that a message or its details quote.
MAX_QUOTED = 200

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = MAX_QUOTED


class Cancelled(BaseException):
    """The interruption of a tool whose call was cancelled, raised inside it.

    Derives from BaseException, so that `except Exception` doesn't swallow it. A tool may catch it
    to clean up, and should raise it again: the call's answer is CANCELLED either way.
    """


class AdapterError(Exception):
    """The fault of an adapter that can't be loaded: in its spec, its tools or their signatures."""


class HostError(Exception):
    """The failure of a call to the host. `code` is one of the host's error codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class CallError(Exception):
    """The failure of a call, with one of the codes of the contract.

    Attributes:
        code: such as INVALID_REQUEST.
        message: what a caller reads.
        details: more about the fault, ready for JSON, such as {"argument": "b"}.
        python: the exception's description, where one that a tool raised is to blame; that
            exception itself is the `__cause__`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        python: PythonFault | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = str(message)  # users may give anything
        self.details = details
        self.python = python


class ToolNotFound(CallError):
    """The failure of a call to no known tool. A catch-all `execute` may raise it, too."""

    def __init__(self, name: str, message: str = "") -> None:
        told = shown(name)
        super().__init__(TOOL_NOT_FOUND, message or f"there is no tool '{told}'", {"tool": told})


for _public in (Cancelled, AdapterError, HostError, CallError, ToolNotFound):
    _public.__module__ = "snakepit"  # what users import, callers see and pickles hold


class PythonFault:
    """An exception as texts, each cut to its limit. Made without raising, however odd it is."""

    __slots__ = ("message", "traceback", "type")

    def __init__(self, error: BaseException) -> None:
        self.type = cut(type_name(type(error)), MAX_TYPE_BYTES)
        self.message = cut(_message(error), MAX_MESSAGE_BYTES)
        self.traceback = cut_head(_format(error), MAX_TRACEBACK_BYTES)


def raised(error: BaseException) -> CallError:
    """Returns the answer to a call whose tool raised `error`."""
    if isinstance(error, ToolNotFound):  # a catch-all that doesn't catch this one
        return CallError(error.code, error.message, error.details)
    if isinstance(error, CallError) and error.code == PAYLOAD_TOO_LARGE:  # of a piece that it read
        return error
    fault = PythonFault(error)
    message = f"{fault.type}: {fault.message}" if fault.message else fault.type
    if isinstance(error, Cancelled):
        failure = CallError(CANCELLED, message)
    else:
        failure = CallError(PYTHON_EXCEPTION, message, python=fault)
    failure.__cause__ = error
    return failure


def type_name(kind: type) -> str:
    """Returns the qualified name of a class, without `builtins.`."""
    module = getattr(kind, "__module__", "builtins")
    name = str(getattr(kind, "__qualname__", kind.__name__))
    return name if module == "builtins" or not isinstance(module, str) else f"{module}.{name}"


def quoted(value: object) -> str:
    """Shows a value as messages do: its repr, shortened, at most 200 characters."""
    try:
        text = _SHORT.repr(value)
    except Exception:  # noqa: BLE001 - foreign code
        text = f"<{type_name(type(value))}>"
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"


def shown(text: str) -> str:
    """Shows a text that was sent: at most 200 characters, what can't be printed made visible."""
    if len(text) <= MAX_QUOTED and text.isprintable():
        return text
    start = ""
    for place, character in enumerate(text):
        more = character if character.isprintable() else ascii(character)[1:-1]
        if len(start) + len(more) > MAX_QUOTED - (place + 1 < len(text)):
            return start + "…"
        start += more
    return start


def cut(text: str, limit: int) -> str:
    """Returns the first `limit` bytes of a text, as UTF-8 that protobuf accepts."""
    raw = text.encode("utf-8", "backslashreplace")
    if len(raw) > limit:
        raw = raw[: limit - 3] + "…".encode()
    return raw.decode("utf-8", "ignore")


def cut_head(text: str, limit: int) -> str:
    """Returns the last `limit` bytes of a text: the end of a traceback says most."""
    raw = text.encode("utf-8", "backslashreplace")
    if len(raw) > limit:
        raw = "…".encode() + raw[3 - limit :]
    return raw.decode("utf-8", "ignore")


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # noqa: BLE001 - foreign code: a __str__ may raise anything
        return "<its __str__ raised an exception>"


def _format(error: BaseException) -> str:
    try:
        whole = traceback.TracebackException(type(error), error, error.__traceback__)
        _hide_our_frames(whole, set())
        return "".join(whole.format())
    except BaseException:  # noqa: BLE001 - foreign code: a __repr__ or __notes__ may raise anything
        return _locations(error.__traceback__)


def _hide_our_frames(report: traceback.TracebackException, seen: set[int]) -> None:
    """Leaves only frames that users know, in the exception and in all that led to it."""
    if id(report) in seen:
        return
    seen.add(id(report))
    report.stack[:] = visible(list(report.stack))
    for other in (
        report.__cause__,
        report.__context__,
        *(getattr(report, "exceptions", None) or ()),
    ):
        if other is not None:
            _hide_our_frames(other, seen)


def _locations(trace: TracebackType | None) -> str:
    lines = ["Traceback (most recent call last; the exception itself can't be shown):"]
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not is_ours(filename):
            lines.append(f'  File "{filename}", line {trace.tb_lineno}')
        trace = trace.tb_next
    return "\n".join(lines) + "\n"
