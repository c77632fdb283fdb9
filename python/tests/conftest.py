"""Fixtures that several files share; and what killed processes leave is kept out of the report."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fake_host import Attached
from stream_workers import PROFILES, start
from sweeper import sweeping

TABLES = {"arc", "context", "coverage_schema", "file", "line_bits", "meta", "tracer"}


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """After the last test, and before the coverage plugin combines its data files.

    Many a test kills processes; one that is just writing its file leaves half a database, which
    can't be read, or worse, fails the report when it is.
    """
    result = yield
    if not hasattr(session.config, "workerinput"):  # its siblings may still be writing
        for file in session.config.rootpath.glob(".coverage.*"):
            if not is_whole(file):
                file.unlink()
    return result


def is_whole(file: Path) -> bool:
    """Returns whether a data file has all that the report reads, and no senseless page."""
    try:
        with closing(sqlite3.connect(file)) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            checks = database.execute("SELECT * FROM coverage_schema, pragma_quick_check")
            return {name for (name,) in found} >= TABLES and len(checks.fetchall()) == 1
    except sqlite3.Error:
        return False


@pytest.fixture(scope="session", autouse=True)
def sweeper() -> Iterator[None]:
    """Has all ended that the tests start, also when they are killed amid one."""
    with sweeping():
        yield


@pytest.fixture(params=PROFILES)
def streams(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    """A worker of the sample streams, in each profile, measured for coverage."""
    with start(tmp_path, request.param) as attached:
        yield attached


@pytest.fixture(params=PROFILES)
def interruptible(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    """The same, unmeasured: it may be interrupted."""
    with start(tmp_path, request.param, measured=False) as attached:
        yield attached
