"""What the keeper knows of one worker, and what the host has told it about all of them."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from snakepit._keeper_frames import Malformed
else:  # in the keeper, which knows no packages
    from _keeper_frames import Malformed

if TYPE_CHECKING:
    from snakepit._keeper_server import ForkServer


class Configuration:
    """The host's ``configure`` order."""

    __slots__ = (
        "adapter",
        "concurrency",
        "cpus",
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
    )

    def __init__(self, order: dict[str, object]) -> None:
        self.pool = str(order.get("pool", ""))
        self.forks = order.get("startMethod", "forkserver") == "forkserver"
        self.adapter = str(order.get("adapter", ""))
        self.preload = _texts(order.get("preload"))
        self.python_path = _texts(order.get("pythonPath"))
        self.socket = str(order.get("socket", ""))
        self.on_unserializable = str(order.get("onUnserializable", "error"))
        self.silence_ms = _natural(order, "silenceMs")
        self.profile = str(order.get("profile", "process"))
        self.concurrency = max(1, _natural(order, "concurrency"))
        self.tell_memory = order.get("tellMemory") is True
        limits = order.get("limits", {})
        if not isinstance(limits, dict):
            raise Malformed(f"limits must be an object: got {limits!r}")
        self.memory_bytes = _natural(limits, "memoryBytes")
        """0: as many as there are."""
        self.cpus = _number(limits, "cpus")
        """0: as many as there are."""

    def boot(self, worker: str, token: str, parent: int) -> str:
        """What a worker must know, as the JSON of ``snakepit._boot.Boot``."""
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
        }
        return json.dumps(boot)


class Worker:
    """One worker that exists, or is about to.

    Its life: *forking* (the fork server has the order, ``pid`` is 0), *running*, *ended* (``end``
    is set; it stays a zombie: while it is not reaped, its pid, which is also its group's and
    session's, can't be given to anyone else), *reaping* (nothing of it is left, its fork server may
    reap it).
    """

    __slots__ = ("end", "ended_at", "id", "lifeline", "pid", "reaping", "server", "signal_on_start")

    def __init__(self, worker: str, server: ForkServer | None) -> None:
        self.id = worker
        self.pid = 0
        self.server = server
        """Its parent; None: the keeper."""
        self.lifeline = -1
        """The write end of a spawned worker's standard input."""
        self.end: dict[str, object] | None = None
        """``{"status": n}`` or ``{"signal": n}`` once it has ended."""
        self.ended_at = 0.0
        self.reaping = False
        self.signal_on_start = 0
        """Asked for while its pid was not known yet."""

    @property
    def runs(self) -> bool:
        """It has a pid and has not ended."""
        return self.pid > 0 and self.end is None

    @property
    def held(self) -> bool:
        """It has ended, and what it has left is being looked for."""
        return self.end is not None and not self.reaping


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _number(values: dict[str, object], key: str) -> float:
    """A finite number that isn't negative, or 0 if there is none.

    :raises Malformed: it is something else.
    """
    value = values.get(key, 0)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1 << 20:
        raise Malformed(f"{key} must be a number, 0 or more: got {value!r}")
    return float(value)


def _natural(values: dict[str, object], key: str) -> int:
    """A number that isn't negative, or 0 if there is none.

    :raises Malformed: it is something else.
    """
    value = values.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed(f"{key} must be a whole number, 0 or more: got {value!r}")
    return value
