"""Contexts of calls: each runs in a fresh copy of the one that the adapter's `start` has left.

A copy of a context holds the same values. Those of the module decimal can be changed in place, so
each call gets a copy of that, too. NumPy before 2.0 keeps its error state by thread instead, where
it is set anew for each call.
"""

from __future__ import annotations

import contextvars
import sys
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

_T = TypeVar("_T")


class CallContexts:
    """The contexts of one worker's calls. `capture` once, then `fresh` from any thread.

    The adapter's `start` and `stop` run in a context of their own, by `run_at_home`, so that what
    one has begun (an errstate, a token) the other can end.
    """

    def __init__(self) -> None:
        self._home = contextvars.copy_context()
        self._home.run(_own_decimal)
        self._captured = self._home
        self._steps: tuple[Callable[[], object], ...] = ()

    def run_at_home(self, function: Callable[..., _T], *args: object) -> _T:
        """Runs a function in the context of `start` and `stop`. On one thread at a time."""
        return self._home.run(function, *args)

    def capture(self) -> None:
        """Takes what `start` has left for what each call begins with."""
        self._captured = self._home.copy()
        steps = (self._home.run(make) for make in (_decimal_step, _numpy_step))
        self._steps = tuple(step for step in steps if step is not None)

    def fresh(self) -> contextvars.Context:
        """Makes the context of one call."""
        made = self._captured.copy()
        for step in self._steps:
            made.run(step)
        return made


@types.coroutine
def awaited_in(
    context: contextvars.Context, coroutine: Coroutine[Any, Any, _T]
) -> Generator[Any, Any, _T]:
    """Awaits a coroutine whose steps all run in that context, in the task that awaits this."""
    step: Callable[..., Any] = coroutine.send
    argument: object = None
    while True:
        try:
            waits_for = context.run(step, argument)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return] # what the coroutine returns
        try:
            argument = yield waits_for
            step = coroutine.send
        except GeneratorExit:
            context.run(coroutine.close)
            raise
        except BaseException as error:  # noqa: BLE001 - the coroutine's to handle
            step, argument = coroutine.throw, error


def _own_decimal() -> None:
    """Gives the current context a decimal context of its own, if it has one."""
    step = _decimal_step()
    if step is not None:
        step()


def _decimal_step() -> Callable[[], object] | None:
    """Returns what sets a copy of the current decimal context; None: there is none yet."""
    decimal = sys.modules.get("decimal")
    kind = getattr(decimal, "Context", None)
    if decimal is None or kind is None:
        return None
    # Asked for by getcontext(), it would be made, and every call would pay for its copy.
    if not any(isinstance(value, kind) for value in contextvars.copy_context().values()):
        return None
    set_context, copy = decimal.setcontext, decimal.getcontext().copy().copy
    return lambda: set_context(copy())


def _numpy_step() -> Callable[[], object] | None:
    """Returns what sets NumPy's error state as it is now; None: it is in the context itself."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not str(getattr(numpy, "__version__", "")).startswith("1."):
        return None
    umath = numpy.core.umath
    state, set_state = umath.geterrobj(), umath.seterrobj
    return lambda: set_state(list(state))
