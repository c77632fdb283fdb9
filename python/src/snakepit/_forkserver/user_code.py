"""The variables of the user's own code: of the modules beside the adapter, and of its class."""

from __future__ import annotations

import sysconfig
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import NamedTuple

from snakepit._forkserver import inspection
from snakepit._system.pristine import os

_INSTALLED = tuple(
    {
        f"{path}/"
        for key, path in sysconfig.get_paths().items()
        if key in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
_PACKAGES = ("/site-packages/", "/dist-packages/")
_OURS = "snakepit"


class Variable(NamedTuple):
    """A variable of the user's, and the place in which it was found."""

    name: str
    place: str
    """Such as ``module inventory`` or ``class Inventory``."""
    value: object

    def __str__(self) -> str:
        return f"{self.name} in {self.place}"


class UserCode:
    """Tells the user's own code from the interpreter's, and from that of installed libraries.

    The adapter's package is the user's, even if it was installed. ``adapter`` is the name of the
    adapter's module.
    """

    def __init__(self, modules: Mapping[str, ModuleType], adapter: str) -> None:
        self._modules = modules
        self._adapter = adapter

    def variables(self, before: Collection[str], kind: type | None) -> Iterator[Variable]:
        """Yields the globals of modules that are the user's, and the attributes of a class.

        ``kind`` is the adapter's. ``before`` names the modules that were there before the import.
        What several places hold is yielded for each.
        """
        for name, module in list(self._modules.items()):
            if name not in before and self._has_module(name, module):
                for key, value in list(inspection.variables_of(module).items()):
                    yield Variable(key, f"module {name}", value)
        for base in inspection.lineage(kind)[:-1] if kind is not None else ():
            if _top(inspection.module_of(base)) != _OURS:
                for key, value in list(inspection.variables_of_class(base).items()):
                    yield Variable(key, f"class {inspection.qualified_name_of(base)}", value)

    def has_file(self, path: str) -> bool:
        """Returns whether a file belongs to the user: to the adapter, or to nobody else."""
        is_adapters = bool(self._place) and path.startswith(self._place)
        return is_adapters or not _is_installed(path)

    def _has_module(self, name: str, module: ModuleType) -> bool:
        if _top(name) == _OURS:
            return False
        if name == self._package or name.startswith(f"{self._package}."):
            return True
        file = _file(module)
        return bool(file) and not _is_installed(file)

    @cached_property
    def _package(self) -> str:
        """The outermost package of the adapter, or its module.

        A namespace is none: there are packages of others in it.
        """
        parts = self._adapter.split(".")
        names = [".".join(parts[: index + 1]) for index in range(len(parts))]
        return next((name for name in names if _file(self._modules.get(name))), self._adapter)

    @cached_property
    def _place(self) -> str:
        """The place of that package's files; nothing if it has none."""
        module = self._modules.get(self._package)
        file = _file(module) and os.path.realpath(_file(module))
        is_package = "__path__" in inspection.variables_of(module)
        return os.path.join(os.path.dirname(file), "") if is_package and file else file


def _top(name: str) -> str:
    return name.partition(".")[0]


def _file(module: object) -> str:
    """Returns the file that a module was loaded from, or nothing."""
    file = inspection.variables_of(module).get("__file__")
    return file if type(file) is str else ""


def _is_installed(path: str) -> bool:
    """Returns whether a file belongs to the interpreter, or to an installed library."""
    return path.startswith(_INSTALLED) or any(part in path for part in _PACKAGES)
