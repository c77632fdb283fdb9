"""The loading of adapters: imports them, and compiles their tools.

Loading has two steps, since a fork server imports once and forks many workers: `load` imports the
module and compiles its tools, before the fork; `LoadedAdapter.open` makes the instance, in the
worker.
"""

from __future__ import annotations

import importlib
import inspect
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from snakepit._tools.adapter import Adapter, Mark, catches_uncut, mark_of
from snakepit._tools.batch import BatchRule, rule_of
from snakepit._tools.binding import Binding
from snakepit._tools.errors import AdapterError, quoted
from snakepit._tools.names import TOOL_RULE, is_tool
from snakepit._tools.shadowing import hidden


@dataclass(frozen=True)
class Tool:
    """A tool, compiled. `function` takes keyword arguments.

    A method is bound to its instance by `LoadedAdapter.open`. `kind` is "sync" or "async";
    `stream` says whether it yields chunks.
    """

    name: str
    description: str
    binding: Binding
    kind: str
    stream: bool
    function: Callable[..., Any]
    # The method's name on the adapter, or None for a module's function.
    attribute: str | None
    # How it takes its calls together, or None.
    batch: BatchRule | None = None
    # Whether it may be interrupted.
    interrupt: bool = True

    def describe(self) -> dict[str, Any]:
        """Returns the description that the host shows to callers."""
        description = {
            "name": self.name,
            "description": self.description,
            "inputSchema": self.batch.schema if self.batch else self.binding.schema,
            "stream": self.stream,
            "kind": self.kind,
        }
        if self.batch is not None:
            description.update(batch=self.batch.size, waitMs=math.ceil(self.batch.wait_ms))
        if self.binding.upload:
            description["upload"] = True
        if not self.interrupt:
            description["interrupt"] = False
        return description


@dataclass(frozen=True)
class LoadedAdapter:
    """An adapter whose module is imported and whose tools are compiled. Holds no instance."""

    spec: str
    make: Callable[[], Adapter]
    tools: tuple[Tool, ...]
    catches_all: bool
    # Whether several threads may run its tools at once.
    thread_safe: bool = False
    # Whether calls that `execute` catches may be interrupted.
    interrupt: bool = True

    def describe(self) -> list[dict[str, Any]]:
        """Returns the descriptions of its tools; of those that `execute` catches as `*`."""
        caught = [] if self.interrupt else [{"name": "*", "interrupt": False}]
        return [tool_.describe() for tool_ in self.tools] + caught

    def require_threads(self) -> None:
        """Raises AdapterError if its tools may not run on several threads at once."""
        if not self.thread_safe:
            raise AdapterError(
                f"adapter {self.spec}: profile thread runs several calls at once, so it must say "
                "that it allows that: thread_safe = True in its Adapter class, "
                "or __snakepit_thread_safe__ = True in its module"
            )

    def open(self) -> tuple[Adapter, dict[str, Tool]]:
        """Makes the instance, and its tools by name. Raises whatever its `__init__` raises."""
        adapter = self.make()
        bound = {}
        for tool_ in self.tools:
            if tool_.attribute is not None:
                tool_ = replace(tool_, function=getattr(adapter, tool_.attribute))  # noqa: PLW2901
            bound[tool_.name] = tool_
        return adapter, bound


def load(spec: str) -> LoadedAdapter:
    """Imports `module` or `module:Class` and compiles its tools.

    Raises AdapterError if the spec is wrong, and untouched whatever the import itself raises.
    """
    module_name, colon, class_name = spec.partition(":")
    if not module_name or (colon and not class_name):
        raise AdapterError(f"adapter must be module or module:Class: got {spec!r}")
    module = _import(module_name, spec)
    if not colon:
        return from_module(module, spec)
    found: Any = module
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if found is None:
        names = ", ".join(kind.__name__ for kind in _adapter_classes(module)) or "none"
        raise AdapterError(
            f"adapter {spec}: module {module_name} has no {class_name}; Adapter classes: {names}"
        )
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise AdapterError(
            f"adapter {spec}: {class_name} must be a class derived from snakepit.Adapter"
        )
    return from_class(found, spec)


def from_class(kind: type[Adapter], spec: str = "") -> LoadedAdapter:
    """Compiles the tools of a class. Raises AdapterError if there are none."""
    return _loaded(spec or kind.__qualname__, kind, _method_tools(kind))


def from_module(module: ModuleType, spec: str = "") -> LoadedAdapter:
    """Compiles a module's `@tool` functions and only Adapter subclass. Raises AdapterError."""
    spec = spec or module.__name__
    classes = _adapter_classes(module)
    if len(classes) > 1:
        choices = " or ".join(f"{module.__name__}:{kind.__name__}" for kind in classes)
        raise AdapterError(f"adapter {spec} has several Adapter classes: say {choices}")
    functions = [
        _compile(name, value, mark)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and (mark := mark_of(value)) is not None
    ]
    kind = classes[0] if classes else Adapter
    loaded = _loaded(spec, kind, functions + _method_tools(kind))
    by_module = vars(module).get("__snakepit_thread_safe__") is True
    return replace(loaded, thread_safe=loaded.thread_safe or by_module)


def _import(name: str, spec: str) -> ModuleType:
    if file := hidden(name):
        raise AdapterError(
            f"adapter {spec}: {file} is hidden by the interpreter's own module {name}: rename it"
        )
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            raise  # the module is there, and misses another
        raise AdapterError(
            f"adapter {spec}: no module named {missing}; "
            f"check its name, pythonPath, and that it is installed for {sys.executable}"
        ) from error


def _adapter_classes(module: ModuleType) -> list[type[Adapter]]:
    """Returns the Adapter subclasses that the module itself defines."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Adapter)
        and value.__module__ == module.__name__
    ]


def _loaded(spec: str, kind: type[Adapter], tools: list[Tool]) -> LoadedAdapter:
    catches_all = kind.execute is not Adapter.execute
    if not tools and not catches_all:
        raise AdapterError(f"adapter {spec} has no tools: mark at least one function with @tool")
    names = [tool_.name for tool_ in tools]
    for name in names:
        if names.count(name) > 1:
            raise AdapterError(f"adapter {spec} has two tools named {name}: rename one")
    return LoadedAdapter(
        spec,
        kind,
        tuple(tools),
        catches_all,
        thread_safe=kind.thread_safe is True,
        interrupt=not catches_uncut(kind.execute),
    )


def _method_tools(kind: type[Adapter]) -> list[Tool]:
    """Compiles tools in order of definition. A method that overrides a tool is one as well."""
    attributes: dict[str, Mark] = {}
    for base in reversed(kind.__mro__):
        for name, value in vars(base).items():
            mark = mark_of(value) or attributes.get(name)
            if mark is not None and not (name == "execute" and catches_uncut(value)):
                attributes[name] = mark
    return [
        _compile(name, inspect.getattr_static(kind, name), mark, name)
        for name, mark in attributes.items()
    ]


def _compile(name: str, target: Any, mark: Mark, attribute: str | None = None) -> Tool:
    function = getattr(target, "__func__", target)
    if not callable(function):
        raise AdapterError(f"tool {name} overrides a tool with {function!r}, which can't be called")
    bound = attribute is not None and not isinstance(target, staticmethod)
    name = mark.name or name
    if not is_tool(name):
        raise AdapterError(
            f"a tool's name must be {TOOL_RULE}: got {quoted(name)}; "
            'say another with @tool(name="...")'
        )
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    binding = Binding(name, function, bound=bound)
    _check_upload(name, binding, is_async=is_async, is_batch=mark.batch != 0)
    return Tool(
        name=name,
        description=mark.description or inspect.getdoc(function) or "",
        binding=binding,
        kind="async" if is_async else "sync",
        stream=inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function),
        function=function,
        attribute=attribute,
        batch=rule_of(name, function, mark.batch, mark.wait_ms, bound=bound)
        if mark.batch
        else None,
        interrupt=mark.interrupt,
    )


def _check_upload(name: str, binding: Binding, *, is_async: bool, is_batch: bool) -> None:
    if binding.upload and is_batch:
        raise AdapterError(f"tool {name} takes batches, whose arguments can't come in pieces")
    if is_async and binding.upload == "sync":
        raise AdapterError(
            f"tool {name} is async: waiting for {binding.raw} would block its event loop; "
            "hint it as AsyncIterator[bytes] and read it with async for"
        )
    if not is_async and binding.upload == "async":
        raise AdapterError(
            f"tool {name} is not async, so it can't wait for {binding.raw}: "
            "hint it as Iterator[bytes], or make the tool async def"
        )
