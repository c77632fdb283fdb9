"""Runs one call: finds the tool, binds its arguments, runs it, writes its result.

Knows nothing of sockets: the worker's loop and `snakepit.testing` both run calls by it, so that
what passes in a test passes in a worker.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Coroutine
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any

from snakepit import _stream
from snakepit._adapter import Adapter, Tool
from snakepit._binding import Binding
from snakepit._context import Context
from snakepit._errors import (
    INVALID_REQUEST,
    PAYLOAD_TOO_LARGE,
    CallError,
    ToolNotFound,
    cut,
    raised,
)
from snakepit._json import Encoder, decode

if TYPE_CHECKING:
    from snakepit._event_loop import EventLoop

JSON = "application/json"
BYTES = "application/octet-stream"

_RAW = (bytes, bytearray, memoryview)
# Results that JSON doesn't write: raw bytes, and what is still to be run.
_SPECIAL = frozenset({GeneratorType, CoroutineType, AsyncGeneratorType, *_RAW})

Body = bytes | bytearray
Answer = tuple[str, Body]
MakeContext = Callable[[], Context]


class Runner:
    """The tools of one adapter instance, ready to be called. For one thread.

    `max_body_bytes` bounds a result; 0 means no bound.
    """

    def __init__(
        self,
        adapter: Adapter,
        tools: dict[str, Tool],
        *,
        on_unserializable: str = "error",
        max_body_bytes: int = 0,
    ) -> None:
        self._tools = tools
        self._catch_all = adapter.execute if type(adapter).execute is not Adapter.execute else None
        self._encode = Encoder(on_unserializable).encode
        self._max_body_bytes = max_body_bytes or float("inf")
        self._event_loop: EventLoop | None = None

    def run(
        self, name: str, content_type: str, body: bytes | memoryview, make_context: MakeContext
    ) -> Answer:
        """Runs a call and returns the content type ("" is JSON) and the bytes of its result.

        Whatever goes wrong is raised as CallError. `body` may be reused once this returns.
        """
        context = None
        tool = self._tools.get(name)
        if tool is None:
            function = self._find_catch_all(name)
            context = make_context()
            arguments = {"tool": name, "args": _payload(content_type, body), "ctx": context}
        else:
            function = tool.function
            arguments = _bind(tool.binding, content_type, body)
            if tool.binding.context is not None:
                context = arguments[tool.binding.context] = make_context()
        try:
            try:
                result = function(**arguments)
            except BaseException as error:
                raise raised(error) from error
            if type(result) in _SPECIAL:
                return self._answer_special(result)
            return "", self._bounded(self._encode(result))
        finally:
            if context is not None:
                context.end()

    def close(self) -> None:
        """Cancels what async tools left running, and closes their event loop."""
        if self._event_loop is not None:
            self._event_loop.close()

    def _answer_special(self, result: Any) -> Answer:
        """Answers with raw bytes, or runs a generator or coroutine to its end."""
        if isinstance(result, _RAW):
            raw = result.tobytes() if isinstance(result, memoryview) else result
            return BYTES, self._bounded(raw)
        chunks = _stream.Chunks(self._encode, self._max_body_bytes)
        if isinstance(result, GeneratorType):
            return "", _stream.collect(result, chunks)
        if isinstance(result, AsyncGeneratorType):
            return "", self._await(_stream.collect_async(result, chunks))
        try:
            result = self._await(result)
        except BaseException as error:
            raise raised(error) from error
        if type(result) in _SPECIAL:
            return self._answer_special(result)
        return "", self._bounded(self._encode(result))

    def _await(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        if self._event_loop is None:
            from snakepit._event_loop import EventLoop  # noqa: PLC0415 - asyncio loads slowly

            self._event_loop = EventLoop()
        return self._event_loop.run(coroutine)

    def _bounded(self, body: Body) -> Body:
        size = len(body)
        if size > self._max_body_bytes:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the result has {size} bytes, at most {self._max_body_bytes} are allowed",
                {"bytes": size, "maxBodyBytes": self._max_body_bytes},
            )
        return body

    def _find_catch_all(self, name: str) -> Callable[..., Any]:
        if self._catch_all is not None:
            return self._catch_all
        shown = cut(name, 200)
        near = difflib.get_close_matches(shown, self._tools, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(self._tools))}"
        raise ToolNotFound(name, f"there is no tool {shown!r}: {hint}")


def _bind(binding: Binding, content_type: str, body: bytes | memoryview) -> dict[str, Any]:
    """The keyword arguments that a body stands for, the Context aside."""
    if content_type and content_type != JSON and not is_json(content_type):
        return {binding.check_raw(): bytes(body)}
    if not binding.takes_json:
        binding.refuse_json()
    arguments = _object(body)
    if not binding.checks_nothing:
        binding.check(arguments)
    return arguments


def _payload(content_type: str, body: bytes | memoryview) -> dict[str, Any] | bytes:
    """What a catch-all gets: any object, or any bytes."""
    return _object(body) if not content_type or is_json(content_type) else bytes(body)


def _object(body: bytes | memoryview) -> dict[str, Any]:
    if not body:
        return {}
    value = decode(body)
    if type(value) is not dict:
        raise CallError(
            INVALID_REQUEST, f"arguments must be a JSON object: got {describe_json(value)}"
        )
    return value


def is_json(content_type: str) -> bool:
    """Whether a content type means JSON, its parameters aside."""
    return content_type.partition(";")[0].strip().lower() == JSON


def describe_json(value: object) -> str:
    """What kind of JSON value this is, for messages."""
    kinds = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")
