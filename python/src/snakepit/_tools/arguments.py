"""Arguments of a call, made of its body."""

from __future__ import annotations

from typing import Any

from snakepit._system import fresh_bytes
from snakepit._tools.binding import Binding, wants_json
from snakepit._tools.errors import INVALID_REQUEST, CallError
from snakepit._tools.json_text import decode
from snakepit._tools.loading import Tool
from snakepit._tools.no_room import NoRoom
from snakepit._tools.pieces import AsyncUpload, Given, Pieces, Upload

JSON = "application/json"


def payload_of_batch(tool: str, content_type: str, body: bytes | memoryview) -> dict[str, Any]:
    """Returns the arguments of one call of a batch."""
    if body and content_type and not is_json(content_type):
        raise CallError(INVALID_REQUEST, f"tool {tool} {wants_json(content_type)}")
    return _object(body)


def reads_pieces(tool: Tool | None, content_type: str) -> bool:
    """Tells whether a tool takes arguments of that type piece by piece."""
    raw = content_type and not is_json(content_type)
    return bool(raw and tool is not None and tool.binding.upload and tool.batch is None)


def refuse_early(tool: Tool, content_type: str) -> None:
    """Raises CallError if a body of that type can't be for a tool, whatever is in it."""
    if tool.batch is not None:
        return
    if content_type and not is_json(content_type):
        tool.binding.check_raw(content_type)
    elif not tool.binding.takes_json:
        tool.binding.refuse_json()


def bind(
    binding: Binding,
    content_type: str,
    body: bytes | memoryview,
    pieces: Pieces | None = None,
) -> dict[str, Any]:
    """Returns the keyword arguments that a body stands for, the Context aside."""
    raw = content_type and content_type != JSON and not is_json(content_type)
    # Nothing, of whatever type, is no arguments for who takes no bytes.
    if raw and (body or pieces is not None or binding.raw is not None):
        name = binding.check_raw(content_type)
        if not binding.upload:
            return {name: whole(body)}
        pieces = pieces or Given((whole(body),))
        is_async = binding.upload == "async"
        return {name: AsyncUpload(pieces) if is_async else Upload(pieces)}
    if not binding.takes_json:
        binding.refuse_json()
    arguments = _object(body)
    if not binding.checks_nothing:
        binding.check(arguments)
    return arguments


def payload(content_type: str, body: bytes | memoryview) -> dict[str, Any] | bytes:
    """Returns the arguments of a catch-all: any object, or any bytes."""
    return _object(body) if not content_type or is_json(content_type) else whole(body)


def _object(body: bytes | memoryview) -> dict[str, Any]:
    if not body:
        return {}
    value = decode(body)
    if type(value) is not dict:
        raise CallError(
            INVALID_REQUEST, f"arguments must be a JSON object: got {describe_json(value)}"
        )
    return value


def whole(body: bytes | memoryview) -> bytes:
    """Returns a body as `bytes`. Raises NoRoom."""
    try:
        return fresh_bytes.whole(body)
    except MemoryError:
        raise NoRoom(len(body)) from None


def is_json(content_type: str) -> bool:
    """Tells whether a content type means JSON, its parameters aside."""
    return content_type.partition(";")[0].strip().lower() == JSON


def describe_json(value: object) -> str:
    """Names the kind of a JSON value, for messages."""
    kinds = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")
