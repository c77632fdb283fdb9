"""The wire format of protobuf, as far as headers use it: fields of numbers, flags and texts.

Here without the library: adapters' libraries pin so many versions of it that no range fits them
all, and where it has no C code it takes ten times as long as this.
"""

from __future__ import annotations

import struct
from typing import ClassVar

_VARINT, _FIXED64, _SIZED, _FIXED32 = 0, 1, 2, 5
_MOST_BYTES = 10  # of a varint
_MASK = (1 << 64) - 1
unpack_double = struct.Struct("<d").unpack_from
_ONE_BYTE = [bytes((value,)) for value in range(0x80)]

NUMBER, FLAG, TEXT, DOUBLE = "number", "flag", "text", "double"


class Malformed(ValueError):
    """Bytes that are no message."""


class Message:
    """The base of the messages that are read. A field that did not come has its class's value.

    `FIELDS` has name and type of each, by its number, which is 15 at most; `kind` is the message's
    own name, as errors tell it.
    """

    FIELDS: ClassVar[dict[int, tuple[str, str]]] = {}
    kind: ClassVar[str]
    _texts: ClassVar[dict[int, str]]
    _numbers: ClassVar[dict[int, str]]
    _flags: ClassVar[dict[int, str]]
    _doubles: ClassVar[dict[int, str]]

    def __init_subclass__(cls, kind: str) -> None:
        cls.kind = kind
        cls._texts = cls._by_tag(_SIZED, TEXT)
        cls._numbers = cls._by_tag(_VARINT, NUMBER)
        cls._flags = cls._by_tag(_VARINT, FLAG)
        cls._doubles = cls._by_tag(_FIXED64, DOUBLE)

    @classmethod
    def _by_tag(cls, wire: int, kind: str) -> dict[int, str]:
        return {
            number << 3 | wire: name for number, (name, its) in cls.FIELDS.items() if its == kind
        }

    def fill(self, data: bytes, at: int) -> None:
        """Reads all fields from there to the end of `data`; those it doesn't know are skipped.

        Raises Malformed, or IndexError or UnicodeDecodeError, which mean the same.
        """
        fields, end = self.__dict__, len(data)
        texts, numbers = self._texts, self._numbers
        while at < end:
            tag = data[at]
            if (name := texts.get(tag)) is not None:
                size = data[at + 1]
                at += 2
                if size > 0x7F:  # noqa: PLR2004 - of more than one byte
                    size, at = read_varint(data, at - 1)
                fields[name] = data[at : at + size].decode()
                at += size
            elif (name := numbers.get(tag)) is not None:
                value = data[at + 1]
                at += 2
                if value > 0x7F:  # noqa: PLR2004 - as above
                    value, at = read_varint(data, at - 1)
                fields[name] = value
            else:
                at = self._read_other(data, at)
        if at > end:
            raise Malformed("a field is longer than its message")

    def _read_other(self, data: bytes, at: int) -> int:
        tag = data[at]
        if (name := self._doubles.get(tag)) is not None and at + 9 <= len(data):
            (self.__dict__[name],) = unpack_double(data, at + 1)
            return at + 9
        if (name := self._flags.get(tag)) is not None:
            value, at = read_varint(data, at + 1)
            self.__dict__[name] = value != 0
            return at
        return skip(data, at)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Reads a number, and returns where it ends. Raises Malformed, IndexError."""
    value = 0
    for place in range(_MOST_BYTES):
        byte = data[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:  # noqa: PLR2004 - the last
            return value & _MASK, at + place + 1
    raise Malformed("a number has no end")


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """Reads a number of two bytes or more; soon, if it has two or three. Raises as above."""
    second = data[at + 1]
    if second < 0x80:  # noqa: PLR2004 - the last
        return data[at] & 0x7F | second << 7, at + 2
    third = data[at + 2]
    if third < 0x80:  # noqa: PLR2004 - the last
        return data[at] & 0x7F | (second & 0x7F) << 7 | third << 14, at + 3
    return read_varint(data, at)


def read_sized(data: bytes, at: int) -> tuple[int, int]:
    """Reads the length of what begins there. Returns its beginning and end. Raises as above."""
    size, at = read_varint(data, at)
    if at + size > len(data):
        raise Malformed("a field is longer than its message")
    return at, at + size


def skip(data: bytes, at: int) -> int:
    """Returns where a field that nobody knows ends. Raises Malformed, IndexError."""
    tag, at = read_varint(data, at)
    wire = tag & 7
    if tag >> 3 == 0:
        raise Malformed("a field has number 0")
    if wire == _VARINT:
        return read_varint(data, at)[1]
    if wire == _SIZED:
        return read_sized(data, at)[1]
    if wire not in (_FIXED64, _FIXED32):
        raise Malformed(f"a field has wire type {wire}")
    end = at + (8 if wire == _FIXED64 else 4)
    if end > len(data):
        raise Malformed("a field is longer than its message")
    return end


def varint(value: int) -> bytes:
    """Returns the bytes of a number of 0 or more. Raises ValueError."""
    if 0 <= value < 1 << 7:
        return _ONE_BYTE[value]
    if 0 < value < 1 << 14:
        return bytes((value & 0x7F | 0x80, value >> 7))
    if 0 < value < 1 << 21:
        return bytes((value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14))
    if not 0 < value <= _MASK:
        raise ValueError(f"{value} is no number of 64 bits")
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - not the last byte
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def number(field: int, value: int) -> bytes:
    """Writes a field of a number or a flag; 0 and False are not written."""
    return varint(field << 3 | _VARINT) + varint(value) if value else b""


def text(field: int, value: str) -> bytes:
    """Writes a field of text; an empty one is not written. Raises UnicodeEncodeError."""
    return sized(field, value.encode()) if value else b""


def sized(field: int, value: bytes) -> bytes:
    """Writes a field of bytes, such as a message, even if there are none."""
    return varint(field << 3 | _SIZED) + varint(len(value)) + value
