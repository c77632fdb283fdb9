"""Modules of users that bear the name of one of the interpreter's own, which comes first."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from snakepit._system import standard_streams
from snakepit._system.origins import is_library
from snakepit._system.pristine import os

_NAMES = re.compile(r"['\"](\w+)(?:\.\w+)*['\"]")
_PACKAGES = frozenset(("site-packages", "dist-packages"))
_OURS = __name__.partition(".")[0]
# Such a module is the interpreter's with any order of the paths.
_BUILT_IN = ("built-in", "frozen")


def hidden(name: str, places: Iterable[str] | None = None) -> str:
    """Returns the file that a name would stand for, did the interpreter not have its own; or ""."""
    if name not in sys.stdlib_module_names:
        return ""
    known = getattr(sys.modules.get(name), "__file__", None) or ""
    for place in _places() if places is None else places:
        for file in (Path(place, f"{name}.py"), Path(place, name, "__init__.py")):
            if file.is_file() and str(file) != known and not is_library(str(file)):
                return str(file)
    return ""


def explanation(error: BaseException) -> str:
    """Returns what to say besides of an import that failed, since a user's file is hidden; or "".

    The module is one that the message names: `cannot import name 'Shape' from 'types'`.
    """
    if not isinstance(error, (ImportError, AttributeError)):
        return ""
    for name in _NAMES.findall(str(error)):
        if file := hidden(name):
            return f"{file} is hidden by the interpreter's own module {name}: rename it"
    return ""


def tell() -> None:
    """Tells on standard error of the files that are hidden though an import seems to want them.

    To be called after the import that they may have been meant for, which has not failed of it.
    """
    for name, (file, user) in sorted(_hidden_from_users().items()):
        standard_streams.complain(
            f"{file} is hidden by the interpreter's own module {name}, "
            f"which module {user} uses: rename it if it was meant"
        )


def _hidden_from_users() -> dict[str, tuple[str, str]]:
    """Returns such files, each with the user's module that has the interpreter's own, by name.

    Files that merely lie there, as `test.py` and `code.py` often do, are not among them.
    """
    places = [place for place in _places() if _is_users(Path(place, "any.py"))]
    namesakes = {name for place in places for name in _names_in(place)}
    own = {name for name in namesakes if _is_replaceable(sys.modules.get(name))}
    files = {name: file for name in own if (file := hidden(name, places))}
    return {name: (files[name], user) for name, user in _users_of(files)} if files else {}


def _places() -> list[str]:
    """Returns where modules are looked for; imports pass over what is no text."""
    return [place for place in sys.path if isinstance(place, str)]


def _names_in(place: str) -> Iterator[str]:
    """Yields the names of the interpreter's own modules that files of a folder bear."""
    try:
        names = os.listdir(place or ".")
    except (OSError, ValueError):  # no such folder, or no such thing as one
        return
    for name in names:
        module = name.removesuffix(".py")
        if module in sys.stdlib_module_names:
            yield module


def _is_replaceable(module: Any) -> bool:
    """Tells whether a module is the interpreter's, and only since its library comes first."""
    origin = getattr(_variables(module).get("__spec__"), "origin", None)
    file = _variables(module).get("__file__")
    return origin not in _BUILT_IN and isinstance(file, str) and is_library(file)


def _users_of(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields which module of the user's has one of these modules, or what these define.

    Told by identity: to ask a user's variables for anything might run code of theirs.
    """
    known: dict[int, str] = {}
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if top in names:
            known[id(module)] = top
            known.update((id(each), top) for each in _defined_in(module, top))
    for name, module in list(sys.modules.items()):
        file = _variables(module).get("__file__")
        if name.partition(".")[0] != _OURS and isinstance(file, str) and _is_users(Path(file)):
            for value in list(_variables(module).values()):
                if (used := known.get(id(value))) is not None:
                    yield used, name


def _defined_in(module: Any, top: str) -> Iterator[object]:
    """Yields the functions and classes that a module, or its part in C, defines."""
    for value in list(_variables(module).values()):
        kind = type(value)
        if issubclass(kind, (type, FunctionType, BuiltinFunctionType, MethodType)):
            defining = getattr(value, "__module__", None)
            if isinstance(defining, str) and defining.partition(".")[0] in (top, f"_{top}"):
                yield value


def _variables(module: Any) -> dict[str, Any]:
    """Returns a module's globals, without loading one that is to be loaded when it is used."""
    if not issubclass(type(module), ModuleType):
        return {}
    variables: dict[str, Any] = object.__getattribute__(module, "__dict__")
    return variables


def _is_users(file: Path) -> bool:
    """Tells whether a file is neither the interpreter's nor that of an installed library."""
    return not is_library(str(file)) and _PACKAGES.isdisjoint(file.parts)
