"""One tool for each feature. Start here to learn what a tool can do.

A tool is a method marked with `@tool`. Its type hints say which arguments callers may send, its
docstring tells them what it does. What it returns is the answer, as JSON.
"""

from __future__ import annotations

import builtins
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from snakepit import Adapter, Context, WorkerInfo, tool


class Showcase(Adapter):
    """An adapter: one instance lives in each worker, and keeps its state between calls."""

    def start(self, worker: WorkerInfo) -> None:
        """Runs once, before the first call: load models and open connections here."""
        self.worker_id = worker.worker_id
        self.calls_by_session: Counter[str] = Counter()

    def stop(self) -> None:
        """Runs once, after the last call: give back here what `start` took."""
        self.calls_by_session.clear()

    @tool
    def ping(self) -> str:
        """Answers "pong"."""
        return "pong"

    @tool
    def echo(self, /, **kwargs: Any) -> dict[str, Any]:
        """Answers exactly the arguments it got. `**kwargs` takes arguments of any name."""
        return kwargs

    @tool
    def add(self, a: int, b: int = 0) -> int:
        """Adds two numbers. The hints let a call with a string fail before it gets here."""
        return a + b

    @tool
    def sleep(self, seconds: float) -> float:
        """Waits, as a call to a slow service would, and answers how long."""
        time.sleep(seconds)
        return seconds

    @tool
    def compute(self, n: int = 100_000) -> int:
        """Keeps a core busy: counts the primes below n."""
        if n < 3:  # noqa: PLR2004 - 2 is the first prime
            return 0
        sieve = bytearray([1]) * n
        sieve[0:2] = b"\0\0"
        for i in range(2, int(n**0.5) + 1):
            if sieve[i]:
                sieve[i * i :: i] = bytes(len(range(i * i, n, i)))
        return sum(sieve)

    @tool
    def fail(self, message: str = "failed on purpose", type: str = "ValueError") -> None:  # noqa: A002
        """Raises a built-in exception, which the caller gets with its traceback."""
        kind = getattr(builtins, type, None)
        if not (isinstance(kind, builtins.type) and issubclass(kind, BaseException)):
            raise ValueError(f"{type} is no built-in exception")  # noqa: TRY004
        raise kind(message)

    @tool
    def count(self, n: int = 10, delay: float = 0.0) -> Iterator[dict[str, int]]:
        """Yields {"i": 0} to {"i": n - 1}, `delay` seconds apart: a generator is a stream."""
        for i in range(n):
            if delay:
                time.sleep(delay)
            yield {"i": i}

    @tool
    def flood(self, chunks: int = 1000, size: int = 1024) -> Iterator[str]:
        """Yields strings of `size` characters as fast as they are taken; 0 chunks: for ever."""
        chunk = "x" * size
        for _ in range(chunks) if chunks else itertools.count():
            yield chunk

    @tool
    def session_counter(self, ctx: Context) -> dict[str, Any]:
        """Counts a session's calls in this worker. `ctx` is filled in by its type."""
        if ctx.session is None:
            raise ValueError("session_counter needs a session")
        self.calls_by_session[ctx.session.id] += 1
        return {
            "session": ctx.session.id,
            "worker": ctx.worker_id,
            "count": self.calls_by_session[ctx.session.id],
        }

    @tool
    def bytes_echo(self, body: bytes) -> bytes:
        """Answers the bytes it got: with `bytes` in and out no JSON is involved."""
        return body

    @tool
    def upload_size(self, body: Iterator[bytes]) -> dict[str, int]:
        """Counts the bytes of an upload as they come: it may be larger than the memory."""
        return {"bytes": sum(map(len, body))}

    @tool
    async def call_host(self, ctx: Context, tool: str, args: dict[str, Any] | None = None) -> Any:
        """Calls a tool of the host's, which is written in Java, and answers its result."""
        return await ctx.call_host_async(tool, args)
