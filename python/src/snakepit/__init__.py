"""Snakepit: write tools in Python, call them from the JVM.

Public names: `Adapter`, `tool`, `Context`, `Session`, `WorkerInfo`, and the exceptions `Cancelled`,
`HostError`, `CallError`, `ToolNotFound`, `AdapterError`. `snakepit.testing` runs tools without a
host.

Names are loaded on first use, so that the keeper, which needs none of them, starts fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from snakepit._version import __version__

if TYPE_CHECKING:
    from snakepit._adapter import Adapter, tool
    from snakepit._context import Context, Session, WorkerInfo
    from snakepit._errors import AdapterError, CallError, Cancelled, HostError, ToolNotFound

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
    "Adapter": "_adapter",
    "tool": "_adapter",
    "Context": "_context",
    "Session": "_context",
    "WorkerInfo": "_context",
    "AdapterError": "_errors",
    "CallError": "_errors",
    "Cancelled": "_errors",
    "HostError": "_errors",
    "ToolNotFound": "_errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
