"""JSON by the standard library, made strict, compact and quick.

`json.loads` and `json.dumps` build a new scanner or encoder on each call with other than default
options. Both are made once here, which saves about 2 µs per call. What is beyond the limits of
`json_limits` is refused at once, before it costs anything.
"""

from __future__ import annotations

import json
import json.encoder
import math
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from snakepit._system import room
from snakepit._tools.errors import (
    INVALID_REQUEST,
    SERIALIZATION_ERROR,
    CallError,
    quoted,
    type_name,
)
from snakepit._tools.json_limits import (
    BRACKETS,
    ESCAPES,
    MAX_DEPTH,
    MAX_DIGITS,
    NUMBERS,
    TOO_DEEP,
    TOO_LONG,
    is_too_deep,
    look,
)
from snakepit._tools.no_room import NoRoom

_TOO_LARGE = 10**MAX_DIGITS
_MAX_FLOAT = sys.float_info.max

_SCALARS = (str, int, float, bool, type(None))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _checked_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS and len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError(f"it has {TOO_LONG}")
    return int(digits)


def _checked_float(text: str) -> float:
    value = float(text)
    if -_MAX_FLOAT <= value <= _MAX_FLOAT and len(text) <= MAX_DIGITS:
        return value
    if sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise ValueError(f"it has {TOO_LONG}")
    if math.isinf(value):
        raise ValueError(f"it has the number {text[:30]}, which is too large")
    return value


def _scanner(decoder: json.JSONDecoder) -> Callable[[str, int], tuple[Any, int]]:
    # Undocumented, in every 3.x.
    scan: Callable[[str, int], tuple[Any, int]] = getattr(decoder, "scan_once")  # noqa: B009
    return scan


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_CAREFUL_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_checked_integer, parse_float=_checked_float
)
_SHORT_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_checked_float)
_scan = _scanner(_DECODER)
_scan_shortly = _scanner(_SHORT_DECODER)
_scan_carefully = _scanner(_CAREFUL_DECODER)
# Bytes of a text that has no room for a long number or many levels: its few floats are checked
# as they are read, which costs less than a look at it.
_SHORT = 400

_write = json.JSONEncoder(ensure_ascii=False).encode


def decode(data: bytes | memoryview) -> Any:
    """Reads one JSON value. Raises CallError INVALID_REQUEST if the bytes are something else.

    And NoRoom where there is no memory for it.
    """
    try:
        size = len(data)
        if size <= _SHORT:
            text = str(data, "utf-8")
            value = _read(text, _scan_shortly, _SHORT_DECODER)
            if "\\u" in text:
                _refuse_surrogates(value)
            return value
        if size <= room.LARGE_BYTES:
            return _decode_long(data)
        return room.within(size, _decode_long, data)
    except ValueError as error:
        raise CallError(INVALID_REQUEST, f"the body is not valid JSON: {error}") from error
    except RecursionError as error:
        raise CallError(INVALID_REQUEST, f"the body is {TOO_DEEP}") from error
    except MemoryError:
        raise NoRoom(size, "the values") from None


def _decode_long(data: bytes | memoryview) -> Any:
    text = str(data, "utf-8")
    found = look(data)
    if not found:
        return _read(text, _scan, _DECODER)
    if found & BRACKETS and is_too_deep(bytes(data)):
        raise CallError(INVALID_REQUEST, f"the body is {TOO_DEEP}")
    careful = found & NUMBERS
    value = (
        _read(text, _scan_carefully, _CAREFUL_DECODER) if careful else _read(text, _scan, _DECODER)
    )
    if found & ESCAPES:
        _refuse_surrogates(value)
    return value


def _read(text: str, scan: Callable[[str, int], tuple[Any, int]], decoder: json.JSONDecoder) -> Any:
    try:
        value, end = scan(text, 0)
        if end == len(text):
            return value
    except StopIteration:
        pass
    return decoder.decode(text)  # white space around the value, or an error with its position


def _refuse_surrogates(value: object) -> None:
    """Raises ValueError if UTF-8 can't express it: half a surrogate pair was escaped in it."""
    try:
        _write(value).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise ValueError(f"it has half a surrogate pair, {half}, which is no text") from error


class Encoder:
    """A writer of values as JSON: results, and arguments of calls to the host. For one thread.

    `on_unserializable` is "error": a result that JSON can't express is a SERIALIZATION_ERROR; or
    "marker": {"$unserializable": "module.Type"} takes the place of such a value.
    """

    def __init__(self, on_unserializable: str = "error") -> None:
        self._default = _marker if on_unserializable == "marker" else _unserializable
        self._markers: dict[int, Any] = {}
        self._chunks = self._make()

    def encode(self, value: object) -> bytes:
        """Writes a value as compact UTF-8 JSON. Raises CallError SERIALIZATION_ERROR."""
        try:
            body = "".join(self._chunks(value, 0)).encode()
        except Exception as error:
            raise CallError(SERIALIZATION_ERROR, self._explain(value, error)) from error
        finally:
            if self._markers:  # after a failure: what the circle detection remembers
                self._markers.clear()
        return body if len(body) <= MAX_DEPTH else self._checked(value, body)

    def _checked(self, value: object, body: bytes) -> bytes:
        """Returns a body that is long enough to be beyond a limit. Raises CallError."""
        found = look(body)
        if found & BRACKETS and is_too_deep(body):
            raise CallError(SERIALIZATION_ERROR, f"the result is {TOO_DEEP}")
        fault = _find_fault(value, marks=True) if found & NUMBERS else None
        if fault:
            raise CallError(SERIALIZATION_ERROR, fault)
        return body

    def _make(self) -> Callable[[object, int], Any]:
        """Makes the C encoder that JSONEncoder.encode would make anew each time."""
        make: Any = getattr(json.encoder, "c_make_encoder", None)
        if make is None:  # an interpreter without the C accelerator
            encoder = json.JSONEncoder(
                ensure_ascii=False,
                allow_nan=False,
                separators=(",", ":"),
                default=self._default,
            )
            return lambda value, _indent: encoder.iterencode(value)
        # The last three: don't sort keys, don't skip odd ones, allow no NaN.
        flags = (False, False, False)
        encode: Callable[[object, int], Any] = make(
            self._markers, self._default, json.encoder.encode_basestring, None, ":", ",", *flags
        )
        return encode

    def _explain(self, value: object, error: Exception) -> str:
        if isinstance(error, RecursionError):
            return f"the result is {TOO_DEEP}, or refers to itself"
        if isinstance(error, MemoryError):
            return "the result can't be written as JSON: there is no memory for it"
        try:
            found = _find_fault(value, marks=self._default is _marker)
        except Exception:  # noqa: BLE001 - foreign code: a dict of the user's own
            found = None
        return found or f"the result can't be written as JSON: {error}"


def _unserializable(value: object) -> NoReturn:
    raise TypeError(f"{type_name(type(value))} is not JSON serializable")


def _marker(value: object) -> dict[str, str]:
    return {"$unserializable": type_name(type(value))}


def _find_fault(value: object, *, marks: bool) -> str | None:
    """Looks for something that JSON can't express, and says what and where it is."""
    open_containers: set[int] = set()
    # Containers are entered and left by the same stack; a path of None means "leave".
    stack: list[tuple[object, str | None]] = [(value, "result")]
    while stack:
        item, path = stack.pop()
        if path is None:
            open_containers.discard(id(item))
        elif not isinstance(item, dict | list | tuple):
            fault = _scalar_fault(item, marks=marks)
            if fault:
                return f"{path} is {fault}"
        elif id(item) in open_containers:
            return f"{path} refers back to a container it is in"
        else:
            open_containers.add(id(item))
            stack.append((item, None))
            members = item.items() if isinstance(item, dict) else enumerate(item)
            for key, inner in members:
                if isinstance(key, str) and not _is_text(key):
                    return f"{path} has the key {quoted(key)}, which has half a surrogate pair"
                if not isinstance(key, _SCALARS):
                    return f"{path} has the key {quoted(key)}, a {type_name(type(key))}: use str"
                name = f".{key[:60]}" if isinstance(key, str) else f"[{key}]"
                stack.append((inner, path + name))
    return None


def _scalar_fault(item: object, *, marks: bool) -> str | None:
    if isinstance(item, float) and not math.isfinite(item):
        return f"{item}, which JSON can't express"
    if isinstance(item, int) and abs(item) >= _TOO_LARGE:
        return TOO_LONG
    if isinstance(item, str) and not _is_text(item):
        return "a text with half a surrogate pair, which UTF-8 can't express"
    if marks or isinstance(item, _SCALARS):
        return None
    return f"a {type_name(type(item))}, which JSON can't express"


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
