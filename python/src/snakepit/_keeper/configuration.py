"""The host's ``configure`` order, read and checked."""

from __future__ import annotations

import json

from snakepit._system.frames import Malformed


class Configuration:
    """The host's ``configure`` order."""

    __slots__ = (
        "adapter",
        "cancel_grace_ms",
        "concurrency",
        "cpus",
        "forced",
        "forks",
        "memory_bytes",
        "on_unserializable",
        "pool",
        "preload",
        "profile",
        "python_path",
        "silence_ms",
        "socket",
        "tell_memory",
        "term_grace_ms",
        "threads",
    )

    def __init__(self, order: dict[str, object]) -> None:
        self.pool = str(order.get("pool", ""))
        method = order.get("startMethod", "auto")
        self.forks = method != "spawn"
        self.forced = method == "forkserver"
        """True if workers are forked though the audit has found reasons against it."""
        self.adapter = str(order.get("adapter", ""))
        self.preload = _texts(order.get("preload"))
        self.python_path = _texts(order.get("pythonPath"))
        self.socket = str(order.get("socket", ""))
        self.on_unserializable = str(order.get("onUnserializable", "error"))
        self.silence_ms = _natural(order, "silenceMs")
        self.profile = str(order.get("profile", "process"))
        self.concurrency = max(1, _natural(order, "concurrency"))
        self.threads = _natural(order, "threads")
        """Number of threads that libraries in a worker compute with; 0: as they please."""
        self.tell_memory = order.get("tellMemory") is True
        self.term_grace_ms = _natural(order, "termGraceMs")
        """Milliseconds that a fork server may take for its exit handlers."""
        self.cancel_grace_ms = _natural(order, "cancelGraceMs")
        limits = order.get("limits", {})
        if not isinstance(limits, dict):
            raise Malformed(f"limits must be an object: got {limits!r}")
        self.memory_bytes = _natural(limits, "memoryBytes")
        """Bytes of memory of one worker; 0: as many as there are."""
        self.cpus = _number(limits, "cpus")
        """Number of CPUs of one worker; 0: as many as there are."""

    def boot(self, worker: str, token: str, parent: int, memory_group: str) -> str:
        """Returns a worker's orders, as the JSON of ``snakepit._worker.boot.Boot``."""
        boot = {
            "worker": worker,
            "pool": self.pool,
            "token": token,
            "socket": self.socket,
            "adapter": self.adapter,
            "on_unserializable": self.on_unserializable,
            "parent": parent,
            "silence_ms": self.silence_ms,
            "profile": self.profile,
            "concurrency": self.concurrency,
            "tell_memory": self.tell_memory,
            "cancel_grace_ms": self.cancel_grace_ms,
            "memory_group": memory_group,
        }
        return json.dumps(boot)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _number(values: dict[str, object], key: str) -> float:
    """Reads a finite number that isn't negative, or 0 if there is none.

    :raises Malformed: it is something else.
    """
    value = values.get(key, 0)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1 << 20:
        raise Malformed(f"{key} must be a number, 0 or more: got {value!r}")
    return float(value)


def _natural(values: dict[str, object], key: str) -> int:
    """Reads a whole number that isn't negative, or 0 if there is none.

    :raises Malformed: it is something else.
    """
    value = values.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed(f"{key} must be a whole number, 0 or more: got {value!r}")
    return value
