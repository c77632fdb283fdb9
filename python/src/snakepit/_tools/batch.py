"""Tools that take their calls together, as one list."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from snakepit._tools.context import Context
from snakepit._tools.errors import (
    CANCELLED,
    PYTHON_EXCEPTION,
    AdapterError,
    CallError,
    Cancelled,
    raised,
)
from snakepit._tools.schema import of_hint

Outcome = Any
"""The outcome of one call of a batch: a result, or the CallError that answers it."""

MAX_BATCH = 10_000
MAX_WAIT_MS = 60_000


@dataclass(frozen=True)
class BatchRule:
    """The rule by which a tool takes its calls together.

    Attributes:
        size: the most calls in a list.
        wait_ms: how long the host may have a call wait for others, in milliseconds.
        items: name of the parameter that takes the list.
        context: name of the parameter that takes the Context of the first call, or None.
        schema: JSON Schema of one call's arguments.
    """

    size: int
    wait_ms: float
    items: str
    context: str | None
    schema: dict[str, Any]


def rule_of(
    tool: str, function: Callable[..., Any], size: int, wait_ms: float, *, bound: bool
) -> BatchRule:
    """Compiles the rule of a batch tool. Raises AdapterError if it can't be one."""
    if not 1 <= size <= MAX_BATCH:
        raise AdapterError(f"tool {tool}: batch must be between 1 and {MAX_BATCH}: got {size}")
    if not 0 <= wait_ms <= MAX_WAIT_MS:
        raise AdapterError(
            f"tool {tool}: wait_ms must be between 0 and {MAX_WAIT_MS}: got {wait_ms}"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise AdapterError(f"tool {tool}: a stream can't take batches")
    hints = _hints(function)
    names = list(inspect.signature(function).parameters)[1 if bound else 0 :]
    contexts = [name for name in names if hints.get(name) is Context]
    lists = [name for name in names if name not in contexts]
    if len(lists) != 1 or len(contexts) > 1:
        raise AdapterError(
            f"tool {tool} takes batches, so it must have one parameter, a list of arguments, "
            f"and perhaps a Context: got {', '.join(names) or 'none'}"
        )
    hint = hints.get(lists[0])
    return BatchRule(size, wait_ms, lists[0], contexts[0] if contexts else None, _item_schema(hint))


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - whatever a hint's evaluation raises
        return {}


def _item_schema(hint: object) -> dict[str, Any]:
    """Returns the schema of the list's members, any object if their hint says no more."""
    members = typing.get_args(hint)
    schema = of_hint(members[0]) if len(members) == 1 else {}
    return schema if schema.get("type") == "object" else {"type": "object"}


async def run(
    call: Callable[[list[dict[str, Any]]], Awaitable[Any]],
    items: list[dict[str, Any]],
    is_unwanted: Callable[[int], bool],
) -> list[Outcome]:
    """Calls a batch tool with those arguments, and tells what came of each.

    A tool that raises says that it has done none of the batch: each call is then tried alone, so
    that only those fail that are at fault. One that nobody waits for any more is not tried: what
    the tool has raised may be what it made of an interruption. `is_unwanted` tells by its place.
    """
    try:
        results = await call(items)
    except BaseException as error:
        if _is_cancellation(error):
            raise
        if len(items) == 1:
            return [raised(error)]
        outcomes = []
        for place, item in enumerate(items):
            if is_unwanted(place):
                outcomes.append(CallError(CANCELLED, "the call was cancelled, or its time is over"))
            else:
                outcomes += await run(call, [item], is_unwanted)
        return outcomes
    fault = _fault(results, len(items))
    if fault is not None:
        return [fault] * len(items)
    return [raised(each) if isinstance(each, BaseException) else each for each in results]


def _is_cancellation(error: BaseException) -> bool:
    """Looks whether it is a cancellation, without loading asyncio, which takes long."""
    asyncio = sys.modules.get("asyncio")
    return isinstance(error, Cancelled) or (
        asyncio is not None and isinstance(error, asyncio.CancelledError)
    )


def _fault(results: object, expected: int) -> CallError | None:
    if not isinstance(results, list):
        return CallError(
            PYTHON_EXCEPTION, f"a batch tool must return a list: got {type(results).__name__}"
        )
    if len(results) != expected:
        return CallError(
            PYTHON_EXCEPTION,
            f"a batch tool must return a result for each of {expected} calls: got {len(results)}",
        )
    return None
