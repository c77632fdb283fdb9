"""Messages as the worker reads and writes them, against protobuf's own library.

What `proto/snakepit/v1/worker.proto` says is what the library has been told by the build.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from unittest.mock import Mock

import pytest
from google.protobuf.descriptor import FieldDescriptor

from snakepit._system import reserve
from snakepit._worker import messages
from snakepit._worker.link import ProtocolError
from snakepit._worker.wire_format import DOUBLE, FLAG, NUMBER, TEXT, Message, varint
from snakepit.v1 import worker_pb2 as pb

TYPES = {
    FieldDescriptor.TYPE_UINT32: NUMBER,
    FieldDescriptor.TYPE_UINT64: NUMBER,
    FieldDescriptor.TYPE_BOOL: FLAG,
    FieldDescriptor.TYPE_STRING: TEXT,
    FieldDescriptor.TYPE_DOUBLE: DOUBLE,
}
MOST = {FieldDescriptor.TYPE_UINT32: 2**32 - 1, FieldDescriptor.TYPE_UINT64: 2**64 - 1}
FIELDS_OF_HOST: Sequence[Any] = pb.HostMessage.DESCRIPTOR.fields
WRITTEN: dict[str, Callable[..., bytes]] = {
    "hello": messages.hello,
    "ready": messages.ready,
    "start_failure": lambda python: messages.start_failure(error_of(python)),
    "result": lambda **fields: messages.result(fields.pop("id"), **fields),
    "failure": lambda python, **fields: messages.failure(
        fields.pop("id"), python=python and error_of(python), **fields
    ),
    "host_call": lambda **fields: messages.host_call(fields.pop("id"), **fields),
    "pong": messages.pong,
    "chunk": lambda **fields: messages.chunk(fields.pop("id"), **fields),
    "blocked": lambda **fields: messages.blocked(fields["id"], fields["bytes"]),
    "credit": lambda **fields: messages.credit(fields["id"], fields["bytes"]),
    "came_round": messages.came_round,
    "standstill": messages.standstill,
}


def error_of(python: pb.PythonError) -> bytes:
    return messages.python_error(python.type, python.message, python.traceback)


def test_every_message_and_field_of_the_host_is_known() -> None:
    """Fails if the protocol has one that workers can't read, or reads as another type."""
    assert {field.number: field.name for field in FIELDS_OF_HOST} == {
        number: kind.kind for number, kind in messages.KINDS.items()
    }
    for field in FIELDS_OF_HOST:
        kind = messages.KINDS[field.number]
        told = {each.number: (each.name, TYPES[each.type]) for each in field.message_type.fields}
        assert told == kind.FIELDS
        for each in field.message_type.fields:
            assert getattr(kind(), each.name) == each.default_value


def test_every_message_of_the_worker_can_be_written() -> None:
    assert {field.name for field in pb.WorkerMessage.DESCRIPTOR.fields} == set(WRITTEN)


def value_of(field: FieldDescriptor, chance: random.Random) -> Any:
    """Makes a value for a field, often the default, and often one at its type's bounds."""
    if chance.random() < 0.2:
        return field.default_value
    kind = TYPES.get(field.type, NUMBER)
    if kind == FLAG:
        return chance.random() < 0.5
    if kind == DOUBLE:
        return chance.choice([0.5, -1.0, 1e300, 30_000.0])
    if kind == TEXT:
        return chance.choice(["echo", "é" * 3, "x" * 127, "y" * 128, "z" * 20_000, "\0"])
    most = MOST.get(field.type, 2)
    return chance.choice(
        [1, 2, *(min(2**bits + add, most) for bits in (7, 14, 21, 28, 63) for add in (-1, 0))]
    )


def fields_of(descriptor: Any, chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in descriptor.fields:
        if field.message_type is None:
            found[field.name] = value_of(field, chance)
        else:
            found[field.name] = pb.PythonError(**fields_of(field.message_type, chance))
    return found


def read_both(header: bytes) -> tuple[Message, Any]:
    told = pb.HostMessage.FromString(header)
    return messages.read(header), getattr(told, told.WhichOneof("kind"))


@pytest.mark.parametrize("kind", [field.name for field in FIELDS_OF_HOST])
def test_what_the_library_writes_is_read(kind: str) -> None:
    """Fails if a value is lost or altered, whatever the fields' order."""
    chance = random.Random(kind)
    descriptor = pb.HostMessage.DESCRIPTOR.fields_by_name[kind].message_type
    for _ in range(300):
        fields = fields_of(descriptor, chance)
        header = pb.HostMessage(**{kind: fields}).SerializeToString()
        read = messages.read(header)
        assert read.kind == kind
        assert {name: getattr(read, name) for name in fields} == fields


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_what_is_written_the_library_reads(kind: str) -> None:
    """Fails if the host would read something else, or not at all."""
    chance = random.Random(kind)
    descriptor = pb.WorkerMessage.DESCRIPTOR.fields_by_name[kind].message_type
    for _ in range(300):
        fields = fields_of(descriptor, chance)
        if kind == "credit":
            fields["chunks"] = 0  # which only the host grants
        told = pb.WorkerMessage.FromString(WRITTEN[kind](**dict(fields)))
        assert told.WhichOneof("kind") == kind
        assert getattr(told, kind) == type(getattr(told, kind))(**fields)


def test_a_failure_may_be_without_an_exception() -> None:
    told = messages.failure(7, code="INTERNAL", message="no")
    assert not pb.WorkerMessage.FromString(told).failure.HasField("python")


def test_a_later_version_may_tell_more() -> None:
    """Fails if a field that this version doesn't know ends the worker, or hides another."""
    unknown = b"".join(
        varint(field << 3 | wire) + value
        for field in (11, 15, 16, 1000)
        for wire, value in ((0, varint(300)), (1, b"8" * 8), (2, b"\x02ab"), (5, b"4444"))
    )
    call = pb.Call(id=300, tool="echo", call="c", batch=2)
    raw = call.SerializeToString()
    inner = unknown + raw[:3] + unknown + raw[3:] + unknown
    header = unknown + b"\x1a" + varint(len(inner)) + inner + unknown
    read, told = read_both(header)
    assert isinstance(read, messages.Call)
    assert (read.id, read.tool, read.batch) == (told.id, told.tool, told.batch) == (300, "echo", 2)


def test_fields_may_come_in_any_order() -> None:
    calls = [pb.Call(id=9), pb.Call(tool="t" * 200), pb.Call(call="c"), pb.Call(timeout_ms=1.5)]
    pieces = [call.SerializeToString() for call in calls]
    for seed in range(24):
        inner = b"".join(random.Random(seed).sample(pieces, len(pieces)))
        read, told = read_both(b"\x1a" + varint(len(inner)) + inner)
        assert isinstance(read, messages.Call)
        assert (read.id, read.tool, read.call) == (told.id, told.tool, told.call)
        assert read.timeout_ms == told.timeout_ms == 1.5


@pytest.mark.parametrize("seed", range(20))
def test_garbage_is_refused_and_never_more(seed: int) -> None:
    """Fails if it raises something else."""
    chance = random.Random(seed)
    for _ in range(500):
        kind = chance.choice(FIELDS_OF_HOST)
        fields = fields_of(kind.message_type, chance)
        header = bytearray(pb.HostMessage(**{kind.name: fields}).SerializeToString()[:400])
        for _ in range(chance.randrange(4)):
            header[chance.randrange(len(header))] = chance.randrange(256)
        raw = bytes(header[: chance.randrange(len(header) + 1)])
        with suppress(ProtocolError):
            assert isinstance(messages.read(raw), Message)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x1a",
        b"\x1a\x05\x08",  # ends too early
        b"\x1a\x02\x08\xff",  # so does a number
        b"\x1a\x0b\x08" + b"\xff" * 10,  # one that has no end
        b"\x1a\x03\x12\x01\xff",  # is no UTF-8
        b"\x1a\x03\x12\x05a",  # a text that is too short
        b"\x1a\x02\x31\x00",  # a double that is
        b"\x1a\x02\x5b\x00",  # a group
        b"\x1a\x02\x00\x00",  # field 0
        b"\x1a\x03\x59\x00\x00",  # an unknown one that is too short
        b"\x7a\x00",  # no message that is known
    ],
)
def test_a_header_that_is_none_is_a_breach(header: bytes) -> None:
    with pytest.raises(ProtocolError, match=f"a header of {len(header)} bytes can't be parsed"):
        messages.read(header)


@pytest.mark.parametrize("value", [-1, 1 << 64])
def test_a_number_that_has_no_bytes_is_refused(value: int) -> None:
    """Fails if it is written for ever, or cut to another."""
    with pytest.raises(ValueError, match="is no number of 64 bits"):
        varint(value)


def test_a_header_is_read_at_the_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if want of memory is taken for a breach while there is a reserve."""
    header = pb.HostMessage(ping=pb.Ping(sequence=3)).SerializeToString()
    monkeypatch.setattr(messages.Ping, "fill", Mock(side_effect=[MemoryError, None]))
    monkeypatch.setattr(reserve, "spend", Mock(return_value=True))
    assert isinstance(messages.read(header), messages.Ping)
    monkeypatch.setattr(messages.Ping, "fill", Mock(side_effect=MemoryError))
    monkeypatch.setattr(reserve, "spend", Mock(return_value=False))
    with pytest.raises(ProtocolError, match="no memory for a header of 4 bytes"):
        messages.read(header)
