"""Cancels that come at the worst of times, and tools that make it hard to be interrupted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_host import Attached, process

from snakepit.v1 import worker_pb2 as pb

PROFILES = ["process", "thread", "async", "async with uvloop"]


def start(folder: Path, kind: str) -> Any:
    profile, _, uvloop = kind.partition(" with ")
    concurrency = 1 if profile == "process" else 4
    return process(
        folder,
        "samples.stubborn",
        measured=False,
        uvloop=bool(uvloop) or profile == "process",
        profile=profile,
        concurrency=concurrency,
    )


@pytest.fixture(params=PROFILES)
def stubborn(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    with start(tmp_path, request.param) as attached:
        yield attached


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Attached]:
    """On the main thread of profile `process`."""
    with start(tmp_path, "process") as attached:
        yield attached


def cancel(worker: Attached, call: int) -> None:
    """Cancels a call, and expects it to answer that it was."""
    worker.cancel(call)
    assert worker.answers(1)[call].code == "CANCELLED"


def begin(worker: Attached, tool: str, **args: Any) -> int:
    """Sends a call and waits until its tool says that it runs."""
    call = worker.send_call(tool, args)
    answer(worker, host_call(worker))
    return call


def host_call(worker: Attached) -> int:
    message, _ = worker.receive()
    assert message.WhichOneof("kind") == "host_call", message
    return message.host_call.id


def answer(worker: Attached, own: int) -> None:
    worker.send(pb.HostMessage(host_result=pb.HostResult(id=own)), b"1")


def test_in_a_finally_block_it_is_interrupted_as_well(stubborn: Attached) -> None:
    call = begin(stubborn, "in_finally")
    cancel(stubborn, call)
    assert stubborn.call("take_steps") == ["body"]


@pytest.mark.parametrize("tool", ["twice", "twice_async"])
def test_a_second_cancel_leaves_the_cleaning_up_alone(stubborn: Attached, tool: str) -> None:
    call = begin(stubborn, tool)
    stubborn.cancel(call)
    own = host_call(stubborn)
    stubborn.cancel(call)
    stubborn.ping(2)
    answer(stubborn, own)
    assert stubborn.answers(1)[call].code == "CANCELLED"
    assert stubborn.call("take_steps") == ["cleaned"]


@pytest.mark.parametrize(
    ("tool", "steps"),
    [("nested", ["outer", "inner", "/inner", "/outer"]), ("stream", ["closed"])],
)
def test_with_blocks_and_generators_are_closed(
    stubborn: Attached, tool: str, steps: list[str]
) -> None:
    call = begin(stubborn, tool)
    cancel(stubborn, call)
    assert stubborn.call("take_steps") == steps


@pytest.mark.parametrize("seconds", [600, 0])
def test_a_loop_of_the_tools_own_is_left(alone: Attached, seconds: float) -> None:
    for _ in range(5):
        call = begin(alone, "run_asyncio", seconds=seconds)
        cancel(alone, call)
    assert alone.call("ping") == "pong"


def test_a_tools_own_signals_do_no_harm(alone: Attached) -> None:
    call = begin(alone, "own_signals")
    cancel(alone, call)
    assert alone.call("ping") == "pong"


def test_where_python_drops_what_is_raised_the_tool_goes_on(stubborn: Attached) -> None:
    cancel(stubborn, begin(stubborn, "in_del"))
    assert stubborn.call("take_steps") == ["went on"]


def test_a_child_process_ends_with_its_call(alone: Attached, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    call = alone.send_call("child", {"fifo": str(fifo)})
    assert fifo.read_text() == "up\n"
    cancel(alone, call)
    assert alone.call("children") == []


@pytest.mark.parametrize("tool", ["fork", "fork_async"])
@pytest.mark.parametrize("how", ["exit", "return"])
def test_a_forked_child_never_answers_in_its_parents_place(
    stubborn: Attached, tool: str, how: str
) -> None:
    assert stubborn.call(tool, {"how": how}) == 70
    assert stubborn.call("ping") == "pong"


@pytest.mark.parametrize(("take", "give"), [("handle", "unhandle"), ("mask", "unmask")])
def test_a_tool_that_takes_our_signal_harms_itself_alone(
    alone: Attached, take: str, give: str
) -> None:
    alone.call("take_signal", {"how": take})
    call = alone.send_call("nap", {"seconds": 0.1})
    alone.cancel(call)
    assert list(alone.answers(1)) == [call]
    alone.call("take_signal", {"how": give})
    call = alone.send_call("nap", {"seconds": 600})
    cancel(alone, call)
    assert alone.call("ping") == "pong"


def test_on_a_thread_what_waits_in_c_holds_up_nobody(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with start(tmp_path, "thread") as many:
        holds = many.send_call("hold_lock")
        own = host_call(many)
        waits = many.send_call("wait_for_lock")
        reads = many.send_call("read_fifo", {"fifo": str(fifo)})
        many.ping(1)
        many.cancel(waits)
        many.cancel(reads)
        many.ping(2)  # answered after the cancels have been taken in
        ping = many.send_call("ping")
        found = many.answers(1)
        while ping not in found:  # those that were cancelled before they began
            found |= many.answers(1)
        answer(many, own)
        with fifo.open("r+b", buffering=0) as writing:  # waits for no reader, as there may be none
            writing.write(b"x")
            found |= many.answers(4 - len(found))
        assert found[holds] == "held it"
        assert found[waits].code == "CANCELLED"
        assert found[reads].code == "CANCELLED"


def test_threads_that_outlive_their_call_do_no_harm(stubborn: Attached) -> None:
    for _ in range(3):
        assert stubborn.call("leave_thread") > 1
    cancel(stubborn, begin(stubborn, "nested"))
    assert stubborn.call("ping") == "pong"


KINDS = [
    "SystemExit",
    "KeyboardInterrupt",
    "MemoryError",
    "RecursionError",
    "GeneratorExit",
    "asyncio.exceptions.CancelledError",
]


@pytest.mark.parametrize("tool", ["raise_it", "raise_async"])
def test_whatever_a_tool_raises_is_its_answer(stubborn: Attached, tool: str) -> None:
    for kind in KINDS:
        failure = stubborn.fail(tool, {"kind": kind})
        assert (failure.code, failure.python.type) == ("PYTHON_EXCEPTION", kind)
    assert stubborn.call("ping") == "pong"


@pytest.mark.parametrize("how", ["gather", "wait_for", "task"])
def test_and_so_is_what_a_task_of_its_own_raises(stubborn: Attached, how: str) -> None:
    for kind in KINDS:
        failure = stubborn.fail("raise_in_task", {"kind": kind, "how": how})
        assert (failure.code, failure.python.type) == ("PYTHON_EXCEPTION", kind)
    assert stubborn.call("ping") == "pong"


def test_a_task_that_nobody_waits_for_fails_neither_call_nor_worker(stubborn: Attached) -> None:
    """Red where a SystemExit or KeyboardInterrupt stops the loop that others run on."""
    for kind in KINDS:
        assert stubborn.call("raise_behind", {"kind": kind}) == "went on"
    assert stubborn.call("ping") == "pong"


def test_only_the_tools_own_thread_may_call_the_host(stubborn: Attached) -> None:
    """An interruption of the tool's thread would end the other's wait."""
    assert "only from the thread that runs the tool" in stubborn.call("ask_on_thread")


@pytest.mark.parametrize("profile", ["process", "async", "async with uvloop"])
def test_tasks_left_behind_wait_for_the_host_in_vain(tmp_path: Path, profile: str) -> None:
    """Red where they wait for ever, one more after each call."""
    with start(tmp_path, profile) as worker:
        worker.send_call("leave_host_call")
        own = host_call(worker)
        assert list(worker.answers(1).values()) == ["left"]
        assert worker.call("wait_for_left") == "cancelled"
        answer(worker, own)
        assert worker.call("ping") == "pong"


def test_async_tools_are_cancelled_by_their_task(stubborn: Attached) -> None:
    """The loop's own code must not be torn."""
    cancel(stubborn, begin(stubborn, "wait_async"))
    assert stubborn.call("take_steps") == ["CancelledError"]


def test_a_blocking_call_to_the_host_leaves_an_async_tool_interruptible(tmp_path: Path) -> None:
    for profile in ("process", "thread"):
        folder = tmp_path / profile
        folder.mkdir()
        with start(folder, profile) as worker:
            call = worker.send_call("ask_then_wait")
            answer(worker, host_call(worker))
            host_call(worker)
            cancel(worker, call)
            assert worker.call("take_steps") == ["CancelledError"]


@pytest.mark.parametrize("profile", ["async", "async with uvloop"])
def test_on_the_event_loop_a_blocking_call_to_the_host_is_refused(
    tmp_path: Path, profile: str
) -> None:
    """The loop that would wait is the one that reads the answer."""
    with start(tmp_path, profile) as many:
        assert "use call_host_async here" in many.fail("ask_then_wait").message


@pytest.mark.parametrize("tool", ["ignore_batch", "swallow_batch", "swallow_batch_async"])
def test_a_batch_that_was_cancelled_is_not_tried_one_by_one(stubborn: Attached, tool: str) -> None:
    calls = stubborn.send_batch(tool, {}, {}, {})
    answer(stubborn, host_call(stubborn))
    stubborn.cancel(calls[1])
    found = stubborn.answers(3)
    assert {found[call].code for call in calls} == {"CANCELLED"}
    assert stubborn.call("take_steps") == [3]


def test_of_a_batch_that_raises_only_calls_in_time_are_tried(stubborn: Attached) -> None:
    late = stubborn.send_call("late_batch", batch=2, timeout_ms=20)
    other = stubborn.send_call("late_batch")
    found = stubborn.answers(2)
    assert found[late].code == "CANCELLED"
    assert found[other] == 1
    assert stubborn.call("take_steps") == [2, 1]


def test_nor_goes_it_on_once_one_of_them_was_cancelled(stubborn: Attached) -> None:
    calls = stubborn.send_batch("wait_batch", {}, {}, {})
    answer(stubborn, host_call(stubborn))
    stubborn.cancel(calls[2])
    found = stubborn.answers(3)
    assert {found[call].code for call in calls} == {"CANCELLED"}
    assert stubborn.call("take_steps") == [3, 1]


def test_a_cancel_of_a_batch_that_is_over_changes_nothing(stubborn: Attached) -> None:
    for _ in range(20):
        one = stubborn.send_call("count_batch", batch=2)
        other = stubborn.send_call("count_batch")
        assert stubborn.answers(2) == {one: 2, other: 2}
        stubborn.cancel(one)
        stubborn.cancel(other)
    stubborn.ping(1)
    assert stubborn.call("ping") == "pong"


def test_a_batch_whose_cancel_overtakes_it_never_runs(stubborn: Attached) -> None:
    stubborn.cancel(3)
    stubborn.ping(1)
    calls = stubborn.send_batch("wait_batch", {}, {}, {})
    assert 3 in calls
    found = stubborn.answers(3)
    assert {found[call].code for call in calls} == {"CANCELLED"}
    assert stubborn.call("take_steps") == []
