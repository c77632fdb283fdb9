"""Opens a zip file on import and reads a member."""

import os
import zipfile
from pathlib import Path

from snakepit import tool

ARCHIVE = zipfile.ZipFile(Path(os.environ["MATRIX_FILES"]) / "records.zip")
FIRST = ARCHIVE.read("0").decode()


@tool
def answer(n: int) -> str:
    """Reads a member."""
    return ARCHIVE.read(str(n)).decode()
