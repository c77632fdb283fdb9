"""Looks at what is the user's without running the user's code.

A lazy object, such as Django's settings or a proxy of Celery's, does what it was put off for as
soon as it is asked for anything, even for its ``__class__``; so does a lazy module. Here neither
they nor their classes are asked: what the interpreter itself knows of them is read.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

# Of the interpreter itself: a metaclass, or the class of a module, may have others of these names.
_BASES: Any = type.__dict__["__mro__"]
_NAME: Any = type.__dict__["__name__"]
_QUALIFIED_NAME: Any = type.__dict__["__qualname__"]
_MODULE: Any = type.__dict__["__module__"]
_CLASS_VARIABLES: Any = type.__dict__["__dict__"]
_MODULE_VARIABLES: Any = vars(ModuleType)["__dict__"]


def lineage(kind: type) -> tuple[type, ...]:
    """Returns a class and those that it is derived from."""
    found: tuple[type, ...] = _BASES.__get__(kind)
    return found


def is_a(value: object, kinds: Iterable[type]) -> bool:
    """Returns whether an object is one of those kinds, whatever it says of itself."""
    wanted = {id(kind) for kind in kinds}
    return any(id(base) in wanted for base in lineage(type(value)))


def name_of(kind: type) -> str:
    """Returns the name of a class alone."""
    return str(_NAME.__get__(kind))


def qualified_name_of(kind: type) -> str:
    """Returns the name of a class within its module, such as ``Outer.Inner``."""
    return str(_QUALIFIED_NAME.__get__(kind))


def module_of(kind: type) -> str:
    """Returns the name of the module that has defined a class; nothing if that is not known."""
    try:
        found = _MODULE.__get__(kind)
    except AttributeError:
        return ""
    return found if type(found) is str else ""  # a proxy's is a property


def variables_of_class(kind: type) -> Mapping[str, object]:
    """Returns what a class itself has, without what it is derived from."""
    found: Mapping[str, object] = _CLASS_VARIABLES.__get__(kind)
    return found


def variables_of(module: object) -> Mapping[str, object]:
    """Returns what a module has by now. What is none, though listed as one, has nothing."""
    if type(module) is not ModuleType and not is_a(module, (ModuleType,)):  # most are just that
        return {}
    return _MODULE_VARIABLES.__get__(module) or {}


def attribute(holder: object, name: str) -> Any:
    """Returns what an object has by that name, such as a property itself; None if nothing."""
    return inspect.getattr_static(holder, name, None)
