"""Makes generators of random numbers on import."""

import random

import numpy as np
from snakepit import tool

RNG = np.random.default_rng()
CHANCE = random.Random()


@tool
def answer(n: int) -> list[float]:
    """Draws from both."""
    return [float(RNG.random()), CHANCE.random()]
