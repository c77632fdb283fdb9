"""The work loop of profile `process`: reads a call, runs it, answers it, all on one thread.

This is the hot path. What can be prepared is made once, and a Context is made only for tools that
ask for it.
"""

from __future__ import annotations

from collections.abc import Callable

from snakepit._tools.bodies import Body
from snakepit._tools.cancel_scope import CancelScope, cancelled
from snakepit._tools.context import Context, WorkerInfo
from snakepit._tools.errors import CallError
from snakepit._tools.no_room import NoRoom
from snakepit._tools.request import Request
from snakepit._tools.results import Answer
from snakepit._tools.runner import Runner
from snakepit._worker import answers, messages
from snakepit._worker.batches import Held, Refused, read_batch, write_answers
from snakepit._worker.chunk_sender import ChunkSender
from snakepit._worker.host import SocketHost
from snakepit._worker.inbox import Inbox
from snakepit._worker.link import Link, ProtocolError, TooLarge, Unheld
from snakepit._worker.messages import Call, Credit, HostResult, Part
from snakepit._worker.offspring import BRIEF_SECONDS, Offspring, now
from snakepit._worker.upload import UploadReader

# What the host sends to a call that runs. It may come after that has been answered, since the two
# know no better: nobody waits for it any more.
FOR_A_CALL = (HostResult, Credit, Part)


class ProcessLoop:
    """The loop of profile `process`: serves one call, or batch of calls, at a time.

    Runs on the thread that made it; `stop` and `cancel` may come from any.
    """

    def __init__(
        self,
        link: Link,
        runner: Runner,
        worker: WorkerInfo,
        host: SocketHost,
        scope: CancelScope,
        *,
        resident_bytes: Callable[[], int] | None = None,
    ) -> None:
        self._offspring = Offspring(worker.worker_id)
        self._link = link
        self._runner = runner
        self._worker = worker
        self._host = host
        self._scope = scope
        self._resident_bytes = resident_bytes
        self._call = Call()  # the last that was read
        self._upload: UploadReader | None = None
        self._idle = False
        self._stopping = False

    def run(self) -> None:
        """Answers calls until `stop`, or until the connection ends. Raises ProtocolError."""
        read, answer, parse = self._link.read, self._answer, messages.read
        while True:
            self._idle = True  # before looking at _stopping, see stop()
            if self._stopping:
                return
            try:
                frame = read()
            except Unheld as dropped:
                self._idle = False
                self._refuse(dropped)
                continue
            self._idle = False
            if frame is None:
                return
            header: bytes
            body: memoryview | None
            header, body = frame
            message = parse(header)
            if isinstance(message, Call):
                if message.batch > 1:
                    self._answer_batch(*read_batch(message, body, self._link))
                else:
                    answer(message, body)
            elif not isinstance(message, FOR_A_CALL):  # one that is over
                raise ProtocolError(f"{message.kind} instead of a call")
            frame = body = None  # large ones needn't live until the next call

    def _refuse(self, dropped: Unheld) -> None:
        """Answers what came with a body that found no memory. Raises ProtocolError."""
        message = messages.read(dropped.header)
        if isinstance(message, Call):
            no_room = NoRoom(dropped.size)
            if message.batch > 1:
                self._answer_batch(*read_batch(message, no_room, self._link))
            else:
                self._link.write(answers.failure(message.id, no_room))
        elif not isinstance(message, FOR_A_CALL):
            raise dropped

    def stop(self) -> None:
        """Lets `run` return after the current call. From any thread.

        A loop that waits is woken, which ends the reading half of the connection; one that runs
        a call keeps it, for the call's own calls to the host. Neither can be missed: the loop says
        that it waits before it looks whether to stop, and here it is the other way round.
        """
        self._stopping = True
        if self._idle:
            self._link.wake()

    def cancel(self, call: int) -> None:
        """Interrupts a call, if it runs or is still to come. From any thread."""
        self._scope.cancel(call)

    def remind(self) -> bool:
        """Interrupts the call once more if it has not heard of it. Returns whether to ask again."""
        return self._scope.remind()

    def _answer(self, call: Call, body: memoryview) -> None:
        scope, call_id = self._scope, call.id
        self._call = call
        failure: CallError | None = None
        content_type = ""
        streamed = call.window_chunks or call.upload_window_bytes
        result: Body = b""
        begun = now()
        try:
            try:
                scope.enter(call_id, call_id)
                if streamed:
                    content_type, result = self._run_streamed(call, body)
                else:
                    content_type, result = self._runner.run(
                        call.tool, call.content_type, body, self._make_context
                    )
            finally:
                scope.leave()
        except BaseException as error:  # noqa: BLE001 - a fault of ours must not end the worker
            failure = answers.fault(error)
        if streamed:
            self._end_streams()
        if self._host.fault is not None:  # whatever the tool has made of it
            raise self._host.fault
        if scope.unwanted:  # likewise
            failure = cancelled()
            self._end_processes(call.tool, begun)
        try:
            self._reply(call_id, failure, content_type, result)
        except MemoryError:
            self._reply(call_id, answers.no_memory())
        except TooLarge as error:
            self._reply(call_id, answers.too_large(error))
        ended = now()
        if ended - begun > BRIEF_SECONDS:
            self._offspring.spare_all(ended)

    def _end_processes(self, tool: str, begun: float) -> None:
        """Ends what a call that was interrupted has started, unless it was not to be."""
        if self._scope.interrupted and self._runner.may_interrupt(tool):
            self._offspring.kill(begun)

    def _reply(
        self, call_id: int, failure: CallError | None, content_type: str = "", result: Body = b""
    ) -> None:
        resident = self._resident_bytes() if self._resident_bytes is not None else 0
        if failure is not None:
            self._link.write(answers.failure(call_id, failure, resident))
            return
        self._link.write(messages.result(call_id, content_type, resident), result)

    def _run_streamed(self, call: Call, body: memoryview) -> Answer:
        host = self._host
        inbox = host.open_inbox(call.id)
        sender = ChunkSender(call, inbox, host, self._runner.write) if call.window_chunks else None
        self._upload = UploadReader(call, inbox, host) if call.upload_window_bytes else None
        return self._runner.run_streamed(
            Request(call.tool, call.content_type, body, self._make_context, sender, self._upload)
        )

    def _end_streams(self) -> None:
        """Ends streams where nothing interrupts: half of it would leave the next call deaf."""
        self._host.close_inbox()
        if self._upload is not None:
            self._upload.close()
            self._upload = None

    def _answer_batch(self, calls: Held, refused: Refused) -> None:
        for call, no_room in refused:
            self._link.write(answers.failure(call.id, no_room))
        if not calls:
            return
        scope = self._scope
        outcomes: list[Answer | CallError]
        begun = now()
        try:
            try:
                scope.enter(calls[0][0].id, calls[-1][0].id)
                outcomes = self._runner.run_batch([self._request(*call) for call in calls])
            finally:
                scope.leave()
        except BaseException as error:  # noqa: BLE001 - as above
            outcomes = [answers.fault(error)] * len(calls)
        if self._host.fault is not None:
            raise self._host.fault
        if scope.unwanted:
            outcomes = [cancelled()] * len(calls)
            self._end_processes(calls[0][0].tool, begun)
        resident = self._resident_bytes() if self._resident_bytes is not None else 0
        write_answers(self._link, calls, outcomes, resident)
        self._offspring.spare_all(now())

    def _request(self, call: Call, body: bytes) -> Request:
        # No more than the first chunk, which needs no further credit.
        sender = (
            ChunkSender(call, Inbox(), self._host, self._runner.write)
            if call.window_chunks
            else None
        )
        return Request(call.tool, call.content_type, body, lambda: self._context_of(call), sender)

    def _make_context(self) -> Context:
        return self._context_of(self._call)

    def _context_of(self, call: Call) -> Context:
        return Context(
            self._worker,
            self._host,
            call.call,
            call.session,
            call.timeout_ms,
            lambda: self._scope.unwanted,
        )
