"""What the adapters load, and what a plain interpreter answers: the measure of all answers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from chaos.host import HOME

from matrix import environment
from matrix.calls import DISTINCT
from matrix.rows import Row

HERE = Path(__file__).resolve().parent
ADAPTERS = HERE.parent / "adapters"
PATIENCE_S = 180.0


class NoTruth(Exception):
    """The plain interpreter failed, so there is nothing to compare with."""


def make_files(names: set[str], folder: Path) -> None:
    """Has the libraries make the files that adapters load.

    Raises:
        NoTruth: one could not be made.
    """
    _run([str(HERE / "files.py"), str(folder), *sorted(names)], {})


def answers(row: Row, variables: dict[str, str], folder: Path) -> list[Any]:
    """Returns a plain interpreter's answers to all arguments, in their order.

    Raises:
        NoTruth: it has none.
    """
    file = folder / f"{row.adapter}.json"
    _run([str(HERE / "plain.py"), row.adapter, str(DISTINCT), str(file)], variables)
    found: list[Any] = json.loads(file.read_text())
    return found


def stored_rows(database: Path) -> int:
    """Returns how many rows a DuckDB file holds.

    Raises:
        NoTruth: it can't be read.
    """
    query = (
        "import sys, duckdb;"
        "print(*duckdb.connect(sys.argv[1]).execute('select count(*) from rows').fetchone())"
    )
    return int(_run(["-c", query, str(database)], {}))


def _run(command: list[str], variables: dict[str, str]) -> str:
    """Runs Python in the libraries' environment; whatever it leaves behind is ended, too."""
    paths = [str(ADAPTERS), str(HOME / "python" / "src")]
    child = subprocess.Popen(
        [str(environment.PYTHON), *command],
        env={**os.environ, **variables, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise NoTruth(f"{' '.join(command)}: not over after {PATIENCE_S:.0f} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode != 0:
        raise NoTruth(f"{' '.join(command)}: exit code {child.returncode}: {err[-2000:]}")
    return out
