"""Loads a model and uses it on import."""

import os
from pathlib import Path

import lightgbm
import numpy as np
from snakepit import tool

__snakepit_thread_safe__ = True

MODEL = lightgbm.Booster(model_file=str(Path(os.environ["MATRIX_FILES"]) / "lightgbm.txt"))
FIRST = MODEL.predict(np.zeros((500, 8)))


@tool
def answer(n: int) -> float:
    """Predicts many rows, which OpenMP does on several threads."""
    rows = np.sin(np.arange(4000.0).reshape(500, 8) + n)
    return round(float(MODEL.predict(rows).sum() + FIRST[0]), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
