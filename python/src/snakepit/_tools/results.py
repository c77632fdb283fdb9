"""Results of tools and chunks of streams on their way: JSON, bytes, an array or a table.

Arrays and tables are those of numpy and pyarrow, which are never imported here: a tool that returns
one has loaded them. Nothing is ever pickled.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Callable
from types import NoneType
from typing import Any

from snakepit._tools.bodies import Body, Gathered
from snakepit._tools.errors import PAYLOAD_TOO_LARGE, SERIALIZATION_ERROR, CallError

BYTES = "application/octet-stream"
NPY = "application/x-npy"
ARROW = "application/vnd.apache.arrow.stream"

Answer = tuple[str, Body]

# What the encoder writes, or refuses, without a look at anything else: the hot path.
PLAIN = frozenset({dict, list, tuple, str, int, float, bool, NoneType})
_RAW = (bytes, bytearray, memoryview)
# All that numpy's format holds without pickling.
_ARRAY_KINDS = "biufcmMSUV"


class Results:
    """A writer of results and chunks, of at most `limit` bytes each. For one thread."""

    def __init__(self, encode: Callable[[object], bytes], limit: float) -> None:
        self._encode = encode
        self._limit = limit

    def write(self, value: object) -> Answer:
        """Returns the content type ("" is JSON) and the body of a value. Raises CallError."""
        if type(value) in PLAIN:
            return "", self.bounded(self._encode(value))
        if isinstance(value, _RAW):
            return BYTES, self.bounded(_flat(value))
        foreign = _array(value) or _table(value)
        if foreign is not None:
            return foreign[0], self.bounded(foreign[1])
        return "", self.bounded(self._encode(value))

    def bounded(self, body: Body) -> Body:
        """Returns the body itself. Raises CallError PAYLOAD_TOO_LARGE."""
        size = len(body)
        if size > self._limit:
            raise CallError(
                PAYLOAD_TOO_LARGE,
                f"the result has {size} bytes, at most {self._limit} are allowed",
                {"bytes": size, "maxBodyBytes": self._limit},
            )
        return body


def _flat(raw: bytes | bytearray | memoryview) -> bytes | bytearray | memoryview:
    """Returns the same bytes, such that the length counts them."""
    if not isinstance(raw, memoryview):
        return raw
    if raw.contiguous and raw.nbytes and (raw.ndim > 1 or raw.format != "B"):
        return raw.cast("B") if raw.c_contiguous else raw.tobytes()
    return raw if raw.contiguous and raw.ndim == 1 else raw.tobytes()


def _is_a(value: object, module: str, name: str) -> bool:
    """Tells whether it is of a class whose module may be missing, or is just being imported."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _array(value: Any) -> tuple[str, Body] | None:
    """Writes a numpy array in numpy's own format, not copied if it lies in one piece."""
    if not _is_a(value, "numpy", "ndarray"):
        return None
    if _is_a(value, "numpy.ma", "MaskedArray"):  # the format knows no masks
        return None
    if value.dtype.hasobject or value.dtype.kind not in _ARRAY_KINDS:
        raise CallError(
            SERIALIZATION_ERROR,
            f"an array of dtype {value.dtype} can't be written without pickling: "
            "convert it with astype(), or return array.tolist()",
        )
    numpy = sys.modules["numpy"]
    format_ = importlib.import_module("numpy.lib.format")
    array = numpy.asarray(value)
    header = io.BytesIO()
    told = format_.header_data_from_array_1_0(array)
    try:
        format_.write_array_header_1_0(header, told)
        ordered = array.T if told["fortran_order"] else numpy.ascontiguousarray(array)
        data = ordered.reshape(-1).view(numpy.uint8).data
    except (ValueError, TypeError):  # many named fields, or members without a size
        whole = io.BytesIO()
        format_.write_array(whole, array, allow_pickle=False)
        return NPY, whole.getvalue()
    return NPY, Gathered((header.getvalue(), data))


def _table(value: Any) -> tuple[str, Body] | None:
    """Writes a table or record batch of pyarrow, as a stream of its own format."""
    if not (_is_a(value, "pyarrow", "Table") or _is_a(value, "pyarrow", "RecordBatch")):
        return None
    arrow = sys.modules["pyarrow"]
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, value.schema) as writer:
        writer.write(value)
    return ARROW, memoryview(sink.getvalue())
