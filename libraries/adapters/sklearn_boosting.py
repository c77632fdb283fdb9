"""Loads a HistGradientBoosting model of scikit-learn and uses it on import."""

import os
import pickle
from pathlib import Path

import numpy as np
from snakepit import tool

__snakepit_thread_safe__ = True

MODEL = pickle.loads((Path(os.environ["MATRIX_FILES"]) / "boosting.pickle").read_bytes())
FIRST = MODEL.predict(np.zeros((500, 8)))


@tool
def answer(n: int) -> float:
    """Predicts many rows."""
    rows = np.sin(np.arange(4000.0).reshape(500, 8) + n)
    return round(float(MODEL.predict(rows).sum() + FIRST[0]), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
