"""Variables of the user's that hold what processes must not share, though nothing else shows it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from snakepit._forkserver import inspection
from snakepit._forkserver.findings import Finding
from snakepit._forkserver.user_code import Variable

_MAKE = "make it in start()"
# Its processes start with its first work: within a call they would end with that, if it is
# interrupted, and the executor is broken for good.
_USE = f"{_MAKE}, and give all its processes work there, so that none starts within a call"
# By the module that defines the class; those of the package multiprocessing all qualify.
_CLASSES = {
    ("concurrent.futures.process", "ProcessPoolExecutor"): _USE,
    ("subprocess", "Popen"): _MAKE,
    ("joblib.parallel", "Parallel"): _MAKE,
    ("sqlite3", "Connection"): _MAKE,
}
_PROCESSES = ("multiprocessing.", "multiprocess.")
_HARMLESS = ("multiprocessing.context",)
# What these read from or write to. By module and class, as here: a class itself may have a method
# for being compared.
_WITHIN: dict[tuple[str, str], Any] = {
    ("_io", "TextIOWrapper"): io.TextIOWrapper.__dict__["buffer"],
    ("_io", "BufferedReader"): io.BufferedReader.__dict__["raw"],
    ("_io", "BufferedWriter"): io.BufferedWriter.__dict__["raw"],
    ("_io", "BufferedRandom"): io.BufferedRandom.__dict__["raw"],
}
# By the first part of the module's name.
_HAVE_NUMBERS = {("_io", "FileIO"), ("_socket", "socket"), ("gevent", "socket"), ("zmq", "Socket")}


def dangers(variables: Iterable[Variable]) -> list[Finding]:
    """Returns executors, pools, queues and locks that workers would share."""
    found: dict[int, Finding] = {}
    for each in variables:
        kind = type(each.value)
        if remedy := _remedy(kind):
            finding = Finding(f"{inspection.name_of(kind)} {each}", remedy)
            found.setdefault(id(each.value), finding)
    return list(found.values())


def _remedy(kind: type) -> str:
    """Returns what to do about an object of that class; nothing if it may be shared."""
    for base in inspection.lineage(kind):
        module = inspection.module_of(base)
        if remedy := _CLASSES.get((module, inspection.name_of(base))):
            return remedy
        if module.startswith(_PROCESSES) and module not in _HARMLESS:
            return _MAKE
    return ""


def names(variables: Iterable[Variable]) -> dict[int, str]:
    """Returns which variable holds a descriptor: of files and sockets, but for such as are lazy."""
    found: dict[int, str] = {}
    for each in variables:
        number = _number(each.value)
        if number >= 0:
            found.setdefault(number, str(each))
    return found


def log_files(modules: Mapping[str, object]) -> set[int]:
    """Returns descriptors of log files.

    A handler writes whole lines and flushes each, so that workers can do so side by side, as fresh
    interpreters would.
    """
    handlers = inspection.attribute(modules.get("logging"), "_handlerList") or ()
    return {_number(inspection.attribute(reference(), "stream")) for reference in handlers} - {-1}


def _number(value: Any) -> int:
    """Returns the descriptor of a file or socket; -1 if it has none, or only its own code knows."""
    try:
        for base in inspection.lineage(type(value)):
            module, name = inspection.module_of(base), inspection.name_of(base)
            within = _WITHIN.get((module, name))
            if within is not None:
                return _number(within.__get__(value))
            if (module.partition(".")[0], name) in _HAVE_NUMBERS:
                return int(base.fileno(value))  # type: ignore[attr-defined]
    except (OSError, ValueError, AttributeError):  # it is closed, or has none yet
        return -1
    return -1
