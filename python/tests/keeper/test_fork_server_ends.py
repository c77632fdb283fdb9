"""Fork servers that have imported in vain: until they have ended, nothing else is started."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keeper.running_keeper import RunningKeeper

# Only one process at a time can import it; open for writing, the file is a reason for a fallback.
LOCKING = """
import atexit, fcntl, os, time
from keeper.adapters.behaviours import *

LOCK = open({lock!r}, "w")
fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)

def linger():
    while not os.path.exists({let_go!r}):
        time.sleep(0.01)

"""
LINGERS = "atexit.register(linger)\n"
FAILS = "raise ValueError('not today')\n"
LETS_GO = "LOCK.close()\n"


class Adapter:
    """An adapter whose exit handler, where it has one, takes until the file `let_go` is there."""

    def __init__(self, keeper: RunningKeeper) -> None:
        self._home = Path(f"/proc/{keeper.pid}/cwd").readlink()
        self.let_go = self._home / "let_go"

    def write(self, *last: str) -> str:
        text = LOCKING.format(lock=str(self._home / "lock"), let_go=str(self.let_go))
        (self._home / "locking.py").write_text(text + "".join(last))
        return "locking"


@pytest.fixture
def adapter(keeper: RunningKeeper) -> Adapter:
    return Adapter(keeper)


Await = Callable[[], None]


@pytest.fixture
def obeyed(keeper: RunningKeeper) -> Await:
    """Waits until all orders before have been obeyed."""

    def wait() -> None:
        keeper.send("obey what comes before")
        keeper.line("", "keeper: order not understood")

    return wait


def told(keeper: RunningKeeper, *kinds: str) -> list[str]:
    return [event["event"] for event in keeper.events if event["event"] in kinds]


def test_fresh_interpreters_wait_for_the_end_of_a_server_that_can_not_fork(
    keeper: RunningKeeper, adapter: Adapter, obeyed: Await
) -> None:
    """Fails if one is started while the fork server has what it would take, too."""
    keeper.configure("auto", adapter=adapter.write(LINGERS), termGraceMs=60_000)
    keeper.send("start", worker="w-1", token="idle")
    assert "file" in keeper.event("fallback")["reasons"][0]
    keeper.send("start", worker="w-2", token="idle")
    keeper.send("start", worker="w-2", token="idle")
    keeper.line("", "keeper: worker w-2 exists already")
    keeper.send("kill", worker="w-1", signal=15)
    failed = keeper.event("startFailed", worker="w-1")
    assert failed["message"] == "killed before it was started"
    keeper.send("dump", worker="w-2")
    obeyed()
    assert told(keeper, "started") == []
    assert len(keeper.fork_servers()) == 1
    adapter.let_go.touch()
    keeper.line("w-2", "ready")
    assert keeper.fork_servers() == []


def test_a_server_that_hangs_at_its_end_is_waited_for_no_longer_than_its_grace(
    keeper: RunningKeeper, adapter: Adapter
) -> None:
    keeper.configure("auto", adapter=adapter.write(LINGERS), termGraceMs=200)
    keeper.send("start", worker="w-1", token="idle")
    keeper.event("fallback")
    keeper.line("w-1", "ready")
    keeper.line("", "keeper: the fork server")


def test_a_roll_waits_for_the_end_of_a_server_that_can_not_fork(
    keeper: RunningKeeper, adapter: Adapter, obeyed: Await
) -> None:
    keeper.configure("auto", adapter=adapter.write(LINGERS), termGraceMs=60_000)
    keeper.send("start", worker="w-1", token="idle")
    keeper.event("fallback")
    adapter.write(LETS_GO)
    keeper.send("roll")
    obeyed()
    assert len(keeper.fork_servers()) == 1
    adapter.let_go.touch()
    keeper.event("imported")
    keeper.line("w-1", "ready")
    assert told(keeper, "fallback", "importFailed") == ["fallback"]


def test_a_failed_import_is_tried_anew_once_its_server_has_ended(
    keeper: RunningKeeper, adapter: Adapter, obeyed: Await
) -> None:
    keeper.configure(adapter=adapter.write(LINGERS, FAILS), termGraceMs=60_000)
    assert keeper.event("importFailed")["type"] == "ValueError"
    adapter.write(LETS_GO)
    keeper.send("start", worker="w-1", token="idle")
    obeyed()
    assert len(keeper.fork_servers()) == 1
    adapter.let_go.touch()
    keeper.line("w-1", "ready")
    assert told(keeper, "importFailed", "startFailed") == ["importFailed"]


def test_what_waits_for_such_an_end_is_not_started_after_a_stop(
    keeper: RunningKeeper, adapter: Adapter
) -> None:
    keeper.configure("auto", adapter=adapter.write(LINGERS), termGraceMs=60_000)
    keeper.send("start", worker="w-1", token="idle")
    keeper.event("fallback")
    adapter.write(LETS_GO)
    keeper.send("roll")
    keeper.send("stop")
    adapter.let_go.touch()
    keeper.assert_all_gone()
    with pytest.raises((EOFError, ConnectionError)):
        keeper.event("imported")
    assert told(keeper, "started", "imported") == []
