"""Orders of a worker: all that it must know before it can dial its host."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from snakepit._system.pristine import json

PROFILES = ("process", "thread", "async")


@dataclass(frozen=True)
class Boot:
    """One worker's orders, handed down by its parent. Holds a secret: keep it out of logs."""

    worker: str
    pool: str
    # Opens the worker's two connections, once each.
    token: str
    # Path of the Unix socket where the pool listens.
    socket: str
    # `module` or `module:Class`.
    adapter: str
    # What a result becomes that JSON can't express: "error" or "marker".
    on_unserializable: str = "error"
    # The pid of the process that makes the worker. 0: unknown, and not watched.
    parent: int = 0
    # Milliseconds without a frame from the host after which the worker ends itself. 0: never.
    silence_ms: int = 0
    # How calls are run: "process", "thread" or "async".
    profile: str = "process"
    # How many may run at a time.
    concurrency: int = 1
    # Whether answers tell how much memory the worker holds.
    tell_memory: bool = False
    # Milliseconds that a cancelled call has to stop.
    cancel_grace_ms: int = 1000
    # The directory of the cgroup that bounds the worker's memory. Empty: there is none.
    memory_group: str = ""

    def __repr__(self) -> str:
        return f"Boot(worker={self.worker!r}, pool={self.pool!r}, adapter={self.adapter!r})"

    def to_json(self) -> str:
        """Returns one line of JSON, without the line's end."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Boot:
        """Reads what `to_json` wrote. Raises ValueError if it is something else."""
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("a worker's orders must be a JSON object")  # noqa: TRY004
        try:
            boot = cls(**fields)
        except TypeError as error:
            raise ValueError(f"a worker's orders are incomplete: {error}") from error
        if boot.on_unserializable not in ("error", "marker"):
            raise ValueError(
                f"on_unserializable must be error or marker: got {boot.on_unserializable!r}"
            )
        if boot.profile not in PROFILES:
            raise ValueError(f"profile must be one of {PROFILES}: got {boot.profile!r}")
        return boot
