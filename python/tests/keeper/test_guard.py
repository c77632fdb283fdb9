"""No process stays when two of host, guard, keeper and fork server are killed, or one stopped."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fake_host import DEADLINE, SOURCES
from keeper.running_keeper import (
    Key,
    RunningKeeper,
    eventually,
    is_gone,
    is_stopped,
    kill_exactly,
)

from snakepit._system import process_table

HostMaker = Callable[..., RunningKeeper]

HOSTILE = ("hold_gil", "stop_self", "daemon", "nameless_daemon", "detached_child")

PARTIES = ("host", "guard", "keeper", "fork server")

# After these the host is there alone, and looks for its marks.
HOSTS_WORK = {("guard", "keeper"), ("keeper", "guard")}


def populate(
    keeper: RunningKeeper, method: str, behaviours: tuple[str, ...] = HOSTILE
) -> list[Key]:
    """Starts hostile workers, and returns the fork server, if there is one."""
    keeper.configure(method)
    keeper.start("idle")
    servers = keeper.fork_servers()  # later the keeper has adopted others
    for behaviour in behaviours:
        keeper.start(behaviour, behaviour)
    keeper.send("start", worker="flood", token="flood_forever")
    keeper.line("flood", "y")
    assert len(keeper.family()) > len(behaviours)
    return servers


def kill(keeper: RunningKeeper, victim: str, servers: list[Key]) -> None:
    if victim == "host":
        keeper.end_input()
        keeper.connection.close()
    elif victim == "guard":
        keeper.process.kill()
    elif victim == "keeper":
        keeper.kill()
    else:
        (server,) = servers
        kill_exactly(server)


@pytest.mark.parametrize(
    "victims", sorted(set(itertools.permutations(PARTIES, 2)) - HOSTS_WORK), ids=" then ".join
)
def test_any_two_are_killed(new_keeper: HostMaker, victims: tuple[str, str]) -> None:
    """Red, where host and keeper are killed, without `_stand_guard`."""
    chance = random.Random(str(victims))
    for pause in (0.0, chance.uniform(0, 0.005), chance.uniform(0, 0.05)):
        keeper = new_keeper()
        servers = populate(keeper, "forkserver")
        kill(keeper, victims[0], servers)
        threading.Event().wait(pause)
        kill(keeper, victims[1], servers)
        keeper.assert_all_gone()


@pytest.mark.parametrize("victim", ["guard", "keeper"])
def test_one_is_killed_while_the_host_lives(
    keeper: RunningKeeper, method: str, victim: str
) -> None:
    """Red without `stop_with_parent` in the keeper, and without `child_end` in the guard."""
    servers = populate(keeper, method)
    kill(keeper, victim, servers)
    keeper.assert_all_gone()
    assert keeper.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("killed", ["guard", "keeper"])
def test_the_other_is_stopped_when_the_host_dies_too(keeper: RunningKeeper, killed: str) -> None:
    """Red without `wake_at_end` in guard or keeper."""
    servers = populate(keeper, "forkserver")
    stopped = keeper.pid if killed == "guard" else keeper.process.pid
    os.kill(stopped, signal.SIGSTOP)
    eventually(lambda: is_stopped(stopped), lambda: "not stopped")
    kill(keeper, killed, servers)
    kill(keeper, "host", servers)
    keeper.assert_all_gone()


def test_both_are_stopped_when_the_host_dies(keeper: RunningKeeper) -> None:
    populate(keeper, "spawn")
    for pid in (keeper.pid, keeper.process.pid):
        os.kill(pid, signal.SIGSTOP)
    kill(keeper, "host", [])
    keeper.assert_all_gone()


def test_without_a_guard_something_stays(new_keeper: HostMaker) -> None:
    """A detached process outlives keeper and host, so the tests before prove something."""
    keeper = new_keeper(SNAKEPIT_TEST_LIFELINES="keeper,death-signal,pipe")
    populate(keeper, "forkserver", ("nameless_daemon",))
    daemon = keeper.child("nameless_daemon")
    keeper.kill()
    kill(keeper, "host", [])
    keeper.process.wait()
    assert not is_gone(daemon)


def test_the_guard_alone_ends_all(new_keeper: HostMaker, method: str) -> None:
    """All other lifelines cut: the keeper ends with the host, and kills nothing."""
    keeper = new_keeper(SNAKEPIT_TEST_LIFELINES="guard")
    populate(keeper, method)
    keeper.end_input()
    keeper.assert_all_gone()


def test_sigterm_ends_the_guard_and_all_below_it(keeper: RunningKeeper) -> None:
    populate(keeper, "forkserver")
    begun = time.monotonic()
    keeper.process.terminate()
    keeper.assert_ends_by_itself(begun)


def test_guard_and_keeper_are_out_of_the_hosts_group_and_each_others(
    keeper: RunningKeeper,
) -> None:
    groups = {os.getpgid(pid) for pid in (keeper.pid, keeper.process.pid)}
    assert groups == {keeper.pid, keeper.process.pid}


@contextlib.contextmanager
def run_guarded(keep: str, stderr: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a function in a keeper's place. The process's standard input is the host's pipe."""
    code = f"""
import os, signal, sys, time
sys.path.append({str(SOURCES)!r})
from snakepit._keeper.guard import guarded
def keep(guard):
{keep}
sys.exit(guarded(keep))
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr) as process:
        try:
            yield process
        finally:
            process.kill()  # a guard that waits for ever would hold up its test's failure


def test_a_keeper_that_hangs_at_the_hosts_end_is_killed() -> None:
    """Red without GRACE in `_await_end`: the guard would wait for ever."""
    keep = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(os.getpid(), flush=True)
    time.sleep(600)
"""
    with run_guarded(keep) as process:
        assert process.stdout is not None
        keeper = process_table.read(int(process.stdout.readline()))
        assert process.stdin is not None
        assert keeper is not None
        process.stdin.close()
        try:
            assert process.wait(DEADLINE) == -signal.SIGKILL
            eventually(lambda: is_gone(keeper.key), lambda: "the keeper stays")
        finally:
            kill_exactly(keeper.key)


@pytest.mark.parametrize(
    ("keep", "status"),
    [
        ("    return 3", 3),
        ("    raise ValueError('broken')", 1),
        ("    os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("    os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ],
)
def test_the_guard_ends_as_its_keeper_has(keep: str, status: int) -> None:
    with run_guarded(keep, stderr=subprocess.DEVNULL) as process:
        assert process.wait(DEADLINE) == status
