"""The work loop of profile `async`. A module of its own, since asyncio takes long to load."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from snakepit._system.pristine import time
from snakepit._system.thread_clock import clock_of
from snakepit._system.threads import threading
from snakepit._tools import event_loop
from snakepit._tools.cancel_scope import cancelled
from snakepit._tools.errors import MAX_TRACEBACK_BYTES, CallError, cut_head
from snakepit._tools.importing import frame_of
from snakepit._tools.results import Answer
from snakepit._tools.stacks import stack_of
from snakepit._tools.task_interrupter import SignallingInterrupter
from snakepit._worker import answers, messages
from snakepit._worker.call_threads import Threads
from snakepit._worker.jobs import Job, Jobs, MakeRunner
from snakepit._worker.link import Link
from snakepit._worker.loop_steps import LoopSteps
from snakepit._worker.loop_watch import LoopWatch


class AsyncLoop:
    """The loop of profile `async`: an event loop on the calling thread; sync tools have threads."""

    def __init__(
        self,
        link: Link,
        jobs: Jobs,
        make_runner: MakeRunner,
        concurrency: int,
        *,
        grace_seconds: float = 1.0,
        tell: Callable[[bytes], None] = lambda _header: None,
    ) -> None:
        """Makes a loop; `tell` sends a frame's header, on the control thread and its connection."""
        self._link = link
        self._jobs = jobs
        self._tell = tell
        self._runner = make_runner(None)
        self._threads = Threads(jobs, make_runner, concurrency)
        self._loop = event_loop.new_event_loop()
        self._interrupter = SignallingInterrupter(self._loop, grace_seconds)
        self._steps = LoopSteps(self._loop)
        self._watch = LoopWatch(grace_seconds)
        self._thread = threading.get_ident()
        self._computed = clock_of(self._thread)
        self._watch.look(time.monotonic(), self._computed(), busy=False)  # before the first call
        self._tasks: dict[asyncio.Task[Any], Job] = {}
        self._cancels = 0  # read so far
        self._cancels_heard = 0  # those of them after which the loop has come round
        self._cancels_told = 0  # those of them of which the host knows that
        self._ended: Future[None] = Future()
        self._is_over = False

    def run(self) -> None:
        """Serves until `stop`, or until the connection ends. Raises what ends it before."""
        try:
            event_loop.run_until_done(self._loop, self._loop.create_task(self._serve()))
        finally:
            self._is_over = True
            self._threads.close()
            self._runner.close()
            self._steps.close()
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
        if not self._jobs.begin(job, lambda: self._interrupter.cancel(task)):
            task.cancel()
            return
        self._tasks[task] = job
        task.add_done_callback(lambda done: self._finish(job, done))

    def _make_task(self, job: Job) -> asyncio.Task[list[Answer | CallError]]:
        return self._loop.create_task(self._run(job))

    async def _run(self, job: Job) -> list[Answer | CallError]:
        requests = self._jobs.requests(job, self._runner, None)
        if len(requests) > 1:
            return await self._runner.run_batch_async(requests)
        return [await self._runner.run_async(requests[0])]

    def _finish(self, job: Job, task: asyncio.Task[list[Answer | CallError]]) -> None:
        del self._tasks[task]
        if task.cancelled():
            outcomes: list[Answer | CallError] = [cancelled()] * len(job.calls)
        else:
            error = task.exception()
            outcomes = task.result() if error is None else [answers.fault(error)] * len(job.calls)
        self._jobs.answer(job, outcomes)

    def stop(self) -> None:
        """Lets `run` return once the calls that have come are over. From any thread."""
        self._jobs.stop(lambda: self._steps.add(lambda: self._end(None)))

    def cancel(self, call: int) -> None:
        """Interrupts a call, if it runs or is still to come. On the control thread."""
        self._jobs.cancel(call)
        self._cancels += 1
        self._steps.add(partial(self._come_round, self._cancels))

    def _come_round(self, heard: int) -> None:
        self._cancels_heard = heard

    def remind(self) -> bool:
        """Interrupts calls once more that have not heard of it, if there are some.

        Tells the host when the loop has come round. On the control thread.
        """
        on_threads = self._threads.remind()
        in_tasks = self._interrupter.remind()
        heard = self._cancels_heard
        if heard > self._cancels_told:
            self._cancels_told = heard
            self._tell(messages.came_round())
        waiting = self._cancels_told < self._cancels and not self._is_over
        return on_threads or in_tasks or waiting

    def look(self, now: float) -> float:
        """Looks whether the event loop stands still, which the host is told. On the control thread.

        Returns in how many seconds to look again at the latest.
        """
        if self._is_over:  # it comes round no more
            return math.inf
        computed = self._computed()  # as of `now`: nothing in between lets go of the GIL
        busy = self._jobs.are_under_way or self._link.unread() > 0
        is_to_be_asked = self._watch.look(now, computed, busy=busy)
        standing = self._watch.standing_seconds()
        if standing:  # before anything that lets go of the GIL, which the loop's thread waits for
            self._tell_standstill(round(standing * 1000))
        if is_to_be_asked:
            self._steps.add(self._watch.came_round)
        return self._watch.next_look()

    def _tell_standstill(self, standing_ms: int) -> None:
        task = asyncio.current_task(self._loop)
        stack = stack_of(frame_of(self._thread))
        if self._watch.is_late and not stack:  # it has just ended: who it was can't be told
            return
        self._watch.note_told()
        job = None if task is None else self._tasks.get(task)
        call = None if job is None else job.calls[0][0]
        header = messages.standstill(
            standing_ms,
            "" if call is None else call.tool,
            "" if call is None else call.call,
            cut_head(stack, MAX_TRACEBACK_BYTES),
        )
        self._tell(header)
