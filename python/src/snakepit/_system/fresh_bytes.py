"""Bytes that are received straight into their own memory.

Python has no way to fill a `bytes`: it is received as something else and copied, which doubles what
a large body costs. C has one: whoever has just made a `bytes` object, and shown it to nobody, may
write what is in it.
"""

from __future__ import annotations

import ctypes

_make = ctypes.pythonapi.PyBytes_FromStringAndSize
_make.restype = ctypes.py_object
_make.argtypes = (ctypes.c_void_p, ctypes.c_ssize_t)

# Where an object's bytes begin: behind its header, before the zero at its end.
_OFFSET = bytes.__basicsize__ - 1


def make(size: int) -> tuple[bytes, memoryview]:
    """Makes a `bytes` of that size, at least 2, and a view to fill it by before it is read.

    The view is valid as long as the object lives.
    """
    made: bytes = _make(None, size)
    return made, memoryview((ctypes.c_char * size).from_address(id(made) + _OFFSET)).cast("B")


def whole(body: bytes | memoryview) -> bytes:
    """Returns a body as `bytes`, copied only where it is a part of something."""
    if isinstance(body, memoryview):
        owner = body.obj
        return owner if type(owner) is bytes and len(owner) == len(body) else bytes(body)
    return body
