"""Reports to the host of workers that begin, or can't."""

from __future__ import annotations

from snakepit._system import process_table

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakepit._keeper.worker import Worker

KEEPER = "the keeper"
"""Name that the keeper gives itself where it explains what it is short of."""


class Reports:
    """The way to the host's log and books: ``send`` takes an event, ``complain`` a line of text."""

    def __init__(
        self, send: Callable[[dict[str, object]], None], complain: Callable[[str], None]
    ) -> None:
        self.send = send
        self.complain = complain

    def started(self, worker: Worker) -> None:
        """Tells that a worker has a process, dead or alive: nobody has reaped it."""
        process = process_table.read(worker.pid)
        ticks = process.start_ticks if process else 0
        self.send({"event": "started", "worker": worker.id, "pid": worker.pid, "startTicks": ticks})

    def failed(self, worker: str, message: str, cause: dict[str, object] | None = None) -> None:
        """Tells that a worker could not be started."""
        event = {"event": "startFailed", "worker": worker, "message": message, **(cause or {})}
        self.send(event)
