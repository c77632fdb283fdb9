"""A worker, as the keeper knows it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snakepit._keeper.fork_server import ForkServer


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
        """The fork server that is its parent; None: the keeper."""
        self.lifeline = -1
        """The write end of a spawned worker's standard input."""
        self.end: dict[str, object] | None = None
        """``{"status": n}`` or ``{"signal": n}`` once it has ended."""
        self.ended_at = 0.0
        self.reaping = False
        self.signal_on_start = 0
        """The signal asked for while its pid was not known yet."""

    @property
    def runs(self) -> bool:
        """True while the worker has a pid and has not ended."""
        return self.pid > 0 and self.end is None

    @property
    def held(self) -> bool:
        """True while the worker has ended and its leftovers are being looked for."""
        return self.end is not None and not self.reaping
