"""Uses the global generators of numpy and Python, which it does not seed."""

import random

import numpy as np
from snakepit import tool

FIRST = (float(np.random.random()), random.random())


@tool
def answer(n: int) -> list[float]:
    """Draws from both."""
    return [float(np.random.random()), random.random()]
