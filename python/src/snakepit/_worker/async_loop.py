"""The work loop of profile `async`. A module of its own, since asyncio takes long to load."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from snakepit._tools import event_loop
from snakepit._tools.cancel_scope import cancelled
from snakepit._tools.errors import CallError
from snakepit._tools.results import Answer
from snakepit._worker import answers
from snakepit._worker.call_threads import Threads
from snakepit._worker.jobs import Job, Jobs, MakeRunner
from snakepit._worker.link import Link


class AsyncLoop:
    """The loop of profile `async`: an event loop on the calling thread; sync tools have threads."""

    def __init__(self, link: Link, jobs: Jobs, make_runner: MakeRunner, concurrency: int) -> None:
        self._link = link
        self._jobs = jobs
        self._runner = make_runner(None)
        self._threads = Threads(jobs, make_runner, concurrency)
        self._loop = event_loop.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ended: Future[None] = Future()

    def run(self) -> None:
        """Serves until `stop`, or until the connection ends. Raises what ends it before."""
        try:
            event_loop.run_until_done(self._loop, self._loop.create_task(self._serve()))
        finally:
            self._threads.close()
            self._runner.close()
            event_loop.close(self._loop)

    async def _serve(self) -> None:
        self._link.watch(self._loop, self._on_readable)
        if self._link.has_more:
            self._on_readable()
        try:
            await asyncio.wrap_future(self._ended)
        finally:
            self._link.unwatch(self._loop)
            self._jobs.close()  # or tasks that wait for the host would do so for ever
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _on_readable(self) -> None:
        """Reads all frames there are."""
        try:
            while self._jobs.read(self._start):
                if not self._link.has_more:
                    return
            self._end(None)
        except Exception as error:  # noqa: BLE001 - the event loop would only write it to the log
            self._jobs.break_off()  # at once: what still runs may take long
            self._end(error)

    def _end(self, error: BaseException | None) -> None:
        if self._ended.done():
            return
        self._link.unwatch(self._loop)
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)

    def _start(self, job: Job) -> None:
        if not self._runner.is_async(job.calls[0][0].tool):
            self._threads.submit(job)
            return
        # A task's context is a copy of the one that it is made in.
        task = self._runner.fresh_context().run(self._make_task, job)
        if not self._jobs.begin(job, lambda: self._interrupt(task)):
            task.cancel()
            return
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._finish(job, done))

    def _make_task(self, job: Job) -> asyncio.Task[list[Answer | CallError]]:
        return self._loop.create_task(self._run(job))

    def _interrupt(self, task: asyncio.Task[Any]) -> None:
        self._call_soon(lambda: event_loop.cancel(task))

    def _call_soon(self, step: Callable[[], object]) -> None:
        """Has a step run on the loop's thread, unless the loop has ended. From any thread."""
        with contextlib.suppress(RuntimeError):  # closed: the control thread must live on
            self._loop.call_soon_threadsafe(step)

    async def _run(self, job: Job) -> list[Answer | CallError]:
        requests = self._jobs.requests(job, self._runner, None)
        if len(requests) > 1:
            return await self._runner.run_batch_async(requests)
        return [await self._runner.run_async(requests[0])]

    def _finish(self, job: Job, task: asyncio.Task[list[Answer | CallError]]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            outcomes: list[Answer | CallError] = [cancelled()] * len(job.calls)
        else:
            error = task.exception()
            outcomes = task.result() if error is None else [answers.fault(error)] * len(job.calls)
        self._jobs.answer(job, outcomes)

    def stop(self) -> None:
        """Lets `run` return once the calls that have come are over. From any thread."""
        self._jobs.stop(lambda: self._call_soon(lambda: self._end(None)))

    def cancel(self, call: int) -> None:
        """Interrupts a call, if it runs or is still to come. From any thread."""
        self._jobs.cancel(call)

    def remind(self) -> bool:
        """Interrupts calls on threads once more that have not heard of it, if there are some."""
        return self._threads.remind()
