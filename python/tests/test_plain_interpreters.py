"""The adapters of the bench and the chaos scripts need no library: users run both as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_host import SOURCES, TESTS

BENCH = Path(TESTS).parents[1] / "bench" / "python"

# As if only the package itself were installed.
ALONE = """
import importlib, sys
for name in ("google", "grpc", "numpy", "pyarrow", "uvloop"):
    sys.modules[name] = None
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("adapter", ["samples.hostile", "pressure", "snakepit.adapters.showcase"])
def test_they_can_be_imported(adapter: str) -> None:
    """Red where `samples.hostile` writes frames by the generated code, which needs protobuf."""
    subprocess.run(
        [sys.executable, "-c", ALONE, adapter],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (SOURCES, TESTS, BENCH)))},
        check=True,
        timeout=120,
    )
