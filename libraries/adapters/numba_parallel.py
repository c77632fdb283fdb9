"""Compiles a parallel loop and uses it on import."""

import numba
import numpy as np
from snakepit import tool


@numba.njit(parallel=True)
def total(values):  # type: ignore[no-untyped-def] # numba infers them
    """Sums squares on several threads."""
    result = 0.0
    for i in numba.prange(values.size):
        result += values[i] * values[i]
    return result


FIRST = total(np.arange(1000.0))


@tool
def answer(n: int) -> float:
    """Calls the loop."""
    return round(float(total(np.arange(10_000.0) % (n + 1)) + FIRST), 3)
