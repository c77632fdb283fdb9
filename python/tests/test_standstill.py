"""One call that keeps the event loop of profile `async` standing."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fake_host import Attached, process

from snakepit._system import signals
from snakepit._tools.task_interrupter import SignallingInterrupter
from snakepit.v1 import worker_pb2 as pb

GRACE_MS = 200
LOOPS = ["asyncio", "uvloop"]


def start(
    folder: Path, loop: str = "asyncio", grace_ms: int = GRACE_MS
) -> AbstractContextManager[Attached]:
    return process(
        folder,
        "samples.blocking",
        measured=False,
        uvloop=loop == "uvloop",
        profile="async",
        concurrency=8,
        cancel_grace_ms=grace_ms,
    )


@pytest.fixture(params=LOOPS)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    with start(tmp_path, request.param) as attached:
        yield attached


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


def hear_standstill(shared: Attached) -> pb.Standstill:
    known = len(shared.standstills)
    while len(shared.standstills) == known:
        shared.hear()
    return shared.standstills[-1]


def hear_round(shared: Attached) -> None:
    known = shared.rounds
    while shared.rounds == known:
        shared.hear()


def cancel_in_vain(shared: Attached, call: int, place: Path) -> None:
    """Cancels a call that is not interrupted, and makes that place, for which it waits, later."""
    shared.cancel(call)
    time.sleep(2 * GRACE_MS / 1000)
    shared.ping(1)
    assert shared.rounds == 0
    place.touch()
    assert shared.answers(1)[call].code == "CANCELLED"
    hear_round(shared)


@pytest.mark.parametrize(
    ("tool", "args"), [("block", {"seconds": 600}), ("spin", {}), ("lock", {})]
)
def test_what_keeps_the_loop_standing_is_interrupted_and_nothing_else(
    shared: Attached, place: Path, tool: str, args: dict[str, object]
) -> None:
    """Fails if only asyncio's way is tried, which needs the loop; or if a neighbour hears of it."""
    own = shared.call("pid")
    neighbour = shared.send_call("wait", {"place": str(place)})
    assert shared.call("ok")
    blocked = shared.send_call(tool, args)
    hear_standstill(shared)
    shared.cancel(blocked)
    assert shared.answers(1)[blocked].code == "CANCELLED"
    hear_round(shared)
    place.touch()
    assert shared.answers(1) == {neighbour: "came"}
    assert shared.call("pid") == own


def test_it_may_clean_up(shared: Attached) -> None:
    blocked = shared.send_call("block", {"seconds": 600})
    hear_standstill(shared)
    shared.cancel(blocked)
    shared.answers(1)
    assert shared.call("was_cleaned") == ["block"]


def test_the_host_is_told_who_keeps_the_loop_standing_and_where(
    shared: Attached, place: Path
) -> None:
    """Once each time, and long before a deadline. Fails if frames of ours are among the stack's."""
    for call in ("c-1", "c-2"):
        held = shared.send_call("hold", {"place": str(place)}, call=call)
        told = hear_standstill(shared)
        assert (told.tool, told.call) == ("hold", call)
        assert told.standing_ms >= GRACE_MS
        lines = told.stack.splitlines()
        assert lines[0].endswith("in hold"), told.stack
        assert "in look_for" in told.stack
        assert "snakepit/_" not in told.stack
        shared.ping(1)
        place.touch()
        assert shared.answers(1) == {held: "came"}
        place.unlink()
    assert len(shared.standstills) == 2


def test_code_that_holds_the_interpreters_lock_now_and_then_is_told_of(shared: Attached) -> None:
    """Such as sorting. Red where a look that comes late forgets what it knew."""
    computes = shared.send_call("compute", {"seconds": 0.3, "times": 10}, call="c-1")
    assert shared.answers(1) == {computes: "computed"}
    shared.ping(1)
    assert [(told.tool, told.call) for told in shared.standstills] == [("compute", "c-1")]
    told = shared.standstills[0]
    assert told.standing_ms >= GRACE_MS
    assert "in compute" in told.stack, told.stack


def test_code_that_has_held_it_once_for_long_is_told_of_afterwards(
    shared: Attached, place: Path
) -> None:
    """Red where that time does not count: the worker was idle, so nobody watched its loop yet."""
    computes = shared.send_call("compute_and_hold", {"seconds": 2.5, "place": str(place)})
    told = hear_standstill(shared)
    assert told.tool == "compute_and_hold"
    assert told.standing_ms >= 1000
    assert "in compute_and_hold" in told.stack, told.stack
    place.touch()
    assert shared.answers(1) == {computes: "came"}


def test_a_task_that_a_tool_has_started_is_let_be_and_told_of(
    shared: Attached, place: Path
) -> None:
    """Fails if such a task, which may be anybody's, is torn, or the loop is said to come round."""
    held = shared.send_call("wait_for_held", {"place": str(place)})
    assert hear_standstill(shared).tool == ""
    assert "in hold" in shared.standstills[0].stack
    cancel_in_vain(shared, held, place)


def test_a_callback_is_told_of(shared: Attached, place: Path) -> None:
    called = shared.send_call("call_back", {"place": str(place)})
    told = hear_standstill(shared)
    assert told.tool == ""
    assert told.stack.splitlines()[0].endswith("in look_for"), told.stack
    place.touch()
    assert shared.answers(1) == {called: "came"}


def test_one_that_does_not_hear_keeps_the_loop_standing(shared: Attached, place: Path) -> None:
    """A call is interrupted once: then its worker is to be killed."""
    blocked = shared.send_call("block_again", {"place": str(place)})
    hear_standstill(shared)
    cancel_in_vain(shared, blocked, place)


def test_while_a_thread_is_stuck_the_loop_comes_round(shared: Attached, place: Path) -> None:
    stuck = shared.send_call("stay", {"place": str(place)})
    assert shared.call("wait", {"place": f"{place}-begun"}) == "came"
    shared.cancel(stuck)
    hear_round(shared)
    assert shared.call("ok")
    place.touch()
    assert shared.answers(1)[stuck].code == "CANCELLED"
    assert not shared.standstills


def test_calls_that_wait_as_they_should_are_not_told_of(shared: Attached, place: Path) -> None:
    waiting = shared.send_call("wait", {"place": str(place)})
    time.sleep(5 * GRACE_MS / 1000)
    shared.ping(1)
    assert not shared.standstills
    place.touch()
    assert shared.answers(1) == {waiting: "came"}


def test_a_signal_that_comes_while_another_blocks_does_not_hit_that(
    shared: Attached, place: Path
) -> None:
    """Fails if the handler does not look whose task is the current one."""
    own = shared.call("pid")
    hunted = shared.send_call("wait", {"place": f"{place}.never"})
    bystander = shared.send_call("hold", {"place": str(place)})
    hear_standstill(shared)
    shared.cancel(hunted)
    time.sleep(GRACE_MS / 1000)
    os.kill(own, signals.CANCEL)
    shared.ping(1)
    place.touch()
    found = shared.answers(2)
    assert found[bystander] == "came"
    assert found[hunted].code == "CANCELLED"


@pytest.mark.parametrize("loop", LOOPS)
def test_a_signal_that_comes_just_as_the_tool_goes_on_hits_nobody_else(
    tmp_path: Path, loop: str
) -> None:
    """Each is answered by itself, and the one that nobody cancels always succeeds."""
    chance = random.Random(7)
    cancelled = 0
    tries = 200
    with start(tmp_path, loop, grace_ms=8) as shared:
        for _ in range(tries):
            hunted = shared.send_call("block", {"seconds": 0.01})
            bystander = shared.send_call("block", {"seconds": 0.002})
            time.sleep(chance.uniform(0.0, 0.012))
            shared.cancel(hunted)
            found = shared.answers(2)
            assert found[bystander] == 0.002
            if isinstance(found[hunted], pb.Failure):
                assert found[hunted].code == "CANCELLED"
                cancelled += 1
        assert shared.call("ok")
    assert 0 < cancelled < tries, "no race: it is always the same that wins"


def test_a_task_that_blocks_is_interrupted_in_this_process() -> None:
    """The loop comes round to nothing: the signal does it. Here, where it is measured."""
    before = signal.getsignal(signals.CANCEL)
    loop = asyncio.new_event_loop()
    begun = threading.Event()

    async def block() -> None:
        begun.set()
        time.sleep(600)  # noqa: ASYNC251 - that is the point

    try:
        interrupter = SignallingInterrupter(loop, grace_seconds=4 * 0.1)
        assert not interrupter.remind(), "nobody is to be interrupted"
        task = loop.create_task(block())

        def interrupt() -> None:
            begun.wait()
            interrupter.cancel(task)
            while interrupter.remind():
                time.sleep(0.02)

        other = threading.Thread(target=interrupt)
        other.start()
        loop.run_until_complete(asyncio.wait([task]))
        other.join()
        assert task.cancelled()
        signal.raise_signal(signals.CANCEL)  # comes late, and meets no task
    finally:
        loop.close()
        signal.signal(signals.CANCEL, before)


def test_a_task_that_waits_as_it_should_is_cancelled_by_its_loop() -> None:
    before = signal.getsignal(signals.CANCEL)
    loop = asyncio.new_event_loop()
    try:
        interrupter = SignallingInterrupter(loop, grace_seconds=4.0)
        task = loop.create_task(asyncio.sleep(600))
        loop.call_soon(interrupter.cancel, task)
        loop.run_until_complete(asyncio.wait([task]))
        assert task.cancelled()
        assert not interrupter.remind()
    finally:
        loop.close()
        signal.signal(signals.CANCEL, before)
    interrupter.cancel(task)  # its loop is closed: the control thread must live on
    assert not interrupter.remind()
