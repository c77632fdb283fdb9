"""The frames of a batch of calls: its members as they come, and their answers as they go."""

from __future__ import annotations

from snakepit._system.fresh_bytes import whole
from snakepit._tools.bodies import Body
from snakepit._tools.errors import CallError
from snakepit._tools.no_room import NoRoom
from snakepit._tools.results import Answer
from snakepit._worker import answers, messages
from snakepit._worker.link import Link, ProtocolError, Unheld
from snakepit._worker.messages import Call

Held = list[tuple[Call, bytes]]
Refused = list[tuple[Call, NoRoom]]


def read_batch(first: Call, body: memoryview | NoRoom, link: Link) -> tuple[Held, Refused]:
    """Reads the calls of a batch whose first has just been read. Raises ProtocolError.

    Returns those that can be run, and those for whose bodies there was no memory.
    """
    if first.batch > 1 and first.upload_window_bytes:
        raise ProtocolError("a call whose arguments come in pieces can't be one of a batch")
    held: Held = []
    refused: Refused = []
    _sort(first, body, held, refused)
    while len(held) + len(refused) < first.batch:
        try:
            frame = link.read()
        except Unheld as dropped:
            _sort(_parse_call(dropped.header), NoRoom(dropped.size), held, refused)
            continue
        if frame is None:
            raise ProtocolError("the connection ended amid a batch")
        _sort(_parse_call(frame[0]), frame[1], held, refused)
    return held, refused


def _sort(call: Call, body: memoryview | NoRoom, held: Held, refused: Refused) -> None:
    if isinstance(body, NoRoom):
        refused.append((call, body))
        return
    try:
        held.append((call, whole(body)))
    except MemoryError:
        refused.append((call, NoRoom(len(body))))


def _parse_call(header: bytes) -> Call:
    message = messages.read(header)
    if not isinstance(message, Call):
        raise ProtocolError(f"{message.kind} amid a batch")
    return message


def write_answers(
    link: Link, calls: Held, outcomes: list[Answer | CallError], resident_bytes: int
) -> None:
    """Answers calls, each by its own id; what can't be sent is answered by a failure.

    Raises OSError if the connection has ended.
    """
    frames: list[tuple[bytes, Body]] = []
    try:
        frames = _frames_of(calls, outcomes, resident_bytes)
        link.write_all(frames)
    except MemoryError:
        left = calls[-len(frames) :]  # all, where not even the frames could be made
        link.write_all(_frames_of(left, [answers.no_memory()] * len(left), resident_bytes))


def _frames_of(
    calls: Held, outcomes: list[Answer | CallError], resident_bytes: int
) -> list[tuple[bytes, Body]]:
    """Makes the frames that answer a batch, each call by its own id."""
    frames: list[tuple[bytes, Body]] = []
    for (call, _), outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, CallError):
            frames.append((answers.failure(call.id, outcome, resident_bytes), b""))
        else:
            frames.append((messages.result(call.id, outcome[0], resident_bytes), outcome[1]))
    return frames
