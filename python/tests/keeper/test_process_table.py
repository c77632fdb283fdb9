"""Reading ``/proc``, the real one and trees of files that look like it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from snakepit._system import process_table


def stat(pid: int, ppid: int, comm: str = "python", state: str = "S", start: int = 77) -> str:
    rest = " ".join(["0"] * 11)
    return f"{pid} ({comm}) {state} {ppid} {pid} {pid} 0 -1 {rest} 0 0 {start} 0 0\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    for pid, ppid in ((1, 0), (10, 1), (11, 10), (12, 11), (13, 1), (14, 99)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(stat(pid, ppid))
    (tmp_path / "self").mkdir()
    (tmp_path / "15").mkdir()  # vanishes while it is looked at
    return tmp_path


@pytest.mark.parametrize("comm", ["python", "a b", ") S 1 (", "", ")", "((", "x) Z 5 6 7"])
def test_a_name_may_hold_anything(comm: str) -> None:
    text = stat(42, 7, comm, "T", 123456789).encode()
    process = process_table.parse_stat(text)
    assert (process.pid, process.ppid, process.state) == (42, 7, "T")
    assert (process.pgid, process.session, process.key) == (42, 42, (42, 123456789))


def test_this_process_is_found_as_the_system_calls_tell() -> None:
    me = process_table.read(os.getpid())
    assert me is not None
    assert (me.ppid, me.pgid, me.session) == (os.getppid(), os.getpgrp(), os.getsid(0))
    assert me.start_ticks > 0
    assert process_table.snapshot()[me.pid].key == me.key
    assert str(os.getpid()) in repr(me)


def test_what_has_vanished_is_not_there(proc: Path) -> None:
    assert sorted(process_table.snapshot(str(proc))) == [1, 10, 11, 12, 13, 14]
    assert process_table.read(15, str(proc)) is None
    assert process_table.environ(15, str(proc)) == {}


def test_without_a_proc_the_table_is_empty(tmp_path: Path) -> None:
    assert process_table.snapshot(str(tmp_path / "none")) == {}


def test_a_directory_where_a_file_should_be_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "5" / "stat").mkdir(parents=True)
    assert process_table.read(5, str(tmp_path)) is None


def test_descendants_come_after_their_parents(proc: Path) -> None:
    table = process_table.snapshot(str(proc))
    assert [process.pid for process in process_table.descendants(table, 10)] == [11, 12]
    assert {process.pid for process in process_table.descendants(table, 1)} == {10, 11, 12, 13}
    assert process_table.descendants(table, 12) == []


def test_the_environment_is_that_of_the_last_exec(proc: Path) -> None:
    (proc / "10" / "environ").write_bytes(b"A=1\0EMPTY=\0ODD=x=y\0no sign\0BAD=\xff\0")
    environ = process_table.environ(10, str(proc))
    assert environ == {"A": "1", "EMPTY": "", "ODD": "x=y", "BAD": "\udcff"}
