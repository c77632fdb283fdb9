"""Processes are told to belong to workers, and no stranger is ever hit."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from fake_host import DEADLINE

from snakepit._system import killing, pristine, process_table

KEEPER, SERVER, ONE, TWO = 100, 101, 102, 103


def process(pid: int, ppid: int, session: int = KEEPER) -> process_table.Process:
    return process_table.Process(pid, ppid, session, session, "S", pid * 10)


def owned(
    *processes: process_table.Process,
    known: dict[tuple[int, int], str] | None = None,
    bears: dict[int, str] | None = None,
) -> dict[str, list[int]]:
    family = [
        process(KEEPER, 1),
        process(SERVER, KEEPER),
        process(ONE, SERVER, ONE),
        process(TWO, SERVER, TWO),
        *processes,
    ]
    found = killing.owners(
        {each.pid: each for each in family},
        KEEPER,
        {SERVER: "", ONE: "one", TWO: "two"},
        known or {},
        lambda pid: (bears or {}).get(pid, ""),
    )
    return {worker: [each.pid for each in left] for worker, left in found.items()}


def test_workers_and_fork_servers_belong_to_nobody() -> None:
    assert owned() == {}


def test_an_orphan_in_a_workers_session_is_the_workers() -> None:
    assert owned(process(200, KEEPER, ONE), process(201, 200, 201)) == {"one": [200, 201]}


def test_what_is_below_a_worker_is_the_workers_whatever_its_session() -> None:
    assert owned(process(200, TWO, 200), process(201, 200, 201)) == {"two": [200, 201]}


def test_a_detached_orphan_is_known_by_its_mark_or_because_it_was_seen_before() -> None:
    orphan = process(200, KEEPER, 200)
    assert owned(orphan) == {}
    assert owned(orphan, bears={200: "one"}) == {"one": [200]}
    assert owned(orphan, known={orphan.key: "two"}) == {"two": [200]}
    assert owned(orphan, known={(200, 1): "two"}) == {}, "another process with that pid"


def test_what_an_import_has_started_is_no_workers() -> None:
    assert owned(process(200, SERVER)) == {}


def test_strangers_are_nobodys() -> None:
    assert owned(process(200, 1, ONE), process(201, 7, 201), bears={201: "one"}) == {}


def test_a_mark_counts_only_with_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"SNAKEPIT_WORKER": "w-1", "SNAKEPIT_RUN": "now"}
    monkeypatch.setattr(process_table, "environ", lambda pid: environ)
    assert killing.worker_in_environ("now")(1) == "w-1"
    assert killing.worker_in_environ("then")(1) == ""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command) as child:
        yield child
        child.kill()


def test_a_recycled_pid_is_not_killed(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = process_table.read(sleeper.pid)
    assert found is not None
    former = process_table.Process(found.pid, 1, found.pid, found.pid, "S", found.start_ticks - 1)
    sent: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(pristine.signal, "pidfd_send_signal", lambda fd, number: sent.append(number))
        killing.kill_process(former)
        assert sent == []
        killing.kill_process(found)
        assert sent == [signal.SIGKILL]
    killing.kill_process(found)
    assert sleeper.wait(DEADLINE) == -signal.SIGKILL


def test_a_kernel_without_pidfd_is_served_too(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_there(pid: int) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(pristine.os, "pidfd_open", not_there)
    found = process_table.read(sleeper.pid)
    assert found is not None
    killing.kill_process(found)
    assert sleeper.wait(DEADLINE) == -signal.SIGKILL


def test_a_child_that_is_gone_has_ended() -> None:
    child = os.fork()
    if child == 0:
        os._exit(3)
    os.waitpid(child, 0)  # as a library does that reaps whatever ends
    assert killing.child_end(child) == {"reason": killing.REAPED}
    assert killing.reap(child)
    killing.reap_adopted({child: "w-1"})


def test_no_such_process_is_no_error() -> None:
    gone = process_table.Process(2**22 + 1, 1, 1, 1, "S", 1)
    killing.kill_process(gone)
    killing.kill_group(2**22 + 1, signal.SIGKILL)
    assert killing.reap(2**22 + 1)


def test_looking_for_an_end_leaves_the_pid_taken(sleeper: subprocess.Popen[bytes]) -> None:
    assert killing.child_end(sleeper.pid) is None
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert killing.child_end(sleeper.pid) == {"signal": signal.SIGKILL}
    found = process_table.read(sleeper.pid)
    assert found is not None
    assert found.state == process_table.ZOMBIE


def test_where_ends_can_not_be_looked_at_they_are_reaped_at_once(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert killing.child_end(sleeper.pid) is None
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    monkeypatch.delattr(os, "waitid")
    assert killing.child_end(sleeper.pid) == {"signal": signal.SIGKILL}
    assert killing.reap(sleeper.pid)
    killing.reap_adopted({})
