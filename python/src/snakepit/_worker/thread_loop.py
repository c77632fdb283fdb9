"""The work loop of profile `thread`."""

from __future__ import annotations

from snakepit._worker.call_threads import Threads
from snakepit._worker.jobs import Jobs, MakeRunner
from snakepit._worker.link import Link


class ThreadLoop:
    """The loop of profile `thread`: one thread reads, up to `concurrency` others run calls."""

    def __init__(self, link: Link, jobs: Jobs, make_runner: MakeRunner, concurrency: int) -> None:
        self._link = link
        self._jobs = jobs
        self._threads = Threads(jobs, make_runner, concurrency)

    def run(self) -> None:
        """Serves until `stop`, or until the connection ends. Raises what ends it before."""
        try:
            while self._jobs.read(self._threads.submit):
                pass
        except BaseException:
            self._jobs.break_off()  # at once: what still runs may take long
            raise
        finally:
            self._jobs.close()
            self._threads.close()

    def stop(self) -> None:
        """Lets `run` return once the calls that have come are over. From any thread."""
        self._jobs.stop(self._link.wake)

    def cancel(self, call: int) -> None:
        """Interrupts a call, if it runs or is still to come. From any thread."""
        self._jobs.cancel(call)

    def remind(self) -> bool:
        """Interrupts calls on threads once more that have not heard of it, if there are some."""
        return self._threads.remind()
