"""OpenMP below a fork: none of its threads is there when workers are forked, yet all may use it.

GNU's runtime, which lightgbm, xgboost and scikit-learn compute with, keeps its threads between two
uses. A fork copies none of them, but the memory that says they are there: a forked process waits
for them for ever. So two things are done about an import, and either alone leaves a gap:

- It has one thread: where the number is left to the runtime, none is ever started. That holds for
  every version of it, but not for code that asks for a number itself.
- After it the runtime is told to rest, whereupon it ends its threads and begins anew with the next
  use. That holds for any number, but only versions since GCC 9 can do it, and many wheels bring an
  older one.

Threads that are left all the same are for the audit to find. Then the runtime gets the number that
workers compute with: for this thread, which forked workers inherit; their further threads begin
with the number that the runtime was loaded with, and get theirs by `new_threads`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from snakepit._forkserver import memory_map
from snakepit._system import new_threads
from snakepit._system.pristine import os

if TYPE_CHECKING:
    from ctypes import CDLL

_VARIABLE = "OMP_NUM_THREADS"
# Libraries that look there if their own variable isn't set, and then keep what they have found.
_FOLLOWERS = ("OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_ONE = "1"
_NAMES = re.compile(r"lib(gomp|omp|iomp)[-.\d]")
# Of the API, which knows a harder one besides: after that LLVM's runtime, which needs neither since
# it sees to forks by itself, hangs in the next fork.
_PAUSE_SOFT = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Has what is imported within compute on one thread, and lets it have all of them afterwards.

    A number that the import itself gives, by the variable or by a call, stays.
    """
    before = os.environ.get(_VARIABLE)
    threads = _first_number(before)
    stand_ins = {name: str(threads or _cores()) for name in _FOLLOWERS if name not in os.environ}
    os.environ.update(stand_ins)
    os.environ[_VARIABLE] = _ONE
    yield
    for name, value in stand_ins.items():
        if os.environ.get(name) == value:
            del os.environ[name]
    if os.environ.get(_VARIABLE) == _ONE:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before
    _let_go(_first_number(os.environ.get(_VARIABLE)))


def _let_go(threads: int) -> None:
    """Ends the runtimes' threads, and sets how many there may be; 0: as many as processors."""
    runtimes = _loaded()
    for runtime in runtimes:
        if hasattr(runtime, "omp_pause_resource_all"):
            runtime.omp_pause_resource_all(_PAUSE_SOFT)
    limited = [runtime for runtime in runtimes if runtime.omp_get_max_threads() == 1]

    def set_threads() -> None:
        for runtime in limited:
            runtime.omp_set_num_threads(threads or runtime.omp_get_num_procs())

    if limited:
        set_threads()
        new_threads.steps.append(set_threads)
    _let_go_of_arrow(threads)


def _let_go_of_arrow(threads: int) -> None:
    """Arrow's own threads are as many as the variable has said when they were first asked for."""
    arrow: Any = sys.modules.get("pyarrow.lib")
    if arrow is not None and arrow.cpu_count() == 1:
        arrow.set_cpu_count(threads or _cores())


def _loaded() -> list[CDLL]:
    """Returns all OpenMP runtimes of this process: wheels bring one each."""
    try:
        regions = memory_map.read().regions
    except OSError:  # a system without it, where nothing of this is known
        return []
    files = dict.fromkeys(region.path for region in regions if _NAMES.match(region.name))
    if not files:
        return []
    import ctypes  # noqa: PLC0415 - only where it is needed, since it takes time and memory

    found: list[CDLL] = []
    for path in files:
        with suppress(OSError):  # mapped as any file may be, or replaced since
            found.append(ctypes.CDLL(path, mode=os.RTLD_NOLOAD))
    return [runtime for runtime in found if hasattr(runtime, "omp_set_num_threads")]


def _first_number(value: str | None) -> int:
    """Returns what the variable says of the outermost level; 0 if that is nothing."""
    first = (value or "").split(",", 1)[0].strip()
    return int(first) if first.isascii() and first.isdecimal() else 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
