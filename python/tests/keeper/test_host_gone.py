"""No process stays below, whatever happens to the host or to the keeper."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_host import DEADLINE
from keeper.running_keeper import (
    ADAPTERS,
    RunningKeeper,
    eventually,
    is_gone,
    is_stopped,
    keeper_command,
    kill_exactly,
)

from snakepit._system import lifeline

HostMaker = Callable[..., RunningKeeper]

HOSTILE = ("idle", "deaf", "hold_gil", "stop_self", "child_in_group", "daemon", "detached_child")


def populate(keeper: RunningKeeper, method: str, behaviours: tuple[str, ...] = HOSTILE) -> None:
    keeper.configure(method)
    for behaviour in behaviours:
        keeper.start(behaviour, behaviour)
    keeper.send("start", worker="flood", token="flood_forever")
    keeper.line("flood", "y")
    assert len(keeper.family()) > len(behaviours)


def close_socket(keeper: RunningKeeper) -> None:
    keeper.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "end",
    [
        RunningKeeper.end_input,
        close_socket,
        lambda keeper: keeper.send("stop"),
        lambda keeper: os.kill(keeper.pid, signal.SIGTERM),
    ],
    ids=["input ends", "socket ends", "stop", "SIGTERM"],
)
def test_all_are_gone_with_the_host(
    keeper: RunningKeeper, method: str, end: Callable[[RunningKeeper], None]
) -> None:
    """Red without `kill_all_below` at the keeper's end: the detached child would stay."""
    populate(keeper, method)
    begun = time.monotonic()
    end(keeper)
    keeper.assert_ends_by_itself(begun)


@pytest.mark.parametrize("module", ["never_imported", "never_imported_in_c"])
def test_all_are_gone_when_the_host_dies_during_the_import(
    keeper: RunningKeeper, module: str
) -> None:
    """In C: while the import holds the GIL.

    Red without both the keeper's `kill_all_below` and the parent-death signal; either is enough.
    """
    keeper.configure("forkserver", adapter=ADAPTERS + module)
    keeper.line("", "importing")
    keeper.family()
    keeper.end_input()
    keeper.assert_all_gone()


def test_a_keeper_whose_host_dies_before_it_has_said_who_it_is_ends(package: Path) -> None:
    command = keeper_command(package, Path("/nowhere"), measured=False)
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=DEADLINE, check=False)
    assert ended.returncode == 0


def test_a_stopped_keeper_is_woken_by_the_hosts_end(keeper: RunningKeeper, method: str) -> None:
    """Red without `wake_at_end` in the keeper's main: what is stopped reads no end of input."""
    populate(keeper, method)
    os.kill(keeper.pid, signal.SIGSTOP)
    eventually(lambda: is_stopped(keeper.pid), lambda: "not stopped")
    keeper.end_input()
    keeper.assert_all_gone()


def test_a_keeper_whose_input_is_no_pipe_says_that_nothing_will_wake_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert "can't be reopened" in lifeline.wake_at_end(ours.fileno())


def test_interrupts_are_not_for_the_keeper(keeper: RunningKeeper) -> None:
    keeper.configure("spawn")
    for number in (signal.SIGINT, signal.SIGHUP):
        os.kill(keeper.pid, number)
    keeper.start("w-1")


# What survives its group's end belongs to a session of its own, and only the keeper would know it:
# after the keeper's own death that is for the host's sweep.
IN_GROUP = ("idle", "deaf", "hold_gil", "stop_self", "child_in_group")


@pytest.mark.parametrize("lifelines", ["pipe", "death-signal", "pipe,death-signal"])
def test_each_lifeline_alone_ends_workers_whose_keeper_is_killed(
    new_keeper: HostMaker, method: str, lifelines: str
) -> None:
    keeper = new_keeper(SNAKEPIT_TEST_LIFELINES=lifelines)
    """Red without PR_SET_PDEATHSIG, and without `_signal_at_end` in `arm_pipe`."""
    # The parent-death signal reaches the worker itself, not its children.
    behaviours = IN_GROUP if "pipe" in lifelines else IN_GROUP[:-1]
    populate(keeper, method, behaviours)
    keeper.kill()
    keeper.assert_all_gone()


def test_workers_outlive_their_keeper_without_lifelines(new_keeper: HostMaker, method: str) -> None:
    """Workers without lifelines stay, so the test before proves something."""
    keeper = new_keeper(SNAKEPIT_TEST_LIFELINES="")
    populate(keeper, method, ("idle",))
    keeper.kill()
    keeper.process.wait()
    assert keeper.left()


def test_workers_end_with_a_killed_fork_server_and_the_next_start_makes_another(
    keeper: RunningKeeper,
) -> None:
    populate(keeper, "forkserver", IN_GROUP)
    old = keeper.fork_server()
    kill_exactly(old)
    for worker in (*IN_GROUP, "flood"):
        assert keeper.event("exited", worker=worker)["signal"] == signal.SIGKILL
    keeper.line("", f"keeper: the fork server (pid {old[0]}) ended with signal 9")
    keeper.start("new")
    assert keeper.fork_server() != old
    there = {key for key in keeper.family() if not is_gone(key, [keeper.pid])}
    assert len(there) == 4, "guard, keeper, fork server, worker: no zombie either"


def test_a_stopped_fork_server_ends_with_the_host(keeper: RunningKeeper) -> None:
    populate(keeper, "forkserver", IN_GROUP)
    os.kill(keeper.fork_server()[0], signal.SIGSTOP)
    keeper.end_input()
    keeper.assert_all_gone()


@pytest.mark.parametrize("victim", ["host", "keeper"])
def test_nothing_stays_whenever_the_end_comes_during_the_start(
    new_keeper: HostMaker, method: str, victim: str
) -> None:
    # With the keeper dies the guard of what is below workers, save for its last words to their
    # groups, which a worker that is just being forked can mute: the rest is for the host's sweep.
    behaviour = "child_in_group" if victim == "host" else "hold_gil"
    chance = random.Random(f"{method} {victim}")
    for _ in range(12):
        keeper = new_keeper()
        keeper.configure(method)
        for number in range(3):
            keeper.send("start", worker=f"w-{number}", token=behaviour)
        # Nothing is awaited: this is the random moment itself.
        threading.Event().wait(chance.uniform(0, 0.15))
        keeper.family()
        if victim == "host":
            keeper.end_input()
        else:
            keeper.kill()
        keeper.assert_all_gone()
