"""Outfit of a worker, before it exists: its environment, its output's pipes and its limits."""

from __future__ import annotations

import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from snakepit._keeper.limits import WorkerLimits
    from snakepit._keeper.output import Outputs


class Outfit:
    """The outfit of all workers of one keeper. What was given to one is taken back at its end."""

    def __init__(self, environ: dict[str, str], outputs: Outputs, limits: WorkerLimits) -> None:
        self.environ = environ
        self.outputs = outputs
        self.limits = limits

    def give(self, worker: str, now: float) -> tuple[tuple[int, int], dict[str, object]]:
        """Returns the ends to write its output to, which are the caller's to close, and limits.

        :raises OSError: one of them could not be had, and none is.
        """
        output: tuple[int, ...] = ()
        try:
            output = (stdout, stderr) = self.outputs.open(worker, now)
            limits = self.limits.open(worker)
        except OSError:
            for fd in output:
                os.close(fd)
            self.take_back(worker, now)
            raise
        return (stdout, stderr), limits

    def take_back(self, worker: str, now: float) -> None:
        """Takes back what was given to a worker that has never begun."""
        self.outputs.finish(worker, now)
        self.limits.close(worker, {})
