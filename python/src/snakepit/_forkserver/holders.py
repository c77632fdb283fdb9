"""Variables of the user's that hold what processes must not share, though nothing else shows it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from snakepit._forkserver.findings import Finding
from snakepit._forkserver.user_code import Variable

# By the module that defines the class; those of the package multiprocessing all qualify.
_CLASSES = {
    ("concurrent.futures.process", "ProcessPoolExecutor"),
    ("subprocess", "Popen"),
    ("joblib.parallel", "Parallel"),
    ("sqlite3", "Connection"),
}
_PROCESSES = ("multiprocessing.", "multiprocess.")
_HARMLESS = ("multiprocessing.context",)


def dangers(variables: Iterable[Variable]) -> list[Finding]:
    """Returns executors, pools, queues and locks that workers would share."""
    found: dict[int, Finding] = {}
    for each in variables:
        kind = type(each.value)
        if _is_shared(kind):
            finding = Finding(f"{kind.__name__} {each}", "make it in start()")
            found.setdefault(id(each.value), finding)
    return list(found.values())


def _is_shared(kind: type) -> bool:
    for base in kind.__mro__:
        if (base.__module__, base.__name__) in _CLASSES:
            return True
        if base.__module__.startswith(_PROCESSES) and base.__module__ not in _HARMLESS:
            return True
    return False


def names(variables: Iterable[Variable]) -> dict[int, str]:
    """Returns which variable holds a descriptor, of files and such as have a ``fileno``."""
    found: dict[int, str] = {}
    for each in variables:
        if isinstance(each.value, io.IOBase) or type(each.value).__name__ in ("socket", "Socket"):
            try:
                number = each.value.fileno()  # type: ignore[attr-defined]
            except (OSError, ValueError, AttributeError):
                continue
            found.setdefault(number, str(each))
    return found


def log_files(modules: Mapping[str, object]) -> set[int]:
    """Returns descriptors of log files.

    A handler writes whole lines and flushes each, so that workers can do so side by side, as fresh
    interpreters would.
    """
    found: set[int] = set()
    for reference in getattr(modules.get("logging"), "_handlerList", ()):
        stream = getattr(reference(), "stream", None)
        if isinstance(stream, io.IOBase):
            try:
                found.add(stream.fileno())
            except (OSError, ValueError):
                continue
    return found
