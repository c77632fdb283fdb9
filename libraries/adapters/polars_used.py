"""Reads a file and groups on import, which starts the threads of polars."""

import os
from pathlib import Path

import polars as pl
from snakepit import tool

__snakepit_thread_safe__ = True

TABLE = pl.read_csv(Path(os.environ["MATRIX_FILES"]) / "sales.csv")
SUMS = TABLE.group_by("shop").agg(pl.col("amount").sum()).sort("shop")


@tool
def answer(n: int) -> float:
    """Groups what is above a bound."""
    above = TABLE.filter(pl.col("amount") > n).group_by("shop").agg(pl.col("amount").sum())
    return round(float(above["amount"].max() + SUMS["amount"][n % len(SUMS)]), 6)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
