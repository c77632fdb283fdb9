"""An async tool that blocks instead of awaiting is interrupted in profile `process` as well."""

from __future__ import annotations

import asyncio
import random
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_host import DEADLINE, Attached, process

from snakepit._system import pristine, signals
from snakepit._tools import green_threads
from snakepit._tools.cancel_scope import SignalCancelScope
from snakepit._tools.event_loop import EventLoop
from snakepit._tools.task_interrupter import TaskInterrupter
from snakepit.v1 import worker_pb2 as pb

GRACE_MS = 200
LOOPS = ["asyncio", "uvloop"]


@pytest.fixture(params=LOOPS)
def alone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    with process(
        tmp_path,
        "samples.blocking",
        measured=False,
        uvloop=request.param == "uvloop",
        cancel_grace_ms=GRACE_MS,
    ) as attached:
        yield attached


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.005)


def begin(alone: Attached, place: Path, tool: str, **args: object) -> int:
    call = alone.send_call(tool, {"place": str(place), **args})
    wait_for(place.with_name("place-begun"))
    return call


def cancel_in_vain(alone: Attached, call: int, place: Path) -> None:
    """Cancels a call that is not interrupted, and makes that place, for which it waits, later."""
    alone.cancel(call)
    time.sleep(2 * GRACE_MS / 1000)
    alone.ping(1)
    assert not select.select([alone.work.fileno()], [], [], 0)[0], "it is answered"
    place.touch()
    assert alone.answers(1)[call].code == "CANCELLED"


@pytest.mark.parametrize("how", ["sleep", "spin", "lock"])
def test_its_deadline_costs_no_worker(alone: Attached, place: Path, how: str) -> None:
    """Red where only its task is cancelled, of which the loop hears nothing."""
    own = alone.call("pid")
    call = begin(alone, place, "begin", how=how)
    alone.cancel(call)
    assert alone.answers(1)[call].code == "CANCELLED"
    assert alone.call("was_cleaned") == [how]
    assert alone.call("pid") == own
    assert alone.call("ok")


def test_so_it_is_with_a_stream(alone: Attached, place: Path) -> None:
    call = alone.send_stream("drip", {"place": str(place)})
    assert alone.chunks(call, 1) == ["first"]
    wait_for(place.with_name("place-begun"))
    alone.cancel(call)
    assert alone.answers(1)[call].code == "CANCELLED"
    assert alone.call("was_cleaned") == ["sleep"]


def test_one_that_must_not_be_interrupted_is_not(alone: Attached, place: Path) -> None:
    cancel_in_vain(alone, begin(alone, place, "hold_uncut"), place)
    assert alone.call("was_cleaned") == ["whole"]


def test_an_import_is_ended_first(alone: Attached, place: Path) -> None:
    """Red if it is torn: the module would not be there whole."""
    module = place.with_name("blocking_module.py")
    module.write_text(
        "from samples.blocking import cleaned, look_for\n"
        f"look_for({str(place)!r})\n"
        "cleaned.append('loaded')\n"
    )
    cancel_in_vain(alone, begin(alone, place, "load"), place)
    assert alone.call("was_cleaned") == ["loaded", "cleaned"]


@pytest.mark.parametrize("tool", ["wait_for_held", "call_back"])
def test_what_the_tool_has_started_is_let_be(alone: Attached, place: Path, tool: str) -> None:
    cancel_in_vain(alone, begin(alone, place, tool), place)
    assert alone.call("ok")


def test_it_is_interrupted_once(alone: Attached, place: Path) -> None:
    """Red if it is torn once more, where it blocks while it cleans up."""
    cancel_in_vain(alone, begin(alone, place, "block_again"), place)
    assert alone.call("was_cleaned") == ["went on"]


def test_a_signal_that_comes_just_as_it_goes_on_never_hits_the_next_call(alone: Attached) -> None:
    """Each is answered by itself, and the one that nobody cancels always succeeds."""
    chance = random.Random(7)
    cancelled = 0
    tries = 60
    seconds = GRACE_MS / 1000 / 4  # after as long an interruption does not wait for the loop
    for _ in range(tries):
        hunted = alone.send_call("block", {"seconds": seconds + 0.01})
        bystander = alone.send_call("block", {"seconds": 0.002})
        time.sleep(chance.uniform(0.0, 0.015))
        alone.cancel(hunted)
        found = alone.answers(2)
        assert found[bystander] == 0.002
        if isinstance(found[hunted], pb.Failure):
            assert found[hunted].code == "CANCELLED"
            cancelled += 1
    assert alone.call("ok")
    assert cancelled, "it was never in time"


@pytest.fixture
def scope() -> Iterator[SignalCancelScope]:
    before = signal.getsignal(signals.CANCEL)
    yield SignalCancelScope()
    signal.signal(signals.CANCEL, before)


def test_signals_are_sent_until_one_is_heard(
    scope: SignalCancelScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first after the loop was told are swallowed here. In this process, to be measured."""
    sent: list[int] = []
    begun = threading.Event()

    def pthread_kill(thread: int, number: int) -> None:
        sent.append(number)
        if scope.unwanted is False or len(sent) > 5:
            really(thread, number)

    def cancel() -> None:
        begun.wait()
        scope.cancel(1)
        while scope.remind():
            time.sleep(0.001)

    async def block() -> None:
        begun.set()
        time.sleep(DEADLINE)  # noqa: ASYNC251 - that is the point

    really = signal.pthread_kill
    monkeypatch.setattr(pristine.signal, "pthread_kill", pthread_kill)
    canceller = threading.Thread(target=cancel)
    loop = EventLoop(scope, grace_seconds=4 * 0.02)
    scope.enter(1, 1)
    canceller.start()
    begun_at = time.monotonic()
    try:
        with pytest.raises(asyncio.CancelledError):
            loop.run(block())
    finally:
        scope.leave()
        canceller.join()
        loop.close()
    assert time.monotonic() - begun_at < DEADLINE
    assert scope.interrupted
    assert len(sent) > 5


def test_once_a_loop_was_told_a_signal_raises_nothing_behind_it(scope: SignalCancelScope) -> None:
    """Red where only what is raised at once counts: the answer itself would be torn."""
    told: list[str] = []
    scope.enter(1, 1)
    scope.hand_over(lambda: told.append("told"))
    scope.cancel(1)
    sum(range(1000))
    signal.raise_signal(signals.CANCEL)
    scope.hand_over(None)
    signal.raise_signal(signals.CANCEL)
    assert not scope.remind()
    scope.leave()
    assert scope.interrupted
    assert told == ["told"]


def test_a_loop_that_is_just_being_told_is_still_to_be_reminded(scope: SignalCancelScope) -> None:
    """Red where that it is interrupted is known before its loop knows: none would remind it."""
    reminded: list[bool] = []
    loop = asyncio.new_event_loop()
    try:
        scope.enter(1, 1)
        scope.hand_over(
            lambda: reminded.append(scope.remind()), TaskInterrupter(loop, grace_seconds=1.0)
        )
        scope.cancel(1)
        sum(range(1000))
        assert reminded == [True]
        assert not scope.remind(), "it has heard"
    finally:
        scope.hand_over(None)
        scope.leave()
        loop.close()


@pytest.mark.parametrize("elsewhere", [True, False])
def test_no_other_green_thread_is_torn(
    scope: SignalCancelScope, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    """Red if it is raised where the signal arrives, while the task's own green thread waits."""
    raised: list[bool] = []
    throw_soon = (lambda _throw: None) if elsewhere else None
    monkeypatch.setattr(green_threads, "from_elsewhere", lambda _frame: throw_soon)

    async def tool() -> None:
        scope.cancel(1)
        sum(range(1000))
        assert scope.interrupted
        try:
            signal.raise_signal(signals.CANCEL)
            sum(range(1000))
        except asyncio.CancelledError:
            raised.append(True)

    loop = EventLoop(scope, grace_seconds=0.0)
    scope.enter(1, 1)
    try:
        loop.run(tool())
    finally:
        scope.leave()
        loop.close()
    assert raised == [True] * (not elsewhere)


@pytest.mark.parametrize(("depth", "is_torn"), [(0, True), (1, False)])
def test_only_the_users_code_is_torn(depth: int, is_torn: bool) -> None:
    """Red if the loop's own code is torn as well, which runs in the same task."""
    raised: list[bool] = []

    async def tool(interrupter: TaskInterrupter) -> None:
        task = asyncio.current_task()
        assert task is not None
        interrupter.cancel(task)
        assert interrupter.wants_signal()
        try:
            interrupter.raise_in_task(sys._getframe(depth))
        except asyncio.CancelledError:
            raised.append(True)
        interrupter.forget(task)

    loop = asyncio.new_event_loop()
    try:
        interrupter = TaskInterrupter(loop, grace_seconds=0.0)
        loop.run_until_complete(tool(interrupter))
        assert not interrupter.waits
    finally:
        loop.close()
    assert raised == [True] * is_torn
