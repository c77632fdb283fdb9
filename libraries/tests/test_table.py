"""The table of the docs is what was seen, and all around it stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from matrix import table
from matrix.outcomes import AUTO, SPAWNED, Outcome
from matrix.rows import Expected, Row

WARM = Row("numpy", "numpy_used")
FRESH = Row("a socket", "kept_socket", expected=Expected.FRESH)
REASON = (
    "pool.spawn_fallback: socket to 127.0.0.1:5432: connect in start(); "
    "file /tmp/x1/rows.db, open for writing: open it in start(); pipe: make it in start()"
)
SEEN = [
    Outcome(WARM, AUTO, "process", warm=True, private_mib=4.4, replaced_ms=31.0),
    Outcome(WARM, SPAWNED, "process", private_mib=22.6, replaced_ms=400.0),
    Outcome(WARM, AUTO, "thread", warm=True),
    Outcome(FRESH, AUTO, "process", [REASON], private_mib=9.0, replaced_ms=200.0),
    Outcome(FRESH, SPAWNED, "process", private_mib=9.0, replaced_ms=200.0),
]


def test_each_row_tells_how_it_starts_and_what_that_costs() -> None:
    assert table.rows(SEEN) == [
        "| numpy | warm | 4 | 31 | 23, 400 |",
        (
            "| a socket | fresh interpreter: socket to 127.0.0.1:…; file …/rows.db, open for"
            " writing and 1 more | 9 | 200 | 9, 200 |"
        ),
    ]


def test_the_page_keeps_all_else(tmp_path: Path) -> None:
    page = tmp_path / "libraries.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")

    table.write(SEEN, page)
    table.write(SEEN, page)

    text = page.read_text()
    assert text.startswith(f"before\n{table.BEGIN}\n\n| used on import |")
    assert text.endswith(f"\n\n{table.END}\nafter\n")
    assert "old" not in text


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "libraries.md"
    page.write_text("text\n")

    with pytest.raises(ValueError, match="markers"):
        table.write(SEEN, page)
    assert page.read_text() == "text\n"
