"""Tests of tools without a host.

    from snakepit import testing

    with testing.run(Demo) as demo:
        assert demo.call("add", a=1, b=2) == 3

Arguments and results pass through the same binding and the same JSON as in a worker, and what goes
wrong is raised as `CallError` with the code that a caller would get.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from types import ModuleType, TracebackType
from typing import Any

from snakepit._tools.adapter import Adapter
from snakepit._tools.arguments import JSON
from snakepit._tools.call_contexts import CallContexts
from snakepit._tools.context import Context, WorkerInfo
from snakepit._tools.errors import HostError
from snakepit._tools.json_text import Encoder, decode
from snakepit._tools.loading import LoadedAdapter, from_class, from_module, load
from snakepit._tools.pieces import Given
from snakepit._tools.pulled import PulledRunner
from snakepit._tools.request import Request
from snakepit._tools.results import BYTES, Answer

HostTool = Callable[[Mapping[str, Any]], Any]

_WORKER = WorkerInfo(worker_id="test-1", pool="test")


def run(
    adapter: str | ModuleType | Adapter | type[Adapter],
    *,
    host_tools: Mapping[str, HostTool] | None = None,
    on_unserializable: str = "error",
    max_body_bytes: int = 64 * 1024 * 1024,
) -> TestWorker:
    """Starts an adapter as a worker would, in this process and on this thread.

    Args:
        adapter: a class, an instance, a module, or a spec (`module` or `module:Class`).
        host_tools: what `ctx.call_host` finds: functions of the arguments' dict.
        on_unserializable: as in a pool's configuration, "error" or "marker".
        max_body_bytes: the most that a result may have.

    Raises AdapterError, or whatever the adapter's import or start() raises.
    """
    return TestWorker(_load(adapter), dict(host_tools or {}), on_unserializable, max_body_bytes)


class TestWorker:
    """A started adapter. Use it in `with`, or call `close` at the end."""

    __test__ = False  # no class of tests, whatever its name

    def __init__(
        self,
        loaded: LoadedAdapter,
        host_tools: dict[str, HostTool],
        on_unserializable: str,
        max_body_bytes: int,
    ) -> None:
        self._host = _TestHost(host_tools)
        self._calls = 0
        self.tools: list[dict[str, Any]] = [tool.describe() for tool in loaded.tools]
        self._contexts = CallContexts()
        self.adapter, tools = self._contexts.run_at_home(loaded.open)
        self._contexts.run_at_home(self.adapter.start, _WORKER)
        self._contexts.capture()
        self._runner = PulledRunner(
            self.adapter,
            tools,
            contexts=self._contexts,
            on_unserializable=on_unserializable,
            max_body_bytes=max_body_bytes,
        )

    def call(self, tool: str, /, **args: Any) -> Any:
        """Calls a tool with these arguments. A stream tool answers the list of its chunks.

        Raises CallError; the exception that a tool has raised is its `__cause__`.
        """
        return self.call_with(tool, args)

    def call_with(
        self,
        tool: str,
        args: Mapping[str, Any] | bytes | Iterable[bytes],
        *,
        session: str = "",
        timeout_ms: float = 0.0,
        content_type: str = "",
    ) -> Any:
        """Calls a tool as `call` does, with all that a caller can say.

        `args` of bytes are a raw body, and an iterable of bytes is an upload in those pieces. A
        result that is no JSON comes back as bytes. An empty `content_type` means the usual one
        of `args`.
        """
        request = self._request(tool, args, session, timeout_ms, content_type)
        return _decoded(self._runner.run_streamed(request))

    def stream(self, tool: str, /, **args: Any) -> Generator[Any, None, None]:
        """Calls a tool with these arguments and yields its chunks, each made when it is asked for.

        Closing it closes the tool's generator. A tool that is no stream has one chunk. Raises
        CallError as `call` does, after the chunks that came before.
        """
        return self.stream_with(tool, args)

    def stream_with(
        self,
        tool: str,
        args: Mapping[str, Any] | bytes | Iterable[bytes],
        *,
        session: str = "",
        timeout_ms: float = 0.0,
        content_type: str = "",
    ) -> Generator[Any, None, None]:
        """Streams as `stream` does, with all that a caller can say; see `call_with`."""
        request = self._request(tool, args, session, timeout_ms, content_type)
        with contextlib.closing(self._runner.run_pulled(request)) as answers:
            for answer in answers:
                yield _decoded(answer)

    def _request(
        self,
        tool: str,
        args: Mapping[str, Any] | bytes | Iterable[bytes],
        session: str,
        timeout_ms: float,
        content_type: str,
    ) -> Request:
        self._calls += 1
        call_id = f"test-call-{self._calls}"
        body, pieces, usual = b"", None, BYTES
        if isinstance(args, bytes):
            body = args
        elif isinstance(args, Mapping):
            body, usual = json.dumps(dict(args), allow_nan=True).encode(), JSON
        else:
            pieces = Given(args)

        def context() -> Context:
            return Context(_WORKER, self._host, call_id, session, timeout_ms)

        return Request(tool, content_type or usual, body, context, pieces=pieces)

    def close(self) -> None:
        """Stops the adapter as a worker would. Raises whatever its stop() raises."""
        try:
            self._contexts.run_at_home(self.adapter.stop)
        finally:
            self._runner.close()

    def __enter__(self) -> TestWorker:  # noqa: PYI034 - Self is too new
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _TestHost:
    """A host of the given tools, with arguments and results passed as JSON."""

    def __init__(self, tools: dict[str, HostTool]) -> None:
        self._tools = tools
        self._encode = Encoder().encode

    def call(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        del call_id
        sent = decode(self._encode(dict(args)))
        if tool not in self._tools:
            raise HostError("TOOL_NOT_FOUND", f"testing.run was given no host tool {tool!r}")
        return decode(self._encode(self._tools[tool](sent)))

    async def call_async(self, call_id: str, tool: str, args: Mapping[str, Any]) -> Any:
        return self.call(call_id, tool, args)

    def end_call(self) -> None:
        """Does nothing: nothing waits here."""


def _load(adapter: str | ModuleType | Adapter | type[Adapter]) -> LoadedAdapter:
    if isinstance(adapter, str):
        return load(adapter)
    if isinstance(adapter, ModuleType):
        return from_module(adapter)
    if isinstance(adapter, type):
        return from_class(adapter)
    loaded = from_class(type(adapter))
    return replace(loaded, make=lambda: adapter)


def _decoded(answer: Answer) -> Any:
    content_type, body = answer
    return bytes(body) if content_type else decode(bytes(body))
