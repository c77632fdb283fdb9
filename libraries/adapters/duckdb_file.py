"""Opens a database file on import."""

import os
from pathlib import Path

import duckdb
from snakepit import tool

DATABASE = duckdb.connect(str(Path(os.environ["MATRIX_OWN"]) / "rows.duckdb"))
DATABASE.execute("create table if not exists rows (n integer)")


@tool
def answer(n: int) -> int:
    """Writes a row: each that is answered has to be on the disk afterwards."""
    DATABASE.execute("insert into rows values (?)", [n])
    return n
