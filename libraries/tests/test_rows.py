"""Rows, adapters and pinned versions belong together."""

from __future__ import annotations

import re
from pathlib import Path

from matrix.files import MAKERS
from matrix.outcomes import AUTO, Outcome
from matrix.rows import ROWS, Expected

HOME = Path(__file__).resolve().parent.parent


def test_every_adapter_has_a_row() -> None:
    adapters = {file.stem for file in (HOME / "adapters").glob("*.py")}

    assert [row.adapter for row in ROWS if row.adapter not in adapters] == []
    assert sorted(row.adapter for row in ROWS) == sorted(adapters)


def test_every_package_is_pinned() -> None:
    pins = (HOME / "requirements.txt").read_text().splitlines()
    lines = [line for line in pins if line and not line.startswith("#")]
    pinned = {line.partition("==")[0] for line in lines}

    assert [
        line for line in lines if not re.match(r"[\w.-]+==[\w.]+(; python_version|$)", line)
    ] == []
    assert {package for row in ROWS for package in row.needs} <= pinned


def test_every_file_of_a_row_can_be_made() -> None:
    assert {file for row in ROWS for file in row.files} == MAKERS.keys()


def test_every_row_that_is_not_forked_says_why() -> None:
    """Else any reason would do, a false alarm too."""
    assert [row.name for row in ROWS if row.expected is Expected.FRESH and not row.told] == []


def test_every_row_has_a_pool_of_its_own() -> None:
    pools = {Outcome(row, AUTO, profile).pool for row in ROWS for profile in row.profiles}

    assert len(pools) == sum(len(row.profiles) for row in ROWS)


def test_the_plain_command_runs_one_row_of_each_kind() -> None:
    assert {row.adapter for row in ROWS if row.few} == {
        "numpy_used",
        "polars_used",
        "lightgbm_used",
        "process_pool",
        "kept_session",
        "open_file",
        "gevent_patched",
    }
