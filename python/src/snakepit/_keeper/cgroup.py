"""Cgroups (v2) for workers, where some part of the tree has been delegated to us.

A worker's cgroup can't be a child of the one that the host is in: a cgroup with processes may not
hand controllers on. The usual layout (systemd: ``Delegate=yes`` with ``DelegateSubgroup=``) puts
the host into a leaf, and workers become its siblings.
"""

# pathlib takes longer to import than all of the keeper.
# ruff: noqa: PTH102, PTH106, PTH110, PTH116, PTH120, PTH123, PTH208

from __future__ import annotations

import os
import time

from snakepit._system import limits

_PERIOD_MICROSECONDS = 100_000
_LONGEST_PART = 64
_SURELY_DEAD_SECONDS = 60.0
"""Seconds after which an empty cgroup is none whose worker is just being made."""


class Unusable(Exception):
    """The reason why there can't be cgroups for workers."""


class Cgroups:
    """The cgroups of one run's workers, below one base. Made by :func:`find`."""

    def __init__(self, base: str, instance: str, run: str) -> None:
        self.base = base
        self._instance = f"snakepit-{_clean(instance)}-"
        self._run = f"{self._instance}{_clean(run)}-"
        self._removing: list[str] = []

    def create(self, worker: str, memory_bytes: int, cpus: float) -> str:
        """Makes a worker's cgroup; limits of 0 are none. Returns the file that takes its pid.

        :raises OSError: it could not be made.
        """
        path = self._path(worker)
        os.mkdir(path)
        try:
            if memory_bytes:
                limits.write(f"{path}/memory.max", str(memory_bytes))
                for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
                    if os.path.exists(f"{path}/{name}"):  # else it would only grow slower
                        limits.write(f"{path}/{name}", value)
            if cpus:
                quota = max(1000, round(cpus * _PERIOD_MICROSECONDS))  # the kernel takes no less
                limits.write(f"{path}/cpu.max", f"{quota} {_PERIOD_MICROSECONDS}")
        except OSError:
            os.rmdir(path)
            raise
        return f"{path}/cgroup.procs"

    def out_of_memory(self, worker: str) -> bool:
        """Tells whether the kernel has killed in a worker's cgroup, at its limit."""
        for line in _read(f"{self._path(worker)}/memory.events").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count) > 0
        return False

    def remove(self, worker: str) -> None:
        """Removes a worker's cgroup; one that is not empty yet, with the next."""
        self._removing = [path for path in (*self._removing, self._path(worker)) if not _gone(path)]

    def sweep(self) -> None:
        """Removes the empty cgroups that dead runs of this instance have left."""
        for name in os.listdir(self.base):
            path = f"{self.base}/{name}"
            if name.startswith(self._instance) and not name.startswith(self._run) and _is_old(path):
                _gone(path)

    def _path(self, worker: str) -> str:
        return f"{self.base}/{self._run}{_clean(worker)}"


def find(wanted: list[str], instance: str, run: str, proc: str = "/proc") -> Cgroups:
    """Finds the place where cgroups with the wanted controllers can be made.

    :raises Unusable: there is none.
    """
    own = _own_directory(proc)
    reasons = []
    for base in (os.path.dirname(own), own):
        try:
            _enable(base, wanted)
        except (Unusable, OSError) as error:
            reasons.append(f"{base}: {error}")
            continue
        return Cgroups(base, instance, run)
    raise Unusable("; ".join(reasons))


def delegated(base: str) -> bool:
    """Tells whether a cgroup is ours to arrange. Where root may write, systemd's mark decides."""
    if not os.access(base, os.W_OK) or not os.access(f"{base}/cgroup.procs", os.W_OK):
        return False
    if os.geteuid() != 0:
        return True
    return b"1" in (_attribute(base, "user.delegate"), _attribute(base, "trusted.delegate"))


def _own_directory(proc: str) -> str:
    mounts = [line.split() for line in _read(f"{proc}/self/mountinfo").splitlines()]
    # After the fourth and fifth field, root and place, some that vary end with a hyphen.
    for root, place in [(m[3], m[4]) for m in mounts if m[m.index("-") + 1] == "cgroup2"]:
        for line in _read(f"{proc}/self/cgroup").splitlines():
            path = line.removeprefix("0::")
            inside = path == root or path.startswith(root.rstrip("/") + "/")
            if path != line and inside:
                return os.path.normpath(place + "/" + path[len(root) :])
    raise Unusable("there is no cgroup v2")


def _enable(base: str, wanted: list[str]) -> None:
    there = _read(f"{base}/cgroup.controllers").split()
    if missing := [name for name in wanted if name not in there]:
        raise Unusable(f"no controller {', '.join(missing)}")
    if not delegated(base):
        raise Unusable("not delegated to this user")
    enabled = _read(f"{base}/cgroup.subtree_control").split()
    if lacking := [f"+{name}" for name in wanted if name not in enabled]:
        limits.write(f"{base}/cgroup.subtree_control", " ".join(lacking))


def _gone(path: str) -> bool:
    """Removes a cgroup if it is empty. Returns whether it is gone."""
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _is_old(path: str) -> bool:
    try:
        return time.time() - os.stat(path).st_mtime > _SURELY_DEAD_SECONDS
    except OSError:
        return False


def _clean(name: str) -> str:
    """Makes a name fit into a directory's. A worker's id is cut in front: its number is last."""
    plain = (c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)
    return "".join(plain)[-_LONGEST_PART:]


def _attribute(path: str, name: str) -> bytes:
    try:
        return os.getxattr(path, name)
    except OSError:
        return b""


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""
