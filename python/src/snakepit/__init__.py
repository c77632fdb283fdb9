"""Snakepit: write tools in Python, call them from the JVM.

Public names: `Adapter`, `tool`, `Context`, `Session`, `WorkerInfo`, and the exceptions `Cancelled`,
`HostError`, `CallError`, `ToolNotFound`, `AdapterError`. `snakepit.testing` runs tools without a
host, `snakepit.adapters` has examples, `snakepit.v1` the messages of the protocol.

Names are loaded on first use: the keeper, which needs none of them, imports this package too and
must start fast, so that not even `typing` or `importlib` is imported here.

The rooms, from the ground up: `_system` (processes), `_tools` (what a user's code meets), `_worker`
(one worker), `_forkserver` (forks workers); and `_keeper`, which stands on `_system` alone.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snakepit._tools.adapter import Adapter, tool
    from snakepit._tools.context import Context, Session, WorkerInfo
    from snakepit._tools.errors import AdapterError, CallError, Cancelled, HostError, ToolNotFound
    from snakepit._version import __version__

__all__ = [
    "Adapter",
    "AdapterError",
    "CallError",
    "Cancelled",
    "Context",
    "HostError",
    "Session",
    "ToolNotFound",
    "WorkerInfo",
    "__version__",
    "tool",
]

_HOMES = {
    "Adapter": "_tools.adapter",
    "tool": "_tools.adapter",
    "Context": "_tools.context",
    "Session": "_tools.context",
    "WorkerInfo": "_tools.context",
    "AdapterError": "_tools.errors",
    "CallError": "_tools.errors",
    "Cancelled": "_tools.errors",
    "HostError": "_tools.errors",
    "ToolNotFound": "_tools.errors",
    "__version__": "_version",
}

if not TYPE_CHECKING:  # else a name that is not there would pass for one that is

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - the keeper does without

        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
