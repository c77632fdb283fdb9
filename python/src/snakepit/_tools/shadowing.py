"""Modules of users that bear the name of one of the interpreter's own, which comes first."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_NAMES = re.compile(r"['\"](\w+)(?:\.\w+)*['\"]")


def hidden(name: str) -> str:
    """Returns the file that a name would stand for, did the interpreter not have its own; or ""."""
    if name not in sys.stdlib_module_names:
        return ""
    known = getattr(sys.modules.get(name), "__file__", None) or ""
    for place in sys.path:
        for file in (Path(place, f"{name}.py"), Path(place, name, "__init__.py")):
            if file.is_file() and str(file) != known and not _is_own(file):
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


def _is_own(file: Path) -> bool:
    """Tells whether a file is of the interpreter's, as `os` is."""
    own = getattr(sys.modules["os"], "__file__", None) or ""
    return bool(own) and Path(own).parent in file.parents and "site-packages" not in file.parts
