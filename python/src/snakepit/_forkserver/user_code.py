"""The variables of the user's own code: of the modules beside the adapter, and of its class."""

from __future__ import annotations

import sysconfig
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType
from typing import NamedTuple

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


def is_installed(path: str) -> bool:
    """Returns whether a file belongs to the interpreter, or to an installed library."""
    return path.startswith(_INSTALLED) or any(part in path for part in _PACKAGES)


def variables(
    modules: Mapping[str, ModuleType], before: Collection[str], adapter: object
) -> Iterator[Variable]:
    """Yields the globals of modules that are the user's, and the attributes of the adapter's class.

    ``before`` names the modules that were there before the import. What several places hold is
    yielded for each.
    """
    for name, module in list(modules.items()):
        if name not in before and _is_users(module):
            for key, value in list(vars(module).items()):
                yield Variable(key, f"module {name}", value)
    for kind in getattr(adapter, "__mro__", ())[:-1]:
        if kind.__module__.partition(".")[0] != _OURS:
            for key, value in list(vars(kind).items()):
                yield Variable(key, f"class {kind.__qualname__}", value)


def _is_users(module: object) -> bool:
    if not isinstance(module, ModuleType) or module.__name__.partition(".")[0] == _OURS:
        return False
    file = vars(module).get("__file__")
    return isinstance(file, str) and not is_installed(file)
