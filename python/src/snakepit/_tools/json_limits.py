"""Limits of JSON, the same as the host's: depth, digits, and text that UTF-8 can express.

A look at a text's bytes, by C alone, tells nearly always that there is nothing to check. Only else
is it read with care, or its depth measured.
"""

from __future__ import annotations

import re
from array import array
from itertools import accumulate

MAX_DEPTH = 500
MAX_DIGITS = 4_300

TOO_DEEP = f"nested too deeply: arrays and objects may be nested to at most {MAX_DEPTH} levels"
TOO_LONG = f"a number that is too long: it may have at most {MAX_DIGITS} digits"

# What a look may find: numbers that may be too large or too long, escapes that may be half a
# surrogate pair, brackets enough to be nested too deeply. More often than not it is fine.
NUMBERS, ESCAPES, BRACKETS = 1, 2, 4

# A text is looked at in slices, which overlap by more than is looked for: no second copy is made.
_SLICE = 1 << 20
_OVERLAP = 256

# Digits that, with an exponent of two digits or none, may be more than a float holds.
_RUN = b"0" * 200

_TRIES = 64

_CLASSES = bytes.maketrans(b"123456789ED{", b"000000000ed[")
_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')
_STEPS = bytes.maketrans(b"[]", b"\x01\xff")
_PASSES = 8


def look(data: bytes | memoryview) -> int:
    """Tells what of NUMBERS, ESCAPES and BRACKETS is to be checked in a JSON text."""
    if len(data) <= _SLICE:
        found, opened = _look(bytes(data), 0)
    else:
        found = opened = 0
        for start in range(0, len(data), _SLICE - _OVERLAP):
            here, more = _look(bytes(data[start : start + _SLICE]), _OVERLAP if start else 0)
            found |= here
            opened += more
    return found | BRACKETS if opened > MAX_DEPTH else found


def _look(part: bytes, seen: int) -> tuple[int, int]:
    marks = part.translate(_CLASSES)
    found = 0
    if _RUN in marks or _has_large_exponent(marks):
        found = NUMBERS
    if b"\\" in marks and b"\\ud" in marks:
        found |= ESCAPES
    return found, marks.count(b"[", seen)


def _has_large_exponent(marks: bytes) -> bool:
    """Tells whether an exponent has three digits: one by one, as long as there are few of any."""
    at = marks.find(b"0e")
    for _ in range(_TRIES):
        if at < 0:
            return False
        if marks[at + 2 : at + 6].lstrip(b"+")[:3] == b"000":
            return True
        at = marks.find(b"0e", at + 2)
    return b"0e000" in marks or b"0e+000" in marks


def is_too_deep(body: bytes) -> bool:
    """Tells whether arrays and objects are nested too deeply in a JSON text."""
    if b"\\" in body:  # else a quote might be a part of a string
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = body.translate(_SQUARE, _NO_STRUCTURE).replace(b'""', b"")
    if b'"' in marks:  # strings with brackets in them
        marks = _STRING.sub(b"", marks).replace(b'"', b"")
    for level in range(_PASSES):  # each takes the innermost level away
        if len(marks) <= MAX_DEPTH - level:
            return False
        marks = marks.replace(b"[]", b"")
    steps = array("b", marks.translate(_STEPS))
    return max(accumulate(steps), default=0) > MAX_DEPTH - _PASSES
