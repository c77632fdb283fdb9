"""Loads a model and uses it on import."""

import os
from pathlib import Path

import numpy as np
import xgboost
from snakepit import tool

__snakepit_thread_safe__ = True

MODEL = xgboost.Booster()
MODEL.load_model(Path(os.environ["MATRIX_FILES"]) / "xgboost.json")
FIRST = MODEL.inplace_predict(np.zeros((500, 8), np.float32))


@tool
def answer(n: int) -> float:
    """Predicts many rows, which OpenMP does on several threads."""
    rows = np.sin(np.arange(4000, dtype=np.float32).reshape(500, 8) + n)
    return round(float(MODEL.inplace_predict(rows).astype(float).sum() + FIRST[0]), 4)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
