"""The audit of an import: prints how many milliseconds a fork server's look takes, both parts.

What is imported between them is much of the standard library, and numpy where it is installed,
whose threads wait by then.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "src"))

from snakepit._forkserver.audit import Audit

_IMPORTS = ("asyncio", "concurrent.futures", "logging.handlers", "sqlite3", "ssl", "numpy")


def main() -> None:
    """Looks, imports, and looks again."""
    begun = time.perf_counter()
    audit = Audit()
    took = time.perf_counter() - begun
    for name in _IMPORTS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    begun = time.perf_counter()
    report = audit.finish("", None)  # as if there were no adapter
    took += time.perf_counter() - begun
    if report.reasons:
        raise SystemExit(f"the audit finds what is not there: {report.reasons}")
    print(took * 1000, flush=True)


if __name__ == "__main__":
    main()
