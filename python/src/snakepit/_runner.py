"""Runs one call: finds the tool, binds its arguments, runs it, writes its result.

Knows nothing of sockets: the worker's loop and `snakepit.testing` both run calls by it, so that
what passes in a test passes in a worker.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from time import monotonic
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any, cast

from snakepit import _batch, _stream
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
    from snakepit._gate import Gate

JSON = "application/json"
BYTES = "application/octet-stream"

_RAW = (bytes, bytearray, memoryview)
# Results that JSON doesn't write: raw bytes, and what is still to be run.
_SPECIAL = frozenset({GeneratorType, CoroutineType, AsyncGeneratorType, *_RAW})

Body = bytes | bytearray
Answer = tuple[str, Body]
MakeContext = Callable[[], Context]


@dataclass(frozen=True)
class Request:
    """One call: a tool's name, its arguments' bytes and their type, and how to make its Context."""

    tool: str
    content_type: str
    body: bytes | memoryview
    make_context: MakeContext

    def is_unwanted(self, begun: float) -> bool:
        """Whether nobody waits for it any more. `begun` is when it was read, by `monotonic`."""
        context = self.make_context()
        left = context.deadline  # as if it had just been read
        return context.cancelled or (left is not None and left <= monotonic() - begun)


class Runner:
    """The tools of one adapter instance, ready to be called. For one thread.

    `max_body_bytes` bounds a result; 0 means no bound. `gate` is told while an event loop runs a
    call, which is then interrupted by cancelling its task.
    """

    def __init__(
        self,
        adapter: Adapter,
        tools: dict[str, Tool],
        *,
        on_unserializable: str = "error",
        max_body_bytes: int = 0,
        gate: Gate | None = None,
    ) -> None:
        self._tools = tools
        self._catch_all = adapter.execute if type(adapter).execute is not Adapter.execute else None
        self._encode = Encoder(on_unserializable).encode
        self._max_body_bytes = max_body_bytes or float("inf")
        self._gate = gate
        self._event_loop: EventLoop | None = None

    def run(
        self, name: str, content_type: str, body: bytes | memoryview, make_context: MakeContext
    ) -> Answer:
        """Runs a call and returns the content type ("" is JSON) and the bytes of its result.

        Whatever goes wrong is raised as CallError. `body` may be reused once this returns.
        """
        tool = self._tools.get(name)
        if tool is not None and tool.batch is not None:
            return _answered(self.run_batch([Request(name, content_type, body, make_context)])[0])
        context = None
        if tool is None or tool.binding.context is not None:
            function, arguments, context = self._prepare(
                tool, name, content_type, body, make_context
            )
        else:
            function, arguments = tool.function, _bind(tool.binding, content_type, body)
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

    async def run_async(self, request: Request) -> Answer:
        """As `run`, on an event loop of the caller's: async tools are awaited there."""
        tool = self._tools.get(request.tool)
        if tool is not None and tool.batch is not None:
            return _answered((await self.run_batch_async([request]))[0])
        function, arguments, context = self._prepare(
            tool, request.tool, request.content_type, request.body, request.make_context
        )
        try:
            try:
                result = function(**arguments)
                while isinstance(result, CoroutineType):
                    result = await result
            except BaseException as error:
                raise raised(error) from error
            if isinstance(result, AsyncGeneratorType):
                chunks = _stream.Chunks(self._encode, self._max_body_bytes)
                return "", await _stream.collect_async(result, chunks)
            if type(result) in _SPECIAL:
                return self._answer_special(result)
            return "", self._bounded(self._encode(result))
        finally:
            if context is not None:
                context.end()

    def run_batch(self, requests: list[Request]) -> list[Answer | CallError]:
        """Runs calls of one tool together, and tells what each is answered with."""

        async def call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
            result = function(**arguments)
            return self._await(result) if isinstance(result, CoroutineType) else result

        steps = self._run_batch(requests, call)
        try:  # nothing in it waits for an event loop of ours
            steps.send(None)
        except StopIteration as end:
            return cast("list[Answer | CallError]", end.value)
        raise RuntimeError("a batch waits for an event loop that there is none of")

    async def run_batch_async(self, requests: list[Request]) -> list[Answer | CallError]:
        """As `run_batch`, on an event loop of the caller's."""

        async def call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
            result = function(**arguments)
            return await result if isinstance(result, CoroutineType) else result

        return await self._run_batch(requests, call)

    async def _run_batch(
        self,
        requests: list[Request],
        call: Callable[[Callable[..., Any], dict[str, Any]], Coroutine[Any, Any, Any]],
    ) -> list[Answer | CallError]:
        tool = self._tools.get(requests[0].tool)
        rule = tool.batch if tool is not None else None
        if tool is None or rule is None:  # a host that knows another version of the adapter
            return [self._alone(request) for request in requests]
        begun = monotonic()
        answers: list[Answer | CallError] = []
        items, places = [], []
        for place, request in enumerate(requests):
            answers.append(("", b""))
            try:
                items.append(_payload_of_batch(tool.name, request))
                places.append(place)
            except CallError as error:
                answers[place] = error
        if not items:
            return answers
        context = requests[places[0]].make_context() if rule.context is not None else None
        shared = {rule.context: context} if rule.context is not None else {}
        try:
            outcomes = await _batch.run(
                lambda some: call(tool.function, {rule.items: some, **shared}),
                items,
                lambda item: requests[places[item]].is_unwanted(begun),
            )
        except BaseException as error:
            raise raised(error) from error
        finally:
            if context is not None:
                context.end()
        for place, outcome in zip(places, outcomes, strict=True):
            answers[place] = self._encoded(outcome)
        return answers

    def _alone(self, request: Request) -> Answer | CallError:
        try:
            return self.run(request.tool, request.content_type, request.body, request.make_context)
        except CallError as error:
            return error

    def _encoded(self, outcome: Any) -> Answer | CallError:
        if isinstance(outcome, CallError):
            return outcome
        try:
            if isinstance(outcome, _RAW):
                return self._answer_special(outcome)
            return "", self._bounded(self._encode(outcome))
        except CallError as error:
            return error

    def is_async(self, name: str) -> bool:
        """Whether a tool is to be run on an event loop. One that is not there is, to say so."""
        tool = self._tools.get(name)
        if tool is not None:
            return tool.kind == "async"
        return self._catch_all is None or inspect.iscoroutinefunction(self._catch_all)

    def _prepare(
        self,
        tool: Tool | None,
        name: str,
        content_type: str,
        body: bytes | memoryview,
        make_context: MakeContext,
    ) -> tuple[Callable[..., Any], dict[str, Any], Context | None]:
        """What to call, with what. The Context, if there is one, is to be ended afterwards."""
        if tool is None:
            function = self._find_catch_all(name)
            context = make_context()
            arguments = {"tool": name, "args": _payload(content_type, body), "ctx": context}
            return function, arguments, context
        arguments = _bind(tool.binding, content_type, body)
        if tool.binding.context is None:
            return tool.function, arguments, None
        context = arguments[tool.binding.context] = make_context()
        return tool.function, arguments, context

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

            self._event_loop = EventLoop(self._gate)
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


def _answered(outcome: Answer | CallError) -> Answer:
    if isinstance(outcome, CallError):
        raise outcome
    return outcome


def _payload_of_batch(tool: str, request: Request) -> dict[str, Any]:
    """The arguments of one call of a batch."""
    if request.content_type and not is_json(request.content_type):
        raise CallError(
            INVALID_REQUEST, f"tool {tool} takes a JSON object: send content type {JSON}"
        )
    return _object(request.body)


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
