"""Adapters: classes and modules in which users put their tools, each marked with `@tool`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast, overload

from snakepit._tools.context import Context, WorkerInfo
from snakepit._tools.errors import ToolNotFound

_MARK = "__snakepit_tool__"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Adapter:
    """Base of all adapter classes. Its methods marked with `@tool` are what callers can call.

    One instance per worker, made without arguments. In profile `process` all of it runs on the
    main thread.

    Attributes:
        thread_safe: says that several threads may run its tools at once, which profile `thread`
            needs. A module without a class says `__snakepit_thread_safe__ = True`.
    """

    thread_safe: bool = False

    def start(self, worker: WorkerInfo) -> None:
        """Starts the adapter, once in each worker, before any call. Raising ends the worker."""

    def stop(self) -> None:
        """Stops the adapter, once when the worker is told to end, after its last call."""

    def execute(self, tool: str, args: Any, ctx: Context) -> Any:
        """Runs a call whose tool name no `@tool` bears, if overridden.

        `args` is the dict of a JSON body, or the bytes of any other. Answers like a tool: with a
        result, a generator, or a coroutine.
        """
        del args, ctx
        raise ToolNotFound(tool)


Adapter.__module__ = "snakepit"  # what users import


@dataclass(frozen=True)
class Mark:
    """The mark that `tool` leaves on a function, with what it was told."""

    name: str | None
    description: str | None
    batch: int = 0
    wait_ms: float = 0.0
    interrupt: bool = True


@overload
def tool(function: _Function) -> _Function: ...


@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    batch: int | None = None,
    wait_ms: float = 0.0,
    interrupt: bool = True,
) -> Callable[[_Function], _Function]: ...


def tool(
    function: _Function | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    batch: int | None = None,
    wait_ms: float = 0.0,
    interrupt: bool = True,
) -> _Function | Callable[[_Function], _Function]:
    """Marks a method of an Adapter, or a function of a module, as a tool.

    Its name and its docstring are what callers see, unless `name` or `description` say otherwise.

    With `batch` it takes its calls together: it has one parameter, a list of at most so many
    dicts of arguments, and returns a list of as many results. While there are several callers, a
    call waits for others for up to `wait_ms` milliseconds. A member that is an exception fails
    that call alone. A tool that raises says that it has done none of the batch: each call is then
    tried alone.

    With `interrupt=False` its code is never cut: when its deadline passes, or nobody waits any
    more, it runs on to its end, and its worker is busy for so long. `ctx.cancelled` tells. On an
    adapter's `execute` it holds for all calls that this catches.
    """

    def mark(target: _Function) -> _Function:
        size = -1 if batch == 0 else batch or 0
        setattr(target, _MARK, Mark(name, description, size, wait_ms, interrupt))
        return target

    return mark if function is None else mark(function)


def catches_uncut(execute: object) -> bool:
    """Tells whether an adapter's `execute` is marked as never to be interrupted.

    That mark alone makes it no tool of that name.
    """
    return mark_of(execute) == Mark(None, None, interrupt=False)


def mark_of(value: object) -> Mark | None:
    """Returns the mark of a function, a staticmethod or a classmethod, or None."""
    function = getattr(value, "__func__", value)  # of a staticmethod or classmethod
    return cast("Mark | None", vars(function).get(_MARK)) if hasattr(function, "__dict__") else None
