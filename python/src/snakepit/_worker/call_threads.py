"""Threads that run calls, for the loops that take several at a time."""

from __future__ import annotations

import queue
import threading

from snakepit._tools.cancel_scope import Gate, ThreadGate
from snakepit._tools.errors import CallError
from snakepit._tools.results import Answer
from snakepit._tools.runner import Request, Runner
from snakepit._worker import answers
from snakepit._worker.jobs import Exchange, Job, MakeRunner


class Threads:
    """Threads that run jobs, each with a runner and a gate of its own. Made as they are needed."""

    def __init__(self, exchange: Exchange, make_runner: MakeRunner, most: int) -> None:
        self._exchange = exchange
        self._make_runner = make_runner
        self._most = most
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._lock = threading.Lock()

    def submit(self, job: Job) -> None:
        """Has a job run. From the thread that reads."""
        with self._lock:
            self._under_way += 1
            if self._under_way > len(self._threads) < self._most:
                name = f"snakepit-call-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put(job)

    def close(self) -> None:
        """Waits until all jobs are over."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        gate = ThreadGate()
        runner = self._make_runner(gate)
        try:
            while (job := self._jobs.get()) is not None:
                self._run_job(job, runner, gate)
                with self._lock:
                    self._under_way -= 1
        finally:
            runner.close()

    def _run_job(self, job: Job, runner: Runner, gate: Gate) -> None:
        first, last = job.calls[0][0].id, job.calls[-1][0].id
        if not self._exchange.begin(job, lambda: gate.cancel(first)):
            return
        outcomes: list[Answer | CallError]
        try:
            try:
                gate.enter(first, last)
                outcomes = run(runner, self._exchange.requests(job, runner, gate))
            finally:
                gate.leave()
        except BaseException as error:  # noqa: BLE001 - a fault of ours must not end the thread
            outcomes = [answers.fault(error)] * len(job.calls)
        self._exchange.answer(job, outcomes)


def run(runner: Runner, requests: list[Request]) -> list[Answer | CallError]:
    """Runs a job on the calling thread."""
    if len(requests) > 1:
        return runner.run_batch(requests)
    one = requests[0]
    if one.outlet is not None or one.pieces is not None:
        return [runner.run_streamed(one)]
    return [runner.run(one.tool, one.content_type, one.body, one.make_context)]
