"""Reads a table and computes on import."""

import os
from pathlib import Path

import pyarrow.compute as pc
from pyarrow import csv
from snakepit import tool

__snakepit_thread_safe__ = True

TABLE = csv.read_csv(Path(os.environ["MATRIX_FILES"]) / "sales.csv")
TOTAL = pc.sum(TABLE["amount"]).as_py()


@tool
def answer(n: int) -> float:
    """Filters and groups."""
    above = TABLE.filter(pc.greater(TABLE["amount"], n))
    sums = above.group_by("shop").aggregate([("amount", "sum")])
    return round(float(max(sums["amount_sum"].to_pylist()) + TOTAL), 4)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
