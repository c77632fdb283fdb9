"""The table of the docs is what was seen, and all around it stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matrix import table
from matrix.calls import Answers
from matrix.outcomes import AUTO, SPAWNED, Outcome
from matrix.rows import Expected, Row

WARM = Row("numpy", "numpy_used")
FRESH = Row("a TCP connection", "kept_socket", expected=Expected.FRESH)
ALL = Answers([(0, 1)], asked=1, answered=1)
REASON = (
    "pool.spawn_fallback: socket to 127.0.0.1:5432: connect in start(); "
    "file /tmp/x1/rows.db, open for writing: open it in start(); pipe: make it in start()"
)
SEEN = [
    Outcome(WARM, AUTO, "process", warm=True, answers=ALL, private_mib=4.4, replaced_ms=31.0),
    Outcome(WARM, SPAWNED, "process", answers=ALL, private_mib=22.6, replaced_ms=400.0),
    Outcome(WARM, AUTO, "thread", warm=True, answers=ALL),
    Outcome(FRESH, AUTO, "process", [REASON], answers=ALL, private_mib=9.0, replaced_ms=200.0),
    Outcome(FRESH, SPAWNED, "process", answers=ALL, private_mib=9.0, replaced_ms=200.0),
]
PAGE = f"before\n{table.BEGIN}\n\n{{}}\n{table.END}\nafter\n"
OLD = """| used on import | by default | MiB per worker | replaced in ms | MiB, ms with `spawn` |
|---|---|---|---|---|
| a TCP connection | fresh interpreter: old | 1 | 2 | 3, 4 |
| scipy | warm | 5 | 103 | 46, 870 |
| what there was | warm | 5 | 103 | 46, 870 |
"""


def test_each_row_tells_how_it_starts_and_what_that_costs() -> None:
    assert list(table.rows(SEEN).values()) == [
        "| numpy | warm | 4 | 31 | 23, 400 |",
        (
            "| a TCP connection | fresh interpreter: socket to 127.0.0.1:…; file …/rows.db, open"
            " for writing and 1 more | 9 | 200 | 9, 200 |"
        ),
    ]


def test_the_page_keeps_all_else(tmp_path: Path) -> None:
    page = tmp_path / "libraries.md"
    page.write_text(PAGE.format("old\n"))

    table.write(SEEN, page)
    assert "has the table" in table.write(SEEN, page)

    text = page.read_text()
    assert text.startswith(f"before\n{table.BEGIN}\n\n| used on import |")
    assert text.endswith(f"\n\n{table.END}\nafter\n")
    assert "old" not in text


def test_a_run_that_failed_writes_nothing(tmp_path: Path) -> None:
    """A host that broke would stand there as a fresh interpreter, wrong answers as warm."""
    page = tmp_path / "libraries.md"
    page.write_text(PAGE.format(OLD))
    wrong = replace(SEEN[2], wrong=1)

    told = table.write([*SEEN[:2], wrong, *SEEN[3:]], page)

    assert told == f"libraries.md stays as it is, since these are not as promised: {wrong.pool}"
    assert page.read_text() == PAGE.format(OLD)


def test_rows_that_did_not_run_keep_their_lines(tmp_path: Path) -> None:
    """In the order of the rows; those that there are no more go."""
    page = tmp_path / "libraries.md"
    page.write_text(PAGE.format(OLD))

    table.write([*SEEN[:3], SEEN[3]], page)  # the last by one method only

    lines = page.read_text().splitlines()
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")] == [
        "| used on import",
        "| numpy",
        "| scipy",
        "| a TCP connection",
    ]
    assert "| a TCP connection | fresh interpreter: old | 1 | 2 | 3, 4 |" in lines


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "libraries.md"
    page.write_text("text\n")

    with pytest.raises(ValueError, match="markers"):
        table.write(SEEN, page)
    assert page.read_text() == "text\n"
