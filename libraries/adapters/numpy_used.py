"""Solves a system of equations on import, so that BLAS has run before any fork."""

import numpy as np
from snakepit import tool

__snakepit_thread_safe__ = True

MATRIX = np.arange(90_000.0).reshape(300, 300) % 97.0 + 300.0 * np.eye(300)
INVERSE = np.linalg.inv(MATRIX)


@tool
def answer(n: int) -> float:
    """Multiplies large matrices, which BLAS does on several threads."""
    product = INVERSE @ (MATRIX + n)
    return round(float(product.sum()), 4)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
