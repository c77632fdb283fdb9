"""Processes that an interrupted call has started are ended; those of others live on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_host import DEADLINE, Attached, process

from snakepit._system import process_table
from snakepit._system.process_table import Process
from snakepit._worker import offspring as offspring_module
from snakepit._worker.offspring import Offspring, born_since, now

KINDS = ["child", "grandchild", "session", "multiprocessing", "daemon", "daemon in our session"]
OWN = 100


@pytest.fixture
def parents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attached]:
    monkeypatch.setenv("SNAKEPIT_WORKER", "test-1")
    monkeypatch.setenv("SNAKEPIT_RUN", f"run-{os.getpid()}-{tmp_path.name}")
    with process(tmp_path, "samples.parents", measured=False) as attached:
        yield attached


@pytest.fixture
def pids() -> Iterator[Callable[[Path], int]]:
    """Waits for the pid that a process has written; all are killed after the test."""
    known: list[Process] = []

    def read(file: Path) -> int:
        deadline = time.monotonic() + DEADLINE
        while not file.exists() or not file.read_text().endswith("\n"):
            assert time.monotonic() < deadline, f"{file} does not come"
            time.sleep(0.005)
        found = process_table.read(int(file.read_text()))
        assert found is not None
        known.append(found)
        return found.pid

    yield read
    for each in known:
        now = process_table.read(each.pid)
        if now is not None and now.key == each.key and now.state != process_table.ZOMBIE:
            os.kill(each.pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    found = process_table.read(pid)
    return found is not None and found.state != process_table.ZOMBIE


def test_of_two_children_the_one_is_ended_that_the_call_has_started() -> None:
    """In this process, where it is measured."""
    command = ["sleep", "600"]
    with subprocess.Popen(command) as older:
        try:
            offspring = Offspring("test-1")
            begun = now()
            offspring.spare_all(begun)
            with subprocess.Popen(command) as younger:
                offspring.kill(begun)
                assert younger.wait(DEADLINE) == -signal.SIGKILL
            assert older.poll() is None
        finally:
            older.kill()


def test_without_a_child_there_is_nothing_to_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red where the table of processes is read after each call that was interrupted."""
    offspring = Offspring("test-1")
    monkeypatch.setattr(offspring_module, "_has_children", lambda: False)
    monkeypatch.setattr(process_table, "snapshot", None)
    offspring.kill(now())


def wait_for_the_next_tick() -> None:
    begun = time.clock_gettime(time.CLOCK_BOOTTIME)
    ticks = os.sysconf("SC_CLK_TCK")
    while int(time.clock_gettime(time.CLOCK_BOOTTIME) * ticks) <= int(begun * ticks):
        time.sleep(0.001)


def cancelled(parents: Attached, call: int) -> None:
    parents.cancel(call)
    assert parents.answers(1)[call].code == "CANCELLED"


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_interrupted_call_has_started_is_gone_once_it_is_answered(
    parents: Attached, tmp_path: Path, pids: Callable[[Path], int], kind: str
) -> None:
    file = tmp_path / "pid"
    wait_for_the_next_tick()  # what has lost its parent may have been born before the call
    call = parents.send_call("start_and_wait", {"kind": kind, "file": str(file)})
    pid = pids(file)
    assert lives(pid)
    cancelled(parents, call)
    assert not lives(pid)
    assert parents.call("ping") == "pong"


def test_so_is_what_a_batch_has_started(
    parents: Attached, tmp_path: Path, pids: Callable[[Path], int]
) -> None:
    file = tmp_path / "pid"
    calls = parents.send_batch("together", {"file": str(file)}, {"file": str(file)})
    pid = pids(file)
    parents.cancel(calls[0])
    assert len(parents.answers(2)) == 2
    assert not lives(pid)


@pytest.mark.parametrize("tool", ["leave", "leave_at_once"])
def test_what_earlier_calls_have_started_lives_on(
    parents: Attached, tmp_path: Path, pids: Callable[[Path], int], tool: str
) -> None:
    """Often within the same tick of the kernel's clock. Red without the look at children."""
    for n in range(5):
        earlier, later = tmp_path / f"earlier-{n}", tmp_path / f"later-{n}"
        first = parents.send_call(tool, {"file": str(earlier)})
        second = parents.send_call("start_and_wait", {"kind": "child", "file": str(later)})
        assert parents.answers(1) == {first: None}
        old, new = pids(earlier), pids(later)
        cancelled(parents, second)
        assert lives(old)
        assert not lives(new)


def test_what_a_call_has_started_that_is_not_interrupted_lives_on(
    parents: Attached, tmp_path: Path, pids: Callable[[Path], int]
) -> None:
    file, go = tmp_path / "pid", tmp_path / "go"
    call = parents.send_call("start_uncut", {"file": str(file), "go": str(go)})
    pid = pids(file)
    parents.cancel(call)
    assert parents.ping(1) == 1
    go.touch()
    assert parents.answers(1)[call].code == "CANCELLED"
    assert lives(pid)


@pytest.mark.parametrize("executor", ["used", "unused"])
def test_an_executor_goes_on_if_its_processes_have_had_work_before_the_call(
    parents: Attached, tmp_path: Path, pids: Callable[[Path], int], executor: str
) -> None:
    """As the fork's audit advises. Those that start within an interrupted call end with it."""
    file, go = tmp_path / "pid", tmp_path / "go"
    given = {"executor": executor, "file": str(file), "go": str(go)}
    call = parents.send_call("submit_and_wait", given)
    pid = pids(file)
    cancelled(parents, call)
    assert lives(pid) is (executor == "used")
    if executor == "used":
        assert parents.call("submit", {"executor": executor}) == 7
    else:
        broken = parents.fail("submit", {"executor": executor})
        assert "BrokenProcessPool" in str(broken)
    go.touch()


def made(pid: int, ppid: int, ticks: int, session: int = 1, state: str = "S") -> Process:
    return Process(pid, ppid, session, session, state, ticks)


def born(*processes: Process, of_now: bool = True, marked: tuple[int, ...] = ()) -> list[int]:
    table = {each.pid: each for each in (made(OWN, 50, 1, OWN), *processes)}
    found = born_since(table, OWN, 20, lambda _: of_now, lambda pid: pid in marked)
    return sorted(each.pid for each in found)


def test_only_what_belongs_to_the_worker_is_ended() -> None:
    """Another worker's, the host's, or anybody's processes are none of its business."""
    assert born(made(7, 1, 30), made(8, 50, 30), made(9, 8, 30)) == []
    assert born(made(7, 1, 30), marked=(7,)) == [7]
    assert born(made(7, 1, 30, session=OWN)) == [7]
    assert born(made(7, OWN, 30), made(8, 7, 31, session=7)) == [7, 8]


def test_only_what_was_born_since_is_ended() -> None:
    assert born(made(7, OWN, 19), made(8, 7, 30)) == [8]
    assert born(made(7, OWN, 20), of_now=False) == []
    assert born(made(7, OWN, 20), of_now=True) == [7]
    assert born(made(9, OWN, 30), made(7, 9, 20), of_now=False) == [7, 9], "its parent is of now"
    assert born(made(7, OWN, 30, state="Z")) == [], "it has ended"
