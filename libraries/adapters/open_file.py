"""Opens a file of records on import and reads one."""

import os
from pathlib import Path

from snakepit import tool

WIDTH = 64
RECORDS = (Path(os.environ["MATRIX_FILES"]) / "records.bin").open("rb", buffering=0)
FIRST = RECORDS.read(WIDTH).decode()


@tool
def answer(n: int) -> str:
    """Reads a record, from the place that the file shares with whoever has it open."""
    RECORDS.seek(n * WIDTH)
    return RECORDS.read(WIDTH // 2).decode() + RECORDS.read(WIDTH // 2).decode()
