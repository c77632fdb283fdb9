"""Several calls at a time on one connection: what the loops of `thread` and `async` have in common.

One thread reads the connection and hands the calls out; each is answered when it ends, by whoever
ran it. How many there are at a time is the host's to say.
"""

from __future__ import annotations

from collections.abc import Callable

from snakepit._system import reserve
from snakepit._system.threads import threading
from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope, cancelled
from snakepit._tools.context import Context, WorkerInfo
from snakepit._tools.errors import CallError
from snakepit._tools.no_room import NoRoom
from snakepit._tools.request import Request
from snakepit._tools.results import Answer
from snakepit._tools.runner import Runner
from snakepit._worker import answers, messages
from snakepit._worker.batches import Held, read_batch, write_answers
from snakepit._worker.chunk_sender import ChunkSender
from snakepit._worker.link import Frame, Link, ProtocolError, Unheld
from snakepit._worker.messages import Call, Credit, HostMessage, HostResult, Part
from snakepit._worker.shared_host import SharedHost
from snakepit._worker.shared_inbox import SharedInbox, SharedLine
from snakepit._worker.upload import UploadReader

MakeRunner = Callable[[CancelScope | None], Runner]


class Job:
    """A call, or a batch of calls, from its frame to its answer.

    Attributes:
        cancelled: nobody waits for it any more.
        interrupt: how to interrupt it, once it runs.
        inbox: what comes for its streams, if it has any.
    """

    def __init__(self, calls: Held) -> None:
        self.calls = calls
        self.cancelled = False
        self.interrupt: Callable[[], None] | None = None
        first = calls[0][0]
        self.inbox = SharedInbox() if first.window_chunks or first.upload_window_bytes else None
        self.upload: UploadReader | None = None

    def release(self) -> None:
        """Lets go of the arguments, as the job is over: the next may come before all is tidy."""
        self.calls = [(call, b"") for call, _ in self.calls]

    @property
    def id(self) -> int:
        """The id of its first call."""
        return self.calls[0][0].id


class Jobs:
    """The jobs of a connection, as both loops share them: reads, answers and cancels them."""

    def __init__(
        self, link: Link, worker: WorkerInfo, resident_bytes: Callable[[], int] | None
    ) -> None:
        self._link = link
        self._worker = worker
        self._resident_bytes = resident_bytes
        self._writing = threading.Lock()
        self.host = SharedHost(link, self._writing)
        self._lock = threading.Lock()
        self._by_call: dict[int, Job] = {}
        self._read = 0  # the highest id that has come
        self._early: set[int] = set()  # cancelled before they have come
        self._end: Callable[[], None] | None = None  # what to do when all are answered

    def read(self, start: Callable[[Job], None]) -> bool:
        """Reads a frame and starts the job if it is one. Returns False at the connection's end.

        Raises ProtocolError. Nothing that has been read lives on here until the next: it may be
        large.
        """
        try:
            frame = self._link.read()
        except Unheld as dropped:
            job = self.receive_dropped(dropped)
        else:
            if frame is None:
                return False
            job = self.receive(frame)
        if job is not None:
            start(job)
        return True

    def receive(self, frame: Frame) -> Job | None:
        """Takes in a frame. Returns a job if it is one. Raises ProtocolError, MemoryError."""
        message = messages.read(frame[0])
        try:
            return self._receive(message, frame[1])
        except MemoryError:
            reserve.spend()
            if (
                isinstance(message, Call) and message.batch > 1
            ):  # of which others may have been read already
                raise
            return self._receive(message, frame[1])

    def _receive(self, message: HostMessage, body: memoryview) -> Job | None:
        if isinstance(message, Call):
            return self._begin(message, body)
        if isinstance(message, HostResult):
            self.host.answered(message, body)
        elif isinstance(message, (Credit, Part)):
            job = self._job_of(message.id)
            if job is not None and job.inbox is not None:
                job.inbox.put(message, body)
        else:
            raise ProtocolError(f"{message.kind} instead of a call")
        return None

    def receive_dropped(self, dropped: Unheld) -> Job | None:
        """Takes in a frame whose body found no memory; else as `receive`."""
        message = messages.read(dropped.header)
        if isinstance(message, Call):
            return self._begin(message, NoRoom(dropped.size))
        if isinstance(message, HostResult):
            self.host.failed(message.id, dropped.size)
        elif isinstance(message, Part):
            job = self._job_of(message.id)
            if job is not None and job.inbox is not None:
                job.inbox.fail(dropped.size)
        else:
            raise dropped
        return None

    def _begin(self, first: Call, body: memoryview | NoRoom) -> Job | None:
        held, refused = read_batch(first, body, self._link)
        for call, no_room in refused:
            self._write([(answers.failure(call.id, no_room), b"")])
        if not held:
            return None
        job = Job(held)
        with self._lock:
            self._read = job.calls[-1][0].id
            ids = {call.id for call, _ in job.calls}
            job.cancelled = not ids.isdisjoint(self._early)
            self._early = {call for call in self._early if call > self._read}
            self._by_call.update(dict.fromkeys(ids, job))
        return job

    def _job_of(self, call: int) -> Job | None:
        with self._lock:
            return self._by_call.get(call)

    @property
    def are_under_way(self) -> bool:
        """True while there are some that are not answered. For any thread."""
        return bool(self._by_call)

    def stop(self, end: Callable[[], None]) -> None:
        """Has `end` called once all jobs are answered: until then they need the connection."""
        with self._lock:
            self._end = end
        self._end_if_idle()

    def break_off(self) -> None:
        """Ends the connection, so that the host answers all calls. From any thread."""
        self._link.end()

    def _end_if_idle(self) -> None:
        with self._lock:
            end = None if self._by_call else self._end
        if end is not None:
            end()

    def close(self) -> None:
        """Tells calls that wait for anything that the connection has ended."""
        self.host.close()
        with self._lock:
            jobs = set(self._by_call.values())
        for job in jobs:
            if job.inbox is not None:
                job.inbox.close()

    def cancel(self, call: int) -> None:
        """Interrupts a job. From any thread."""
        with self._lock:
            if call > self._read:
                self._early.add(call)
            job = self._by_call.get(call)
            if job is None or job.cancelled:
                return
            job.cancelled = True
            interrupt = job.interrupt
        if interrupt is not None:
            interrupt()

    def begin(self, job: Job, interrupt: Callable[[], None]) -> bool:
        """Begins a job, unless it has been cancelled, which is answered here."""
        with self._lock:
            if not job.cancelled:
                job.interrupt = interrupt
                return True
        self.answer(job, [cancelled()] * len(job.calls))
        return False

    def answer(self, job: Job, outcomes: list[Answer | CallError]) -> None:
        """Answers a job. From any thread. That a host is gone, the control connection tells.

        Where there is no memory for any answer, the connection ends, which answers all.
        """
        if job.upload is not None:
            job.upload.close()
        job.release()
        with self._lock:
            for call, _ in job.calls:
                self._by_call.pop(call.id, None)
            if job.cancelled:
                outcomes = [cancelled()] * len(job.calls)
        resident = self._resident_bytes() if self._resident_bytes is not None else 0
        try:
            with self._writing:
                write_answers(self._link, job.calls, outcomes, resident)
        except (OSError, MemoryError):
            self._link.end()
        if self._end is not None:
            self._end_if_idle()

    def _write(self, frames: list[tuple[bytes, Body]]) -> None:
        try:
            with self._writing:
                self._link.write_all(frames)
        except OSError:
            self._link.end()

    def requests(self, job: Job, runner: Runner, scope: CancelScope | None) -> list[Request]:
        """Returns a job's calls, for a runner. `scope` is that of the thread that runs them."""
        return [self._request(job, call, body, runner, scope) for call, body in job.calls]

    def _request(
        self, job: Job, call: Call, body: bytes, runner: Runner, scope: CancelScope | None
    ) -> Request:
        def context() -> Context:
            client = self.host.client(scope)
            return Context(
                self._worker,
                client,
                call.call,
                call.session,
                call.timeout_ms,
                lambda: job.cancelled,
            )

        if job.inbox is None:
            return Request(call.tool, call.content_type, body, context)
        line = SharedLine(self._link, self._writing, job.inbox, scope)
        sender = ChunkSender(call, job.inbox, line, runner.write) if call.window_chunks else None
        job.upload = UploadReader(call, job.inbox, line) if call.upload_window_bytes else None
        return Request(call.tool, call.content_type, body, context, sender, job.upload)
