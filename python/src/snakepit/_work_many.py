"""Several calls at a time on one connection: the work loop of profile `thread`, and what it shares.

One thread reads the connection and hands the calls out; each is answered when it ends, by whoever
ran it. How many there are at a time is the host's to say.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from snakepit import _answers, _gate
from snakepit._context import Context, WorkerInfo
from snakepit._errors import CallError
from snakepit._gate import cancelled
from snakepit._handshake import parse
from snakepit._inlet import Inlet
from snakepit._link import Frame, Link, ProtocolError
from snakepit._outlet import Outlet
from snakepit._results import Answer
from snakepit._runner import Request, Runner
from snakepit._shared_host import SharedHost
from snakepit._shared_mail import SharedLine, SharedMail
from snakepit._work import frames_of, read_batch
from snakepit.v1 import worker_pb2 as pb

Calls = list[tuple[pb.Call, bytes]]
MakeRunner = Callable[[_gate.Gate | None], Runner]


class Job:
    """A call, or a batch of calls, from its frame to its answer.

    Attributes:
        cancelled: nobody waits for it any more.
        interrupt: how to interrupt it, once it runs.
        mail: what comes for its streams, if it has any.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.cancelled = False
        self.interrupt: Callable[[], None] | None = None
        first = calls[0][0]
        self.mail = SharedMail() if first.window_chunks or first.upload_window_bytes else None
        self.inlet: Inlet | None = None

    @property
    def id(self) -> int:
        """Of its first call."""
        return self.calls[0][0].id


class Exchange:
    """What both loops have in common: reading, answering, and which jobs there are."""

    def __init__(
        self, link: Link, worker: WorkerInfo, resident_bytes: Callable[[], int] | None
    ) -> None:
        self._link = link
        self._worker = worker
        self._resident_bytes = resident_bytes
        self._writing = threading.Lock()
        self.host = SharedHost(link, self._writing)
        self._lock = threading.Lock()
        self._jobs: dict[int, Job] = {}
        self._read = 0  # the highest id that has come
        self._early: set[int] = set()  # cancelled before they have come
        self._end: Callable[[], None] | None = None  # what to do when all are answered

    def receive(self, frame: Frame) -> Job | None:
        """Understands a frame. Returns a job if it is one. Raises ProtocolError."""
        message = parse(frame[0])
        kind = message.WhichOneof("kind")
        if kind == "host_result":
            self.host.answered(message.host_result, frame[1])
            return None
        if kind in {"credit", "part"}:
            self._deliver(message, frame[1])
            return None
        if kind != "call":
            raise ProtocolError(f"{kind} instead of a call")
        job = Job(read_batch(message.call, frame[1], self._link))
        with self._lock:
            self._read = job.calls[-1][0].id
            ids = {call.id for call, _ in job.calls}
            job.cancelled = not ids.isdisjoint(self._early)
            self._early = {call for call in self._early if call > self._read}
            self._jobs.update(dict.fromkeys(ids, job))
        return job

    def _deliver(self, message: pb.HostMessage, body: memoryview) -> None:
        call = message.credit.id if message.HasField("credit") else message.part.id
        with self._lock:
            job = self._jobs.get(call)
        if job is not None and job.mail is not None:
            job.mail.put(message, body)

    def stop(self, end: Callable[[], None]) -> None:
        """Has this called once all jobs are answered: until then they need the connection."""
        with self._lock:
            self._end = end
        self._end_if_idle()

    def _end_if_idle(self) -> None:
        with self._lock:
            end = None if self._jobs else self._end
        if end is not None:
            end()

    def close(self) -> None:
        """The connection has ended: calls that wait for anything from it are told."""
        self.host.close()
        with self._lock:
            jobs = set(self._jobs.values())
        for job in jobs:
            if job.mail is not None:
                job.mail.close()

    def cancel(self, call: int) -> None:
        """Interrupts a job. From any thread."""
        with self._lock:
            if call > self._read:
                self._early.add(call)
            job = self._jobs.get(call)
            if job is None or job.cancelled:
                return
            job.cancelled = True
            interrupt = job.interrupt
        if interrupt is not None:
            interrupt()

    def begin(self, job: Job, interrupt: Callable[[], None]) -> bool:
        """A job is about to run, unless it has been cancelled, which is answered here."""
        with self._lock:
            if not job.cancelled:
                job.interrupt = interrupt
                return True
        self.answer(job, [cancelled()] * len(job.calls))
        return False

    def answer(self, job: Job, outcomes: list[Answer | CallError]) -> None:
        """Answers a job. From any thread. That a host is gone, the control connection tells."""
        if job.inlet is not None:
            job.inlet.close()
        with self._lock:
            for call, _ in job.calls:
                self._jobs.pop(call.id, None)
            if job.cancelled:
                outcomes = [cancelled()] * len(job.calls)
        resident = self._resident_bytes() if self._resident_bytes is not None else 0
        frames = frames_of(job.calls, outcomes, resident)
        try:
            with self._writing:
                self._link.write_all(frames)
        except OSError:
            self._link.end()
        if self._end is not None:
            self._end_if_idle()

    def requests(self, job: Job, runner: Runner, gate: _gate.Gate | None) -> list[Request]:
        """A job's calls, for a runner. `gate` is that of the thread that is to run them."""
        return [self._request(job, call, body, runner, gate) for call, body in job.calls]

    def _request(
        self, job: Job, call: pb.Call, body: bytes, runner: Runner, gate: _gate.Gate | None
    ) -> Request:
        def context() -> Context:
            door = self.host.door(gate)
            return Context(
                self._worker, door, call.call, call.session, call.timeout_ms, lambda: job.cancelled
            )

        if job.mail is None:
            return Request(call.tool, call.content_type, body, context)
        line = SharedLine(self._link, self._writing, job.mail, gate)
        outlet = Outlet(call, job.mail, line, runner.write) if call.window_chunks else None
        job.inlet = Inlet(call, job.mail, line) if call.upload_window_bytes else None
        return Request(call.tool, call.content_type, body, context, outlet, job.inlet)


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
        gate = _gate.ThreadGate()
        runner = self._make_runner(gate)
        try:
            while (job := self._jobs.get()) is not None:
                self._run_job(job, runner, gate)
                with self._lock:
                    self._under_way -= 1
        finally:
            runner.close()

    def _run_job(self, job: Job, runner: Runner, gate: _gate.Gate) -> None:
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
            outcomes = [_answers.fault(error)] * len(job.calls)
        self._exchange.answer(job, outcomes)


def run(runner: Runner, requests: list[Request]) -> list[Answer | CallError]:
    """Runs a job on the calling thread."""
    if len(requests) > 1:
        return runner.run_batch(requests)
    one = requests[0]
    if one.outlet is not None or one.pieces is not None:
        return [runner.run_streamed(one)]
    return [runner.run(one.tool, one.content_type, one.body, one.make_context)]


class ThreadLoop:
    """Profile `thread`: the calling thread reads, up to `concurrency` others run the calls."""

    def __init__(
        self, link: Link, exchange: Exchange, make_runner: MakeRunner, concurrency: int
    ) -> None:
        self._link = link
        self._exchange = exchange
        self._threads = Threads(exchange, make_runner, concurrency)

    def run(self) -> None:
        """Serves until `stop`, or until the connection ends. Raises ProtocolError."""
        try:
            while (frame := self._link.read()) is not None:
                job = self._exchange.receive(frame)
                if job is not None:
                    self._threads.submit(job)
        finally:
            self._exchange.close()
            self._threads.close()

    def stop(self) -> None:
        """Lets `run` return once the calls that have come are over. From any thread."""
        self._exchange.stop(self._link.wake)

    def cancel(self, call: int) -> None:
        """Interrupts a call, if it runs or is still to come. From any thread."""
        self._exchange.cancel(call)
