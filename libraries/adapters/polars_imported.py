"""Imports polars; tools are the first to use it."""

import os
from pathlib import Path

import polars as pl
from snakepit import tool

__snakepit_thread_safe__ = True

SALES = Path(os.environ["MATRIX_FILES"]) / "sales.csv"


@tool
def answer(n: int) -> float:
    """Reads a file, and groups what is above a bound."""
    above = pl.read_csv(SALES).filter(pl.col("amount") > n)
    return round(float(above.group_by("shop").agg(pl.col("amount").sum())["amount"].max()), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
