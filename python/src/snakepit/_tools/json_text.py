"""JSON by the standard library, made strict, compact and quick.

`json.loads` and `json.dumps` build a new scanner or encoder on each call with other than default
options. Both are made once here, which saves about 2 µs per call. Integers of any size stay
exact only after `allow_long_integers()`.
"""

from __future__ import annotations

import json
import json.encoder
import math
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from snakepit._tools.errors import (
    INVALID_REQUEST,
    SERIALIZATION_ERROR,
    CallError,
    quoted,
    type_name,
)

_SCALARS = (str, int, float, bool, type(None))


def allow_long_integers() -> None:
    """Lifts Python's limit of 4300 digits: JSON integers of any size stay exact."""
    if hasattr(sys, "set_int_max_str_digits"):  # 3.10.7 or newer
        sys.set_int_max_str_digits(0)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_scan: Callable[[str, int], tuple[Any, int]] = getattr(_DECODER, "scan_once")  # noqa: B009 - undocumented, in every 3.x


def decode(data: bytes | memoryview) -> Any:
    """Reads one JSON value. Raises CallError INVALID_REQUEST if the bytes are something else."""
    try:
        text = str(data, "utf-8")
        try:
            value, end = _scan(text, 0)
            if end == len(text):
                return value
        except StopIteration:
            pass
        return _DECODER.decode(text)  # white space around the value, or an error with its position
    except ValueError as error:
        raise CallError(INVALID_REQUEST, f"the body is not valid JSON: {error}") from error
    except RecursionError as error:
        raise CallError(INVALID_REQUEST, "the body is nested too deeply") from error


class Encoder:
    """A writer of values as JSON: results, and arguments of calls to the host. For one thread.

    `on_unserializable` is "error": a result that JSON can't express is a SERIALIZATION_ERROR; or
    "marker": {"$unserializable": "module.Type"} takes the place of such a value.
    """

    def __init__(self, on_unserializable: str = "error") -> None:
        self._default = _marker if on_unserializable == "marker" else _unserializable
        self._markers: dict[int, Any] = {}
        self._chunks = self._make(json.encoder.encode_basestring)
        self._ascii_chunks = self._make(json.encoder.encode_basestring_ascii)

    def encode(self, value: object) -> bytes:
        """Writes a value as compact UTF-8 JSON. Raises CallError SERIALIZATION_ERROR."""
        try:
            return "".join(self._chunks(value, 0)).encode()
        except UnicodeEncodeError:  # a lone surrogate, which only an escape can express
            return "".join(self._ascii_chunks(value, 0)).encode()
        except Exception as error:
            raise CallError(SERIALIZATION_ERROR, self._explain(value, error)) from error
        finally:
            if self._markers:  # after a failure: what the circle detection remembers
                self._markers.clear()

    def _make(self, string: Callable[[str], str]) -> Callable[[object, int], Any]:
        """Makes the C encoder that JSONEncoder.encode would make anew each time."""
        make: Any = getattr(json.encoder, "c_make_encoder", None)
        if make is None:  # an interpreter without the C accelerator
            ascii_only = string is json.encoder.encode_basestring_ascii
            encoder = json.JSONEncoder(
                ensure_ascii=ascii_only,
                allow_nan=False,
                separators=(",", ":"),
                default=self._default,
            )
            return lambda value, _indent: encoder.iterencode(value)
        # The last three: don't sort keys, don't skip odd ones, allow no NaN.
        flags = (False, False, False)
        encode: Callable[[object, int], Any] = make(
            self._markers, self._default, string, None, ":", ",", *flags
        )
        return encode

    def _explain(self, value: object, error: Exception) -> str:
        if isinstance(error, RecursionError):
            return "the result is nested too deeply, or refers to itself"
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
                return f"{path} is {fault}, which JSON can't express"
        elif id(item) in open_containers:
            return f"{path} refers back to a container it is in"
        else:
            open_containers.add(id(item))
            stack.append((item, None))
            members = item.items() if isinstance(item, dict) else enumerate(item)
            for key, inner in members:
                if not isinstance(key, _SCALARS):
                    return f"{path} has the key {quoted(key)}, a {type_name(type(key))}: use str"
                name = f".{key[:60]}" if isinstance(key, str) else f"[{key}]"
                stack.append((inner, path + name))
    return None


def _scalar_fault(item: object, *, marks: bool) -> str | None:
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    if marks or isinstance(item, _SCALARS):
        return None
    return f"a {type_name(type(item))}"
