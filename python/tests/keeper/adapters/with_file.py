"""An adapter that has a file open for reading, and has read from it, before it is forked."""

import os
import tempfile
from pathlib import Path

from keeper.adapters.behaviours import *  # noqa: F403
from keeper.adapters.behaviours import say

with tempfile.NamedTemporaryFile("w", delete=False) as _made:
    _made.writelines(f"{number}\n".rjust(100) for number in range(1000, 1200))
FILE = Path(_made.name).open("rb", buffering=0)  # noqa: SIM115 - it is to stay open
Path(_made.name).unlink()
FILE.seek(100)


def read_on(boot: object) -> int:
    line = int(FILE.read(100))
    FILE.seek(2000)
    say(f"line {line}, at {FILE.tell()} after 4000 bytes")
    os.lseek(FILE.fileno(), 4000, os.SEEK_SET)
    return 0
