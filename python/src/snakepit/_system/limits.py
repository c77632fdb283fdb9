"""Limits that a process puts on itself before it becomes a worker and runs user code.

Called between fork and exec of a spawned worker, and right after the fork of a forked one.
:mod:`snakepit._keeper.limits` decides what is put on.
"""

from __future__ import annotations

from snakepit._system.pristine import os


def put_on(limits: dict[str, object]) -> None:
    """Enters a cgroup, binds itself to CPUs, and bounds its memory, each if asked for.

    ``limits`` may have ``cgroup`` (the file that takes a pid), ``cpus`` (numbers of CPUs), and
    ``dataBytes``, the most that all private writable memory of the process may take, thread stacks
    included: beyond it an allocation fails, which Python code sees as MemoryError.

    :raises OSError: one of them could not be put on.
    """
    if procs := limits.get("cgroup"):
        write(str(procs), "0")
    cpus = limits.get("cpus")
    if isinstance(cpus, list):
        os.sched_setaffinity(0, cpus)
    data_bytes = limits.get("dataBytes")
    if isinstance(data_bytes, int):
        import resource  # noqa: PLC0415 - few pools need it

        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))


def write(path: str, text: str) -> None:
    """Writes to a file of the kernel's, which must be there.

    :raises OSError: the kernel does not take it.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
