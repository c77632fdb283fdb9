"""The audit of what an import has left that forked workers would share, or miss.

A forked process has the descriptors of its parent, and of its threads one. So answers of a
connection that the import has opened reach any worker, and who waits for a thread that the import
has started waits for ever. Whatever of that kind is found is a reason to start fresh interpreters.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakepit._forkserver import (
    descriptors,
    generators,
    holders,
    memory_map,
    native_threads,
    runtimes,
)
from snakepit._forkserver.descriptors import Descriptor
from snakepit._forkserver.findings import Finding, told
from snakepit._forkserver.memory_map import MemoryMap
from snakepit._forkserver.native_threads import RUNS, NativeThread
from snakepit._forkserver.seeding import Seeds, SeedWatch
from snakepit._forkserver.survivors import survives
from snakepit._forkserver.user_code import UserCode
from snakepit._system.pristine import os, time
from snakepit._system.threads import threading

if TYPE_CHECKING:
    from threading import Thread

SETTLE_SECONDS = 0.25
"""The time that threads get which are about to end."""

BUSY_SECONDS = 3.0
"""The time that native threads get until they wait: a busy one can't be told from another. Some
spin before they sleep, which takes long on a machine that has no processor for them."""

_STEP_SECONDS = 0.005
_FORCE = "startMethod: forkserver forks all the same"
_BLIND = Finding("this system does not tell what the import has left open (no /proc)", _FORCE)


@dataclass(frozen=True)
class Report:
    """The outcome of an audit."""

    reasons: list[str]
    """Reasons for which forked workers would answer wrongly, or not; each with its remedy."""
    notices: list[str]
    """Findings that users should know of, though forking is right."""
    files: tuple[Descriptor, ...]
    """Files in which each worker gets a place of its own."""
    seeds: Seeds


class Audit:
    """An audit, begun before the import: what is there already is the fork server's."""

    def __init__(self) -> None:
        self._modules = frozenset(sys.modules)
        self._watch = SeedWatch()
        self._blind = False
        self._descriptors: list[Descriptor] = []
        self._shared: set[str] = set()
        try:
            self._descriptors = descriptors.read()
            self._shared = {each.path for each in _shared_memory(memory_map.read())}
        except OSError:
            self._blind = True

    def finish(self, adapter: str, kind: type | None) -> Report:
        """Looks at what the import has left; what can't be looked at is a reason like others.

        ``adapter`` is the name of the adapter's module, and ``kind`` its class, if it has one.
        """
        gc.collect()  # files that only garbage holds would be closed soon, and their numbers reused
        reasons: list[Finding] = []
        notices: list[Finding] = []
        files: list[Descriptor] = []
        names: dict[int, str] = {}
        seeds = Seeds()
        code = UserCode(sys.modules, adapter)
        with _telling(reasons):
            seeds = self._watch.end()
            variables = list(code.variables(self._modules, kind))
            reasons += [*runtimes.unsafe(sys.modules), *holders.dangers(variables)]
            notices += generators.found(variables, sys.modules, seeds)
            names = holders.names(variables)
        with _telling(reasons):
            if self._blind:
                reasons += [*python_threads(threading.enumerate()), _BLIND]
            else:
                opened = descriptors.new(self._descriptors, descriptors.read())
                files = descriptors.for_reading(opened)
                notices += _read_by_user(files, code)
                reasons += self._left(opened, names)
        return Report(told(reasons), told(notices), tuple(files), seeds)

    def _left(self, opened: list[Descriptor], names: dict[int, str]) -> Iterable[Finding]:
        regions = memory_map.read()
        threads, read_by_them = _threads(regions)
        yield from threads
        yield from _children()
        harmless = holders.log_files(sys.modules) | read_by_them
        yield from descriptors.dangers(opened, harmless, names)
        for region in _shared_memory(regions):
            if region.path not in self._shared:
                is_lock = region.name.startswith("sem.")
                what = "lock of multiprocessing" if is_lock else "shared memory"
                yield Finding(what, "make it in start()")


@contextmanager
def _telling(reasons: list[Finding]) -> Iterator[None]:
    """Makes a reason of an error: what can't be looked at is not known to survive."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        said = traceback.format_exception_only(error)[-1].strip()
        reasons.append(Finding(f"what the import has left can't be told: {said}", _FORCE))


def _shared_memory(regions: MemoryMap) -> list[memory_map.Region]:
    return [region for region in regions.regions if region.is_shared_memory]


def _read_by_user(files: Iterable[Descriptor], code: UserCode) -> list[Finding]:
    """Tells of files that are open for reading, but for those that libraries keep of their own."""
    remedy = "each worker reads on from where the import has left it; open it in start()"
    return [
        Finding(f"file {each.target}, open for reading", remedy)
        for each in files
        if code.has_file(each.target)
    ]


def _threads(regions: MemoryMap) -> tuple[list[Finding], set[int]]:
    """Returns the threads that forked workers would miss, and what harmless ones wait to read.

    Some are about to end, such as that of a timer that was cancelled, or are still busy with their
    last work: they get a moment.
    """
    begun = time.monotonic()
    while True:
        pythons = python_threads(threading.enumerate())
        known = {getattr(thread, "native_id", None) for thread in threading.enumerate()}
        natives = native_threads.read(regions, known)
        is_busy = any(each.owner == RUNS for each in natives)
        patience = BUSY_SECONDS if is_busy else SETTLE_SECONDS if pythons else 0.0
        if time.monotonic() - begun >= patience:
            unknown = unknown_threads(natives, _own_name())
            waited_for = {each.reads for each in natives if survives(each) and each.reads >= 0}
            return [*pythons, *unknown], waited_for
        time.sleep(_STEP_SECONDS)


def _own_name() -> str:
    return native_threads.text("/proc/self/comm")


def python_threads(threads: Iterable[Thread]) -> list[Finding]:
    """Returns the threads that Python code has started."""
    return [
        Finding(f"thread {thread.name}, which runs after the import", "start it in start()")
        for thread in threads
        # Some libraries list what is no thread of the system.
        if getattr(thread, "native_id", None) not in (None, os.getpid())
    ]


def unknown_threads(threads: Iterable[NativeThread], own_name: str) -> list[Finding]:
    """Returns the threads of libraries that are not known to survive a fork, by their names.

    A library's threads of one name but for their numbers are one finding.
    """
    groups: dict[str, list[str]] = {}
    for each in threads:
        if not survives(each):
            name = _described(each, own_name)
            groups.setdefault(name.rstrip("0123456789"), []).append(name)
    return [
        Finding(
            f"thread {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else ""),
            "use what starts it first in start()",
        )
        for names in groups.values()
    ]


def _described(thread: NativeThread, own_name: str) -> str:
    if thread.name and thread.name != own_name:
        return thread.name
    if thread.owner == RUNS:
        return "without a name, which is busy"
    return f"of {thread.owner}" if thread.owner else "without a name"


def _children() -> list[Finding]:
    """Returns the processes that the import has started: to workers they are no children."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return []
    remedy = "start it in start()"
    try:
        pids = native_threads.text(f"/proc/self/task/{os.getpid()}/children").split()
        names = [native_threads.text(f"/proc/{pid}/comm") for pid in pids]
    except OSError:
        names = []
    return [Finding(f"process {name}, a child of the import", remedy) for name in names] or [
        Finding("a child process of the import", remedy)
    ]
