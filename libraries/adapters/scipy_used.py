"""Integrates and factorises on import."""

import numpy as np
from scipy import integrate, linalg
from snakepit import tool

__snakepit_thread_safe__ = True

ROWS = np.arange(2500.0).reshape(50, 50) % 23.0
# Not lu_factor: lu_solve changes its factors for a moment, so threads can't share them.
FACTORS = linalg.cho_factor(ROWS @ ROWS.T + 50.0 * np.eye(50))


@tool
def answer(n: int) -> float:
    """Solves with the factors, and integrates."""
    solved = linalg.cho_solve(FACTORS, np.arange(50.0) + n)
    area, _ = integrate.quad(np.sin, 0.0, 1.0 + n / 100)
    return round(float(solved.sum() + area), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
