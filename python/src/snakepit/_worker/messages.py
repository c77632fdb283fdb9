"""The messages of `proto/snakepit/v1/worker.proto`, which tells what each of them means.

What the host says is read by `read`, which returns an object of one of the classes here. What the
worker says is written by a function each, which returns a frame's header.
"""

from __future__ import annotations

from typing import ClassVar, Union

from snakepit._system import reserve
from snakepit._worker.link import ProtocolError
from snakepit._worker.wire_format import (
    DOUBLE,
    FLAG,
    NUMBER,
    TEXT,
    Malformed,
    Message,
    number,
    read_long,
    read_sized,
    read_varint,
    sized,
    skip,
    text,
    unpack_double,
    varint,
)

# The channels of Hello.
WORK = 1
CONTROL = 2


class Welcome(Message, kind="welcome"):
    """The host's answer to Hello: the connection is attached."""

    protocol = max_frame_bytes = max_body_bytes = 0
    FIELDS: ClassVar = {
        1: ("protocol", NUMBER),
        2: ("max_frame_bytes", NUMBER),
        3: ("max_body_bytes", NUMBER),
    }


class Refusal(Message, kind="refusal"):
    """The host's other answer to Hello."""

    message = ""
    FIELDS: ClassVar = {1: ("message", TEXT)}


class Call(Message, kind="call"):
    """A call of a tool."""

    id = batch = window_chunks = window_bytes = upload_window_bytes = 0
    tool = call = session = content_type = ""
    timeout_ms = 0.0
    FIELDS: ClassVar = {
        1: ("id", NUMBER),
        2: ("tool", TEXT),
        3: ("call", TEXT),
        4: ("session", TEXT),
        5: ("content_type", TEXT),
        6: ("timeout_ms", DOUBLE),
        7: ("batch", NUMBER),
        8: ("window_chunks", NUMBER),
        9: ("window_bytes", NUMBER),
        10: ("upload_window_bytes", NUMBER),
    }

    def fill(self, data: bytes, at: int) -> None:
        """Reads as any message does, but what comes with every call in the order that it has.

        That takes half as long, and this is the hot path.
        """
        end = len(data)
        if at < end and data[at] == 1 << 3:
            self.id = value = data[at + 1]
            at += 2
            if value > 0x7F:  # noqa: PLR2004 - of more than one byte
                self.id, at = read_long(data, at - 1)
        if at < end and data[at] == 2 << 3 | 2 and (size := data[at + 1]) < 1 << 7:
            at += 2
            self.tool = data[at : at + size].decode()
            at += size
        if at < end and data[at] == 3 << 3 | 2 and (size := data[at + 1]) < 1 << 7:
            at += 2
            self.call = data[at : at + size].decode()
            at += size
        if at + 9 == end and data[at] == 6 << 3 | 1:
            (self.timeout_ms,) = unpack_double(data, at + 1)
        else:
            super().fill(data, at)


class HostResult(Message, kind="host_result"):
    """The host's answer to a HostCall."""

    id = 0
    code = message = ""
    FIELDS: ClassVar = {1: ("id", NUMBER), 2: ("code", TEXT), 3: ("message", TEXT)}


class Ping(Message, kind="ping"):
    """The host's question whether the worker lives."""

    sequence = 0
    FIELDS: ClassVar = {1: ("sequence", NUMBER)}


class Shutdown(Message, kind="shutdown"):
    """The host's word to end."""


class Cancel(Message, kind="cancel"):
    """The host's word that nobody waits for a call any more."""

    id = 0
    FIELDS: ClassVar = {1: ("id", NUMBER)}


class Credit(Message, kind="credit"):
    """The permission to send more: so many chunks of a stream, and bytes of their bodies."""

    id = chunks = bytes = 0
    FIELDS: ClassVar = {1: ("id", NUMBER), 2: ("chunks", NUMBER), 3: ("bytes", NUMBER)}


class Part(Message, kind="part"):
    """A piece of a call's arguments."""

    id = 0
    last = False
    FIELDS: ClassVar = {1: ("id", NUMBER), 2: ("last", FLAG)}


HostMessage = Union[  # noqa: UP007 - made when this is run, by Python 3.10
    Welcome, Refusal, Call, HostResult, Ping, Shutdown, Cancel, Credit, Part
]

# By the number of the field of HostMessage that holds it.
KINDS: dict[int, type[HostMessage]] = {
    1: Welcome,
    2: Refusal,
    3: Call,
    4: HostResult,
    5: Ping,
    6: Shutdown,
    7: Cancel,
    8: Credit,
    9: Part,
}
_BY_TAG = {field << 3 | 2: kind for field, kind in KINDS.items()}


def read(header: bytes) -> HostMessage:
    """Reads the header of a frame of the host's. Raises ProtocolError."""
    try:
        kind = _BY_TAG.get(header[0])
        size, start = header[1], 2
        if size > 0x7F:  # noqa: PLR2004 - of more than one byte
            size, start = read_varint(header, 1)
        if kind is None or start + size != len(header):
            kind, header, start = _look_for_kind(header)
        message = kind()
        message.fill(header, start)
    except (Malformed, IndexError, UnicodeDecodeError) as error:
        raise ProtocolError(f"a header of {len(header)} bytes can't be parsed") from error
    except MemoryError as error:
        if not reserve.spend():
            raise ProtocolError(f"no memory for a header of {len(header)} bytes") from error
        return read(header)
    return message


def _look_for_kind(header: bytes) -> tuple[type[HostMessage], bytes, int]:
    """Looks among fields that this version doesn't know, and takes the last that it does."""
    found: tuple[type[HostMessage], bytes, int] | None = None
    at = 0
    while at < len(header):
        end = skip(header, at)
        if (kind := _BY_TAG.get(header[at])) is not None:
            start, end = read_sized(header, at + 1)
            found = kind, header[:end], start
        at = end
    if found is None:
        raise Malformed("there is no message that this version knows")
    return found


def hello(
    *,
    token: str,
    channel: int,
    min_protocol: int,
    max_protocol: int,
    pid: int,
    python_version: str,
    package_version: str,
) -> bytes:
    """Writes the first frame of a connection."""
    return sized(
        1,
        text(1, token)
        + number(2, channel)
        + number(3, min_protocol)
        + number(4, max_protocol)
        + number(5, pid)
        + text(6, python_version)
        + text(7, package_version),
    )


def ready() -> bytes:
    """Writes that the adapter has started."""
    return sized(2, b"")


def start_failure(python: bytes) -> bytes:
    """Writes why the adapter has not started, a `python_error`."""
    return sized(3, sized(1, python))


# Of a result that tells nothing but its call, by how long that is; up to ten bytes.
_PLAIN_RESULT = [bytes((4 << 3 | 2, size + 1, 1 << 3)) for size in range(11)]


def result(call_id: int, content_type: str = "", resident_bytes: int = 0) -> bytes:
    """Writes a call's result. An empty `content_type` means JSON."""
    if not content_type and not resident_bytes and call_id:
        own = varint(call_id)
        return _PLAIN_RESULT[len(own)] + own
    return sized(4, number(1, call_id) + text(2, content_type) + number(3, resident_bytes))


def failure(
    call_id: int,
    *,
    code: str,
    message: str,
    python: bytes | None = None,
    details_json: str = "",
    resident_bytes: int = 0,
) -> bytes:
    """Writes why a call has failed."""
    return sized(
        5,
        number(1, call_id)
        + text(2, code)
        + text(3, message)
        + (b"" if python is None else sized(4, python))
        + text(5, details_json)
        + number(6, resident_bytes),
    )


def python_error(type_: str, message: str, traceback: str) -> bytes:
    """Writes an exception, as a part of other messages."""
    return text(1, type_) + text(2, message) + text(3, traceback)


def host_call(own: int, tool: str, call: str) -> bytes:
    """Writes a call to the host."""
    return sized(6, number(1, own) + text(2, tool) + text(3, call))


def pong(sequence: int, resident_bytes: int) -> bytes:
    """Writes the answer to a ping."""
    return sized(7, number(1, sequence) + number(2, resident_bytes))


def chunk(call_id: int, content_type: str, *, has_reserved_key: bool = False) -> bytes:
    """Writes a piece of a stream."""
    return sized(8, number(1, call_id) + text(2, content_type) + number(3, has_reserved_key))


def blocked(call_id: int, size: int) -> bytes:
    """Writes that a chunk of `size` bytes waits for credit."""
    return sized(9, number(1, call_id) + number(2, size))


def credit(call_id: int, size: int) -> bytes:
    """Writes that `size` bytes of an upload have been taken."""
    return sized(10, number(1, call_id) + number(3, size))


def came_round() -> bytes:
    """Writes that the event loop has come round since a Cancel was read."""
    return sized(11, b"")


def standstill(standing_ms: int, tool: str, call: str, stack: str) -> bytes:
    """Writes that the event loop stands still, by the call of that tool; empty: not known."""
    return sized(12, number(1, standing_ms) + text(2, tool) + text(3, call) + text(4, stack))
