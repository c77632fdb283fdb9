"""Threads that run calls, for the loops that take several at a time."""

from __future__ import annotations

from _queue import SimpleQueue

from snakepit._system import new_threads
from snakepit._system.threads import threading
from snakepit._tools.cancel_scope import CancelScope
from snakepit._tools.errors import INTERNAL, CallError
from snakepit._tools.request import Request
from snakepit._tools.results import Answer
from snakepit._tools.runner import Runner
from snakepit._tools.thread_scope import ThreadCancelScope
from snakepit._worker import answers
from snakepit._worker.jobs import Job, Jobs, MakeRunner


class Threads:
    """Threads that run jobs, each with a runner and a scope of its own. Made as they are needed."""

    def __init__(self, jobs: Jobs, make_runner: MakeRunner, most: int) -> None:
        self._jobs = jobs
        self._make_runner = make_runner
        self._most = most
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._scopes: list[ThreadCancelScope] = []
        self._under_way = 0
        self._lock = threading.Lock()

    def submit(self, job: Job) -> None:
        """Has a job run. From the thread that reads."""
        with self._lock:
            self._under_way += 1
            if self._under_way > len(self._threads) < self._most:
                name = f"snakepit-call-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                try:
                    thread.start()
                    self._threads.append(thread)
                except (RuntimeError, MemoryError):  # no memory for its stack, or no more of them
                    if not self._threads:
                        self._under_way -= 1
                        return self._refuse(job)
        self._queue.put(job)
        return None

    def _refuse(self, job: Job) -> None:
        why = "the worker can't start a thread for the call: it has no memory, or too many threads"
        self._jobs.answer(job, [CallError(INTERNAL, why)] * len(job.calls))

    def remind(self) -> bool:
        """Interrupts jobs once more that have not heard of it. Returns whether to ask again."""
        return sum(scope.remind() for scope in self._scopes) > 0  # all of them, not up to one

    def close(self) -> None:
        """Waits until all jobs are over."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        try:
            self._run_jobs()
        except BaseException:
            self._jobs.break_off()  # the job that this thread was made for has nobody
            raise

    def _run_jobs(self) -> None:
        new_threads.prepare()
        scope = ThreadCancelScope()
        self._scopes.append(scope)
        runner = self._make_runner(scope)
        try:
            while (job := self._queue.get()) is not None:
                self._run_job(job, runner, scope)
                del job  # with its arguments: it needn't live until the next
                with self._lock:
                    self._under_way -= 1
        finally:
            runner.close()

    def _run_job(self, job: Job, runner: Runner, scope: CancelScope) -> None:
        first, last = job.calls[0][0].id, job.calls[-1][0].id
        if not self._jobs.begin(job, lambda: scope.cancel(first)):
            return
        outcomes: list[Answer | CallError]
        try:
            try:
                scope.enter(first, last)
                outcomes = run(runner, self._jobs.requests(job, runner, scope))
            finally:
                scope.leave()
        except BaseException as error:  # noqa: BLE001 - a fault of ours must not end the thread
            outcomes = [answers.fault(error)] * len(job.calls)
        self._jobs.answer(job, outcomes)


def run(runner: Runner, requests: list[Request]) -> list[Answer | CallError]:
    """Runs a job on the calling thread."""
    if len(requests) > 1:
        return runner.run_batch(requests)
    one = requests[0]
    if one.sink is not None or one.pieces is not None:
        return [runner.run_streamed(one)]
    return [runner.run(one.tool, one.content_type, one.body, one.make_context)]
