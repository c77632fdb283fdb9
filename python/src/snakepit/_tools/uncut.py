"""Tools that are never interrupted: `@tool(interrupt=False)`.

Their code runs to its end though nobody waits for it any more. What they do meanwhile for their
caller ends all the same, since nothing more can come of it: a stream is closed at its `yield`, and
the reading of an upload raises `Cancelled`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snakepit._tools.cancel_scope import CancelScope

Hold = Callable[[], contextlib.AbstractContextManager[None]]


def uncut(function: Callable[..., Any], scope: CancelScope | None) -> Callable[..., Any]:
    """Returns a tool's function that the thread's scope does not interrupt.

    None: it runs on an event loop, where only tasks are interrupted.
    """
    hold: Hold = scope.hold if scope is not None else contextlib.nullcontext

    @functools.wraps(function)
    def call(**arguments: Any) -> Any:
        with hold():
            result = function(**arguments)
        if isinstance(result, GeneratorType):
            return _resume(result, hold)
        if isinstance(result, CoroutineType):
            return _await(result)
        if isinstance(result, AsyncGeneratorType):
            return _resume_async(result)
        return result

    return call


def _resume(generator: Generator[Any, Any, Any], hold: Hold) -> Generator[Any, None, None]:
    try:
        while True:
            with hold():
                try:
                    chunk = next(generator)
                except StopIteration:
                    return
            yield chunk
    finally:
        with hold():
            generator.close()


async def _await(coroutine: Coroutine[Any, Any, Any]) -> Any:
    from snakepit._tools.task_marks import hold  # noqa: PLC0415 - loaded already, since a task runs

    with hold():
        result = await coroutine
    return _resume_async(result) if isinstance(result, AsyncGeneratorType) else result


async def _resume_async(generator: AsyncGenerator[Any, Any]) -> AsyncGenerator[Any, None]:
    from snakepit._tools.task_marks import hold  # noqa: PLC0415 - as above

    try:
        while True:
            with hold():
                try:
                    chunk = await anext(generator)
                except StopAsyncIteration:
                    return
            yield chunk
    finally:
        with hold():
            await generator.aclose()
