"""Workers, from order to end, below a real keeper."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_host import TESTS
from keeper.running_keeper import ADAPTERS, RunningKeeper, eventually, is_gone

from snakepit._system import process_table, signals

HostMaker = Callable[..., RunningKeeper]


def test_says_hello_with_its_token(keeper: RunningKeeper) -> None:
    assert keeper.hello["token"] == "secret"
    hello = process_table.read(keeper.hello["pid"])
    assert hello is not None
    assert hello.ppid == keeper.process.pid, "the guard is what was started"


def test_reports_start_and_end(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    started = keeper.start("w-1", "leave", ready="")
    assert started["startTicks"] > 0
    assert keeper.event("exited")["status"] == 3
    assert process_table.read(started["pid"]) is None


def test_a_dump_order_reaches_the_workers_process_alone(keeper: RunningKeeper, method: str) -> None:
    """The stand-in worker has no handler for that signal, so it dies of it; its sibling lives."""
    keeper.configure(method)
    keeper.start("w-1")
    keeper.start("w-2")
    keeper.send("dump", worker="nobody")
    keeper.send("dump", worker="w-1")
    assert keeper.event("exited", worker="w-1")["signal"] == signals.DUMP
    keeper.send("dump", worker="w-1")
    keeper.send("kill", worker="w-2", signal=9)
    assert keeper.event("exited", worker="w-2")["signal"] == signal.SIGKILL


def test_an_interrupt_order_reaches_who_has_a_handler(keeper: RunningKeeper, method: str) -> None:
    """Fails if a worker that has none is sent the signal, of which it would end."""
    keeper.configure(method)
    keeper.start("w-1", "heed")
    keeper.start("w-2")
    keeper.send("interrupt", worker="nobody")
    keeper.send("interrupt", worker="w-2")
    keeper.send("interrupt", worker="w-1")
    assert keeper.event("exited", worker="w-1")["status"] == 7
    keeper.send("interrupt", worker="w-1")
    keeper.send("kill", worker="w-2", signal=9)
    assert keeper.event("exited", worker="w-2")["signal"] == signal.SIGKILL


def test_imports_before_it_is_asked_for_workers(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver")
    assert keeper.event("imported")["ms"] >= 0


def test_last_words_of_a_crash_come_before_its_end(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-1", "crash", ready="last words, no line end")
    assert keeper.event("exited") == {
        "event": "exited",
        "worker": "w-1",
        "signal": signal.SIGSEGV,
    }


def test_an_unexpected_exception_is_told_with_its_traceback(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver")
    keeper.start("w-1", "raise_error", ready="ValueError: out of order")
    assert keeper.event("exited")["status"] == 70
    assert "Traceback (most recent call last):" in keeper.lines("w-1")


def test_sigterm_reaches_the_whole_group(keeper: RunningKeeper, method: str) -> None:
    """Red where `kill_group` sends to the leader alone: whose end would take the child along."""
    keeper.configure(method)
    keeper.start("w-1", "child_that_listens")
    keeper.send("kill", worker="w-1", signal=15)
    keeper.line("w-1", "child: SIGTERM")


def test_sigterm_ends_a_worker_and_its_child(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-1", "child_in_group", ready="")
    child = keeper.child("w-1")
    keeper.line("w-1", "ready")
    keeper.send("kill", worker="w-1", signal=15)
    assert keeper.event("exited")["signal"] == signal.SIGTERM
    assert is_gone(child, [keeper.pid])


def test_one_that_ignores_sigterm_dies_of_sigkill(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    worker = keeper.start("w-1", "deaf")
    keeper.send("kill", worker="w-1", signal=15)
    assert not is_gone((worker["pid"], worker["startTicks"]), [keeper.pid])
    keeper.send("kill", worker="w-1", signal=9)
    assert keeper.event("exited")["signal"] == signal.SIGKILL


@pytest.mark.parametrize("behaviour", ["hold_gil", "stop_self"])
def test_sigkill_needs_no_help_of_the_worker(
    keeper: RunningKeeper, method: str, behaviour: str
) -> None:
    keeper.configure(method)
    keeper.start("w-1", behaviour)
    keeper.send("kill", worker="w-1", signal=9)
    assert keeper.event("exited")["signal"] == signal.SIGKILL


@pytest.mark.parametrize("behaviour", ["child_in_group", "daemon", "detached_child"])
def test_sigkill_takes_along_all_that_belongs_to_the_worker(
    keeper: RunningKeeper, method: str, behaviour: str
) -> None:
    keeper.configure(method)
    bystander = keeper.start("w-2")
    keeper.start("w-1", behaviour, ready="")
    child = keeper.child("w-1")
    keeper.line("w-1", "ready")
    keeper.send("kill", worker="w-1", signal=9)
    keeper.event("exited", worker="w-1")
    assert is_gone(child, [keeper.pid])
    assert not is_gone((bystander["pid"], bystander["startTicks"]))


@pytest.mark.parametrize("behaviour", ["child_then_leave", "daemon_then_leave"])
def test_what_a_worker_leaves_is_gone_before_its_end_is_told(
    keeper: RunningKeeper, method: str, behaviour: str
) -> None:
    keeper.configure(method)
    keeper.start("w-1", behaviour, ready="")
    child = int(keeper.line("w-1", "child")["text"].split()[1])
    assert keeper.event("exited")["status"] == 0
    assert process_table.read(child) is None


def test_no_zombies_pile_up(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-1", "orphans")

    def zombies() -> list[process_table.Process]:
        below = process_table.descendants(process_table.snapshot(), keeper.pid)
        return [process for process in below if process.state == process_table.ZOMBIE]

    eventually(lambda: not zombies(), lambda: str(zombies()))


def test_many_starts_at_once_are_all_served(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    count = 80 if method == "forkserver" else 8
    for number in range(count):
        keeper.send("start", worker=f"w-{number}", token="leave")
    for number in range(count):
        assert keeper.event("exited", worker=f"w-{number}")["status"] == 3


def test_a_start_that_waits_for_the_import_can_be_taken_back(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver")
    keeper.send("start", worker="w-1", token="idle")
    keeper.send("kill", worker="w-1", signal=9)
    answer = keeper.find(lambda e: e.get("worker") == "w-1")
    assert answer["event"] in ("startFailed", "started")
    if answer["event"] == "started":
        assert keeper.event("exited")["signal"] == signal.SIGKILL


def test_a_worker_finds_itself_in_clean_surroundings(new_keeper: HostMaker, method: str) -> None:
    elsewhere = Path(__file__).parent
    keeper = new_keeper(PYTHONPATH=str(elsewhere))
    home = Path(f"/proc/{keeper.pid}/cwd").readlink()
    (home / "json.py").write_text("raise ImportError('shadowed')")
    keeper.configure(method, onUnserializable="marker")
    keeper.start("w-1", "surroundings", ready="")
    assert keeper.event("exited")["status"] == 0, keeper.lines("w-1")
    said = dict(line.split(" ", 1) for line in keeper.lines("w-1"))
    assert said["stdin"] == "''"
    assert said["session"] == "True"
    assert said["worker"] == "w-1 w-1"
    assert Path(said["json"]).parent.name == "json"
    path = json.loads(said["path"])
    assert (Path(path[0]) / "snakepit" / "_keeper").exists()
    own = next(n for n, place in enumerate(path) if place.endswith("lib-dynload"))
    assert path[own + 1 : own + 3] == [str(TESTS), str(elsewhere)], "before what is installed"
    assert path[-1] == str(home)
    assert "" not in path
    assert said["signals"].startswith("0") or "SIG_DFL" in said["signals"]
    assert said["signals"].endswith("set()")
    assert said["sigint"] == "True"
    assert said["argv"] == "['-c']"
    assert said["frozen"] == str(method == "forkserver")
    assert said["boot"] == f"main /nowhere/pool.sock {ADAPTERS}behaviours marker"


def test_a_worker_has_no_descriptors_of_others(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-0")
    keeper.start("w-1", "descriptors", ready="")
    keeper.event("exited", worker="w-1")
    targets = [line for line in keeper.lines("w-1") if not line.startswith("/proc/")]
    pipes = [target for target in targets if target.startswith("pipe:")]
    assert len(pipes) == 3, "standard output, standard error, lifeline"
    assert [target for target in targets if target not in pipes] == [os.devnull]


def test_forked_siblings_draw_different_numbers(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver")
    for worker in ("w-1", "w-2"):
        keeper.start(worker, "chance", ready="random")
        keeper.event("exited", worker=worker)
    assert keeper.lines("w-1") != keeper.lines("w-2")


def test_an_order_that_makes_no_sense_is_reported_and_the_next_obeyed(
    keeper: RunningKeeper,
) -> None:
    keeper.send("start", worker="w-0", token="idle")
    assert "not configured" in keeper.event("startFailed", worker="w-0")["message"]
    for body in (b"{", b"[]", b"\xff", b'{"op":"dance"}', b'{"op":"start","worker":7}', b"{}"):
        keeper.send_raw(body)
        assert keeper.event("line", worker="")["text"].startswith("keeper: order not understood")
    keeper.send("kill", worker="w-1", signal=11)
    keeper.line("", "keeper: order not understood: signal must be 15 or 9: got 11")
    keeper.send_raw(b" " * ((1 << 20) + 1))
    keeper.line("", "keeper: order not understood: frame of 1048577 bytes")
    keeper.configure("spawn")
    keeper.send("kill", worker="nobody", signal=9)
    keeper.configure("spawn")
    keeper.line("", "keeper: already configured")
    keeper.start("w-1")
    keeper.send("start", worker="w-1", token="idle")
    keeper.line("", "keeper: worker w-1 exists already")


def test_a_program_that_can_not_be_started_is_a_failed_start(keeper: RunningKeeper) -> None:
    keeper.configure("spawn", socket="x" * 100_000)
    keeper.send("start", worker="w-1", token="idle")
    assert "do not fit" in keeper.event("startFailed", worker="w-1")["message"]
