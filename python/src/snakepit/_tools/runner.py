"""The running of one call: finds the tool, binds its arguments, runs it, writes its result.

Knows nothing of sockets: the worker's loop and `snakepit.testing` both run calls by it, so that
what passes in a test passes in a worker.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any, cast

from snakepit._tools.adapter import Adapter, catches_uncut
from snakepit._tools.arguments import bind, payload, reads_pieces, refuse_early
from snakepit._tools.batch_runner import Call, run_together
from snakepit._tools.call_contexts import CallContexts, awaited_in
from snakepit._tools.context import Context
from snakepit._tools.errors import INVALID_REQUEST, CallError, ToolNotFound, raised, shown
from snakepit._tools.json_text import Encoder
from snakepit._tools.late_import import import_late
from snakepit._tools.loading import Tool
from snakepit._tools.names import unknown
from snakepit._tools.pieces import collect, collect_async
from snakepit._tools.request import MakeContext, Request
from snakepit._tools.results import PLAIN, Answer, Results
from snakepit._tools.stream import Chunks, Sink, drive, drive_async
from snakepit._tools.uncut import uncut

if TYPE_CHECKING:
    from snakepit._tools.cancel_scope import CancelScope
    from snakepit._tools.event_loop import EventLoop

STREAMS = (GeneratorType, AsyncGeneratorType)


class Runner:
    """The tools of one adapter instance, ready to be called. For one thread.

    `contexts` makes the context that each call runs in; None: such as this one's maker runs in.
    `max_body_bytes` bounds a result; 0 means no bound. `scope` is told while an event loop runs a
    call, which is then interrupted by cancelling its task, and has `grace_seconds` to stop.
    """

    def __init__(
        self,
        adapter: Adapter,
        tools: dict[str, Tool],
        *,
        contexts: CallContexts | None = None,
        on_unserializable: str = "error",
        max_body_bytes: int = 0,
        scope: CancelScope | None = None,
        grace_seconds: float = 1.0,
    ) -> None:
        self._tools = {name: _protected(each, scope) for name, each in tools.items()}
        self.fresh_context = (contexts or CallContexts()).fresh
        self._catch_all = adapter.execute if type(adapter).execute is not Adapter.execute else None
        self._interrupts_caught = not catches_uncut(type(adapter).execute)
        if self._catch_all is not None and not self._interrupts_caught:
            self._catch_all = uncut(self._catch_all, scope)
        self._max_body_bytes = max_body_bytes or float("inf")
        self._encode = Encoder(on_unserializable).encode
        self._results = Results(self._encode, self._max_body_bytes)
        self.write = self._results.write  # what a chunk looks like, for who sends it
        self._scope = scope
        self._grace_seconds = grace_seconds
        self._event_loop: EventLoop | None = None

    def run(
        self, name: str, content_type: str, body: bytes | memoryview, make_context: MakeContext
    ) -> Answer:
        """Runs a call and returns the content type ("" is JSON) and the bytes of its result.

        Whatever goes wrong is raised as CallError. `body` may be reused once this returns.
        """
        return self.fresh_context().run(self._run, name, content_type, body, make_context)

    def _run(
        self, name: str, content_type: str, body: bytes | memoryview, make_context: MakeContext
    ) -> Answer:
        tool = self._tools.get(name)
        context = None
        if tool is None or tool.batch is not None or tool.binding.context is not None:
            request = Request(name, content_type, body, make_context)
            if tool is not None and tool.batch is not None:
                return _answered(self.run_batch([request])[0])
            function, arguments, context = self._prepare(tool, request)
        else:
            function, arguments = tool.function, bind(tool.binding, content_type, body)
        try:
            try:
                result = function(**arguments)
            except BaseException as error:
                raise raised(error) from error
            if type(result) in PLAIN:
                return "", self._results.bounded(self._encode(result))
            return self._finish(result, None)
        finally:
            if context is not None:
                context.end()

    def run_streamed(self, request: Request) -> Answer:
        """Runs a call as `run` does, where its answer or arguments come in pieces.

        What went to its sink leaves an answer that has no body.
        """
        return self.fresh_context().run(self._run_streamed, request)

    def _run_streamed(self, request: Request) -> Answer:
        tool = self._tools.get(request.tool)
        request = self._collected(tool, request)
        if tool is not None and tool.batch is not None:
            return _answered(self.run_batch([request])[0])
        function, arguments, context = self._prepare(tool, request)
        try:
            try:
                result = function(**arguments)
            except BaseException as error:
                raise raised(error) from error
            return self._finish(result, request.sink)
        finally:
            if context is not None:
                context.end()

    async def run_async(self, request: Request) -> Answer:
        """Runs any call as `run_streamed` does, on an event loop of the caller's.

        In a task whose context is a `fresh_context`, since it makes none itself.
        """
        tool = self._tools.get(request.tool)
        if request.pieces is not None and not self._takes_pieces(tool, request):
            body = await collect_async(request.pieces, self._max_body_bytes)
            request = replace(request, body=body, pieces=None)
        if tool is not None and tool.batch is not None:
            return _answered((await self.run_batch_async([request]))[0])
        function, arguments, context = self._prepare(tool, request)
        try:
            try:
                result = function(**arguments)
                while isinstance(result, CoroutineType):
                    result = await result
            except BaseException as error:
                raise raised(error) from error
            if isinstance(result, STREAMS):
                sink = request.sink or self._array()
                await drive_async(result, sink)
                return "", sink.end()
            return self._write(result, request.sink)
        finally:
            if context is not None:
                context.end()

    def run_batch(self, requests: list[Request]) -> list[Answer | CallError]:
        """Runs calls of one tool together, and tells what each is answered with.

        If they have to be tried alone, each is in a context of its own.
        """

        async def call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
            context = self.fresh_context()
            result = context.run(function, **arguments)
            return context.run(self._await, result) if isinstance(result, CoroutineType) else result

        steps = self._run_batch(requests, call)
        try:  # nothing in it waits for an event loop of ours
            steps.send(None)
        except StopIteration as end:
            return cast("list[Answer | CallError]", end.value)
        raise RuntimeError("a batch waits for an event loop that there is none of")

    async def run_batch_async(self, requests: list[Request]) -> list[Answer | CallError]:
        """Runs calls as `run_batch` does, on an event loop of the caller's."""

        async def call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
            context = self.fresh_context()
            result = context.run(function, **arguments)
            return (
                await awaited_in(context, result) if isinstance(result, CoroutineType) else result
            )

        return await self._run_batch(requests, call)

    async def _run_batch(self, requests: list[Request], call: Call) -> list[Answer | CallError]:
        tool = self._tools.get(requests[0].tool)
        if tool is None or tool.batch is None:  # a host that knows another version of the adapter
            return [self._alone(request) for request in requests]
        return await run_together(tool, tool.batch, requests, call, self._write)

    def _alone(self, request: Request) -> Answer | CallError:
        if request.sink is not None:  # there may be more chunks than a member has credit for
            message = f"tool {shown(request.tool)} takes no batches, so it can't stream in one"
            return CallError(INVALID_REQUEST, message)
        try:
            return self.run(request.tool, request.content_type, request.body, request.make_context)
        except CallError as error:
            return error

    def is_async(self, name: str) -> bool:
        """Tells whether a tool runs on an event loop. One that is not there does, to say so."""
        tool = self._tools.get(name)
        if tool is not None:
            return tool.kind == "async"
        return self._catch_all is None or inspect.iscoroutinefunction(self._catch_all)

    def may_interrupt(self, name: str) -> bool:
        """Tells whether calls of that tool may be interrupted."""
        tool = self._tools.get(name)
        return self._interrupts_caught if tool is None else tool.interrupt

    def _collected(self, tool: Tool | None, request: Request) -> Request:
        """Puts a request's pieces together, unless its tool takes them one by one."""
        if request.pieces is None or self._takes_pieces(tool, request):
            return request
        body = collect(request.pieces, self._max_body_bytes)
        return replace(request, body=body, pieces=None)

    def _takes_pieces(self, tool: Tool | None, request: Request) -> bool:
        """Tells whether a tool reads pieces itself. Raises CallError if it can't use them."""
        if tool is None:
            self._find_catch_all(request.tool)
            return False
        refuse_early(tool, request.content_type)
        return reads_pieces(tool, request.content_type)

    def _prepare(
        self, tool: Tool | None, request: Request
    ) -> tuple[Callable[..., Any], dict[str, Any], Context | None]:
        """Returns what to call, with what. A Context is to be ended afterwards."""
        if tool is None:
            function = self._find_catch_all(request.tool)
            context = request.make_context()
            args = payload(request.content_type, request.body)
            return function, {"tool": request.tool, "args": args, "ctx": context}, context
        arguments = bind(tool.binding, request.content_type, request.body, request.pieces)
        if tool.binding.context is None:
            return tool.function, arguments, None
        context = arguments[tool.binding.context] = request.make_context()
        return tool.function, arguments, context

    def close(self) -> None:
        """Cancels what async tools left running, and closes their event loop."""
        if self._event_loop is not None:
            self._event_loop.close()

    def _finish(self, result: Any, sink: Sink | None) -> Answer:
        """Runs a coroutine or generator that a tool has returned, and writes what comes of it."""
        try:
            while isinstance(result, CoroutineType):
                result = self._await(result)
        except BaseException as error:
            raise raised(error) from error
        if not isinstance(result, STREAMS):
            return self._write(result, sink)
        sink = sink or self._array()
        if isinstance(result, GeneratorType):
            drive(result, sink)
        else:
            self._await(drive_async(result, sink))
        return "", sink.end()

    def _write(self, result: Any, sink: Sink | None) -> Answer:
        """Writes a result; one that goes as a stream is its only chunk, which always has credit."""
        if sink is None:
            return self._results.write(result)
        sink.add(result)
        return "", sink.end()

    def _array(self) -> Chunks:
        return Chunks(self.write, self._max_body_bytes)

    def _await(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        if self._event_loop is None:
            # Not before it is needed: asyncio loads slowly.
            event_loop = import_late("snakepit._tools.event_loop")
            self._event_loop = event_loop.EventLoop(self._scope, self._grace_seconds)
        return self._event_loop.run(coroutine)

    def _find_catch_all(self, name: str) -> Callable[..., Any]:
        if self._catch_all is not None:
            return self._catch_all
        raise ToolNotFound(name, unknown(name, self._tools))


def _protected(tool: Tool, scope: CancelScope | None) -> Tool:
    return tool if tool.interrupt else replace(tool, function=uncut(tool.function, scope))


def _answered(outcome: Answer | CallError) -> Answer:
    if isinstance(outcome, CallError):
        raise outcome
    return outcome
