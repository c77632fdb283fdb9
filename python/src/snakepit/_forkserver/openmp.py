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

The one thread is said to code in C alone, by the environment of the process: `os.environ`, which
has a copy of it, goes on saying what workers compute with. So what the import does there is told
apart from what is done here, whatever the number, and finds what it would in a fresh interpreter.

A call that the import makes can't be told apart if the number is one: `omp_set_num_threads(1)`,
`torch.set_num_threads(1)` and `pyarrow.set_cpu_count(1)` are overridden, since to ask a runtime is
to be told a number, and not whose it is. Any other number stays.
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
# Of libraries in C that look there if their own isn't set, and then keep what they have found.
_OPENBLAS = "OPENBLAS_NUM_THREADS"
_FOLLOWERS = (_OPENBLAS, "BLIS_NUM_THREADS")
_NAMES = re.compile(r"lib(gomp|omp|iomp)[-.\d]")
_OPENBLAS_NAMES = re.compile(r"lib(scipy_)?openblas")
# Of the API, which knows a harder one besides: after that LLVM's runtime, which needs neither since
# it sees to forks by itself, hangs in the next fork.
_PAUSE_SOFT = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Has what is imported within compute on one thread, and lets it have all of them afterwards.

    A number that the import itself gives, by the variable or by a call, stays; but for a one that
    it gives by a call.
    """
    before = os.environ.get(_VARIABLE)
    stand_in = _first_number(before) or _cores()
    followers = [name for name in _FOLLOWERS if name not in os.environ]
    os.putenv(_VARIABLE, "1")
    for name in followers:
        os.putenv(name, str(stand_in))
    yield
    for name in (_VARIABLE, *followers):
        _tell_c(name)
    given = os.environ.get(_VARIABLE)
    threads = _first_number(given)
    _let_go(threads)
    if given != before and _OPENBLAS in followers and _OPENBLAS not in os.environ:
        _have_openblas_follow(stand_in, threads or _cores())


def _tell_c(name: str) -> None:
    """Has code in C find of a variable what Python code finds."""
    value = os.environ.get(name)
    if value is None:
        os.unsetenv(name)
    else:
        os.putenv(name, value)


def _let_go(threads: int) -> None:
    """Ends the runtimes' threads, and sets how many there may be; 0: as many as processors."""
    runtimes = [each for each in _loaded(_NAMES) if hasattr(each, "omp_set_num_threads")]
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


def _have_openblas_follow(stand_in: int, threads: int) -> None:
    """Gives OpenBLAS the number of OpenMP's variable, which the import has set without its own."""
    for library in _loaded(_OPENBLAS_NAMES):
        for prefix in ("", "scipy_"):
            for suffix in ("", "64_", "_64"):
                ask = getattr(library, f"{prefix}openblas_get_num_threads{suffix}", None)
                if ask is not None and ask() == stand_in:
                    getattr(library, f"{prefix}openblas_set_num_threads{suffix}")(threads)


def _loaded(names: re.Pattern[str]) -> list[CDLL]:
    """Returns all libraries of such names in this process: wheels bring one each."""
    try:
        regions = memory_map.read().regions
    except OSError:  # a system without it, where nothing of this is known
        return []
    files = dict.fromkeys(region.path for region in regions if names.match(region.name))
    if not files:
        return []
    import ctypes  # noqa: PLC0415 - only where it is needed, since it takes time and memory

    found: list[CDLL] = []
    for path in files:
        with suppress(OSError):  # mapped as any file may be, or replaced since
            found.append(ctypes.CDLL(path, mode=os.RTLD_NOLOAD))
    return found


def _first_number(value: str | None) -> int:
    """Returns what the variable says of the outermost level; 0 if that is nothing."""
    first = (value or "").split(",", 1)[0].strip()
    return int(first) if first.isascii() and first.isdecimal() else 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
