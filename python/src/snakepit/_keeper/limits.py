"""Limits of a pool's workers: who enforces them on this machine, and what each worker gets.

Cgroups where they can be had: they bound a worker with all below it. Else each process for itself:
its private writable memory (RLIMIT_DATA), and the CPUs that it may run on.
"""

# pathlib takes longer to import than all of the keeper.
# ruff: noqa: PTH120

from __future__ import annotations

import math
import os
import signal
import sys

from snakepit._keeper import cgroup

LINUX = sys.platform == "linux"


class WorkerLimits:
    """The limits of all workers of one keeper: none, until told.

    Attributes: ``memory`` is enforced by ``cgroup``, ``rlimit`` or not at all (``off``), ``cpus``
    by ``cgroup``, ``affinity`` or not at all.
    """

    def __init__(self, instance: str, run: str) -> None:
        self._instance = instance
        self._run = run
        self._memory_bytes = 0
        self._cpus = 0.0
        self._cgroups: cgroup.Cgroups | None = None
        self._places: dict[str, int] = {}
        """A small number for each worker, which spreads them over the CPUs."""
        self.memory = self.cpus = "off"

    def configure(self, memory_bytes: int, cpus: float) -> dict[str, object] | None:
        """Sets the limits, 0 being none. Returns the event that tells how they are enforced."""
        self._memory_bytes, self._cpus = memory_bytes, cpus
        wanted = ["memory"] * bool(memory_bytes) + ["cpu"] * bool(cpus)
        if not wanted:
            return None
        detail = ""
        try:
            self._cgroups = cgroup.find(wanted, self._instance, self._run)
            self._cgroups.sweep()
            detail = self._cgroups.base
        except cgroup.Unusable as error:
            detail = f"no cgroups: {error}"
        if memory_bytes:
            self.memory = "cgroup" if self._cgroups else "rlimit" if LINUX else "off"
        if cpus:
            bindable = hasattr(os, "sched_setaffinity")
            self.cpus = "cgroup" if self._cgroups else "affinity" if bindable else "off"
        return {"event": "limits", "memory": self.memory, "cpus": self.cpus, "detail": detail}

    def open(self, worker: str) -> dict[str, object]:
        """Returns the limits of a new worker, for :func:`snakepit._system.limits.put_on`.

        :raises OSError: its cgroup could not be made.
        """
        limits: dict[str, object] = {}
        if self._cgroups is not None:
            limits["cgroup"] = self._cgroups.create(worker, self._memory_bytes, self._cpus)
        if self.memory == "rlimit":
            limits["dataBytes"] = self._memory_bytes
        if self.cpus == "affinity":
            taken = self._places.values()
            place = next(n for n in range(len(taken) + 1) if n not in taken)
            self._places[worker] = place
            limits["cpus"] = share(sorted(os.sched_getaffinity(0)), math.ceil(self._cpus), place)
        return limits

    def memory_group(self, limits: dict[str, object]) -> str:
        """Returns the directory of the cgroup that bounds a worker's memory; empty: none does.

        The worker is told, and looks there before it takes much: the kernel's answer is a kill.
        """
        return os.path.dirname(str(limits["cgroup"])) if self.memory == "cgroup" else ""

    def close(self, worker: str, end: dict[str, object]) -> str:
        """Gives back the limits of a worker that has gone. Returns why, if one was the reason."""
        self._places.pop(worker, None)
        if self._cgroups is None:
            return ""
        killed = end.get("signal") == signal.SIGKILL and self._cgroups.out_of_memory(worker)
        self._cgroups.remove(worker)
        if not killed:
            return ""
        return f"was killed by its memory limit (limits.memoryBytes={self._memory_bytes}, cgroup)"


def share(allowed: list[int], count: int, place: int) -> list[int]:
    """Returns ``count`` of the allowed CPUs, others for each place as long as there are some."""
    count = min(count, len(allowed))
    return [allowed[(place * count + n) % len(allowed)] for n in range(count)]
