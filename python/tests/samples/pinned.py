"""Tools that use the protobuf of their interpreter, of whatever version; or do without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from snakepit import tool

__snakepit_thread_safe__ = True

if "google.protobuf" in sys.modules:
    raise ImportError("protobuf is loaded before the adapter asks for it")

try:
    import google.protobuf
    from google.protobuf import struct_pb2

    VERSION: str | None = google.protobuf.__version__
except ImportError:
    VERSION = None


@tool
def version() -> str | None:
    return VERSION


@tool
def parsed(text: str) -> str:
    """Passes a text through a message of the interpreter's own library."""
    written = struct_pb2.Value(string_value=text).SerializeToString()
    return str(struct_pb2.Value.FromString(written).string_value)


@tool
def shipped(number: int) -> int:
    """Passes a number through a message that the package ships."""
    from snakepit.v1 import worker_pb2 as pb

    return int(pb.Call.FromString(pb.Call(id=number).SerializeToString()).id)


@tool
def numbers(n: int) -> Iterator[int]:
    yield from range(n)


@tool(batch=8)
def double(items: list[dict[str, Any]]) -> list[int]:
    return [2 * item["n"] for item in items]
