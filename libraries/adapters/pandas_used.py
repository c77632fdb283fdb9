"""Reads a table and groups it on import."""

import os
from pathlib import Path

import pandas as pd
from snakepit import tool

__snakepit_thread_safe__ = True

TABLE = pd.read_csv(Path(os.environ["MATRIX_FILES"]) / "sales.csv")
MEANS = TABLE.groupby("shop")["amount"].mean()


@tool
def answer(n: int) -> float:
    """Groups what is above a bound."""
    above = TABLE[TABLE["amount"] > n].groupby("shop")["amount"].sum()
    return round(float(above.max() + MEANS.iloc[n % len(MEANS)]), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
