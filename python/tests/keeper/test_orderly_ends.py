"""Orderly ends: exit handlers run, each in the process that has registered it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import fake_host
import pytest
from keeper.onepool import Pool
from keeper.running_keeper import RunningKeeper, eventually, is_gone

KINDS = ("atexit", "buffered", "multiprocessing", "weakref")
Maker = Callable[..., Pool]


@pytest.fixture
def ends(tmp_path: Path) -> Path:
    """The file in which ends are noted."""
    return tmp_path / "ends"


@pytest.fixture
def ending(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str, ends: Path
) -> Iterator[Maker]:
    pools: list[Pool] = []

    def make(**fields: object) -> Pool:
        keeper = new_keeper(package=fake_host.SOURCES, ENDS=str(ends))
        given = {"adapter": "samples.ending", "termGraceMs": 20_000, **fields}
        pools.append(Pool(keeper, tmp_path, method, **given))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def noted(ends: Path, pid: int) -> list[str]:
    """Returns what a process has noted, without the directories it has made."""
    lines = [line.rsplit(" ", 1) for line in ends.read_text().splitlines()]
    return [what for what, who in lines if who == str(pid) and not what.endswith(" made")]


def directories(ends: Path, pid: int) -> list[Path]:
    end = f" made {pid}"
    return [
        Path(line.removesuffix(end)) for line in ends.read_text().splitlines() if line.endswith(end)
    ]


def all_of(*names: str) -> list[str]:
    return sorted(f"{name} {kind}" for name in names for kind in KINDS)


@pytest.mark.parametrize("profile", ["process", "thread", "async"])
def test_each_runs_once_where_it_was_registered(
    ending: Maker, ends: Path, method: str, profile: str
) -> None:
    pool = ending(profile=profile, concurrency=2)
    worker, keeper = pool.worker, pool.keeper
    pid = worker.call("work")
    with closing(pool.start_another("w-2")) as other:
        worker.shut_down()
        assert keeper.event("exited", worker="w-1")["status"] == 0
        assert keeper.line("w-1", "half a line")
        own = ("start", "tool") if method == "forkserver" else ("import", "start", "tool")
        assert sorted(noted(ends, pid)) == sorted([*all_of(*own), "executor", "stop"])
        assert noted(ends, pid)[0] == "stop"
        made = directories(ends, pid)
        assert (len(made), [each for each in made if each.exists()]) == (len(own), [])
        assert other.ping(1) == 1
        if method == "forkserver":
            server = keeper.fork_server()[0]
            assert [each.exists() for each in directories(ends, server)] == [True]
            assert noted(ends, server) == ["import buffered"]  # before the first fork
            other.shut_down()
            keeper.event("exited", worker="w-2")
            keeper.send("stop")
            keeper.assert_all_gone()
            assert sorted(noted(ends, server)) == all_of("import")
            assert not directories(ends, server)[0].exists()


def test_one_that_raises_is_told_and_the_others_run(ending: Maker, ends: Path) -> None:
    pool = ending()
    pid = pool.worker.call("work")
    pool.worker.call("fail_at_the_end")
    pool.worker.shut_down()
    assert pool.keeper.event("exited", worker="w-1")["status"] == 0
    assert pool.keeper.line("w-1", "ZeroDivisionError")
    assert "tool atexit" in noted(ends, pid)


def test_one_that_hangs_is_told_with_its_stack_at_sigterm(ending: Maker, ends: Path) -> None:
    """SIGTERM is what a host sends after its grace."""
    pool = ending()
    pool.worker.call("hang_at_the_end")
    pool.worker.shut_down()
    eventually(lambda: "\nhangs " in ends.read_text(), lambda: "it does not end")
    pool.keeper.send("kill", worker="w-1", signal=int(signal.SIGTERM))
    assert pool.keeper.event("exited", worker="w-1")["signal"] == signal.SIGTERM
    frames = [line for line in pool.keeper.lines("w-1") if line.startswith('  File "')]
    assert any(line.endswith("in hang") for line in frames)
    assert not any("/snakepit/_" in line for line in frames)


def test_a_kill_runs_none(ending: Maker, ends: Path) -> None:
    pool = ending()
    pid = pool.worker.call("work")
    pool.keeper.send("kill", worker="w-1", signal=9)
    pool.keeper.event("exited", worker="w-1")
    assert noted(ends, pid) == ["import buffered"] * ("import buffered" in noted(ends, pid))


ADAPTER = """
import atexit, os, time
from keeper.adapters.behaviours import *

def end():
    with open(os.environ["ENDS"], "a") as file:
        file.write("server's end\\n")
    {then}

atexit.register(end)
{last}
"""


def adapter(keeper: RunningKeeper, then: str = "", last: str = "") -> str:
    home = Path(f"/proc/{keeper.pid}/cwd").readlink()
    (home / "at_the_end.py").write_text(ADAPTER.format(then=then, last=last))
    return "at_the_end"


def test_a_fork_server_ends_in_order_after_a_roll(
    new_keeper: Callable[..., RunningKeeper], ends: Path
) -> None:
    keeper = new_keeper(ENDS=str(ends))
    keeper.configure(adapter=adapter(keeper), termGraceMs=20_000)
    keeper.event("imported")
    first = keeper.fork_server()
    keeper.send("roll")
    keeper.event("imported")
    eventually(lambda: is_gone(first, [keeper.pid]), lambda: "the old fork server stays")
    assert ends.read_text() == "server's end\n"


@pytest.mark.parametrize(
    "last", ["import threading; threading.Thread(target=time.sleep, args=(600,)).start()", "1 / 0"]
)
def test_so_does_one_that_can_not_be_used(
    new_keeper: Callable[..., RunningKeeper], ends: Path, last: str
) -> None:
    keeper = new_keeper(ENDS=str(ends))
    keeper.configure("auto", adapter=adapter(keeper, last=last), termGraceMs=20_000)
    eventually(lambda: ends.exists() and bool(ends.read_text()), lambda: "no end")
    eventually(lambda: not keeper.fork_servers(), lambda: "the fork server stays")


def test_one_whose_handler_hangs_is_killed_and_told(
    new_keeper: Callable[..., RunningKeeper], ends: Path
) -> None:
    keeper = new_keeper(ENDS=str(ends))
    keeper.configure(adapter=adapter(keeper, "time.sleep(600)"), termGraceMs=300)
    keeper.event("imported")
    keeper.send("roll")
    told = keeper.line("", "keeper: the fork server")["text"]
    assert "has taken longer than shutdown.termGraceMs=300" in told


def test_a_host_that_is_gone_is_not_waited_for(
    new_keeper: Callable[..., RunningKeeper], ends: Path
) -> None:
    """The stop comes first, as that of a host which is killed amid its own end."""
    keeper = new_keeper(ENDS=str(ends))
    keeper.configure(adapter=adapter(keeper, "time.sleep(600)"), termGraceMs=600_000)
    keeper.event("imported")
    keeper.family()
    keeper.send("stop")
    eventually(lambda: ends.exists() and bool(ends.read_text()), lambda: "no end")
    keeper.end_input()
    keeper.assert_all_gone()
