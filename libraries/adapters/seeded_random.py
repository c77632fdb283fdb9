"""Seeds the global generators on import: every worker draws the same row of numbers."""

import random

import numpy as np
from snakepit import tool

np.random.seed(17)
random.seed(17)
DRAWN: list[list[float]] = []


@tool
def answer(n: int) -> list[float]:
    """Returns the n-th of this worker's draws."""
    while len(DRAWN) <= n:
        DRAWN.append([float(np.random.random()), random.random()])
    return DRAWN[n]
