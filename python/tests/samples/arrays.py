"""Tools that answer arrays and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from snakepit import tool


def array(kind: str) -> Any:
    """An array of that kind."""
    numbers = np.arange(12, dtype=np.float64).reshape(3, 4)
    return {
        "c": numbers,
        "fortran": np.asfortranarray(numbers),
        "strided": numbers[::2, ::3],
        "scalar": np.array(7),
        "empty": np.zeros((0, 3), dtype=np.int8),
        "bool": np.array([True, False]),
        "complex": np.array([1 + 2j]),
        "text": np.array(["ab", "cde"]),
        "bytes": np.array([b"ab", b"c"]),
        "times": np.array(["2024-01-02", "NaT"], dtype="datetime64[D]"),
        "big endian": np.arange(3, dtype=">i4"),
        "struct": np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        "sizeless": np.array([b"", b""], dtype="S0"),
        "readonly": np.frombuffer(b"abcd", dtype=np.uint8),
        "large": np.arange(300_000),
    }[kind]


@tool
def give(kind: str) -> Any:
    if kind == "objects":
        return np.array([{}, None])
    if kind == "masked":
        return np.ma.masked_array([1, 2], mask=[True, False])
    if kind == "number":
        return np.int64(3)
    return array(kind)


@tool
def table(rows: int, batch: bool = False) -> Any:
    made = pa.table({"n": list(range(rows)), "text": [f"row {n}" for n in range(rows)]})
    return made.to_batches()[0] if batch else made


@tool
def both() -> Iterator[Any]:
    yield np.arange(3)
    yield pa.table({"n": [1]})
    yield {"plain": True}


@tool(batch=2)
def each(items: list[dict[str, Any]]) -> list[Any]:
    return [np.arange(item["n"]) for item in items]
