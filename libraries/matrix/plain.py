"""The answers of a plain interpreter: the adapter's module, imported and called without a host.

Run in the environment of the libraries: ``python plain.py ADAPTER COUNT FILE``. They go to a file,
since libraries print what they like.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from snakepit import testing

if __name__ == "__main__":
    adapter, count, file = sys.argv[1:]
    with testing.run(adapter) as tested:
        answers = [tested.call("answer", n=number) for number in range(int(count))]
    Path(file).write_text(json.dumps(answers))
