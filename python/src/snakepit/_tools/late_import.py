"""Imports of the standard library's that come late, when user code has had its say already."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from snakepit._system.origins import is_library
from snakepit._system.threads import threading

_AMPLE = 1000  # the interpreter's own default
_one_at_a_time = threading.Lock()


def import_late(name: str) -> ModuleType:
    """Imports a module of ours, or of the standard library, as if it had been imported at first.

    What a user has put in front of `sys.path` since, such as a file `queue.py`, comes last for as
    long; a recursion limit of the user's that is too small for an import is raised for as long.
    """
    with _one_at_a_time:  # else one could restore what another has just set
        limit, path = sys.getrecursionlimit(), sys.path
        own = [each for each in path if is_library(f"{each}/")]
        try:
            sys.path = [*own, *(each for each in path if each not in own)]
            sys.setrecursionlimit(max(limit, _AMPLE))
            return importlib.import_module(name)
        finally:
            sys.path = path
            sys.setrecursionlimit(limit)
