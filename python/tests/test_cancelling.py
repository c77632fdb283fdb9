"""A call that nobody wants any more is interrupted, and never the one after it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fake_host import DEADLINE, TESTS, Attached, environment, process, worker

from snakepit import _reserved
from snakepit._errors import Cancelled
from snakepit._event_loop import EventLoop
from snakepit._gate import Gate, SignalGate, ThreadGate
from snakepit.v1 import worker_pb2 as pb

TRIES = 10_000


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Attached]:
    with process(tmp_path, "samples.patient", measured=False) as attached:
        yield attached


def cancelled(patient: Attached, call: int) -> pb.Failure:
    patient.cancel(call)
    message, _ = patient.receive()
    assert message.WhichOneof("kind") == "failure", message
    assert message.failure.id == call
    assert message.failure.code == "CANCELLED"
    return message.failure


@pytest.mark.parametrize("kind", ["sleep", "recv", "lock", "spin", "poll"])
def test_whatever_runs_or_waits_on_the_main_thread_is_interrupted(
    patient: Attached, kind: str
) -> None:
    patient.ping(1)
    cancelled(patient, patient.send_call("wait", {"kind": kind}))
    assert patient.call("ping") == "pong"


@pytest.mark.parametrize("tool", ["wait_async", "drip", "swallow", "ask"])
def test_async_tools_streams_and_stubborn_ones_too(patient: Attached, tool: str) -> None:
    call = patient.send_call(tool)
    if tool == "ask":
        message, _ = patient.receive()
        asked = message.host_call.id
    cancelled(patient, call)
    if tool == "ask":  # an answer that comes late is passed over
        patient.send(pb.HostMessage(host_result=pb.HostResult(id=asked)), b"1")
    assert patient.call("ping") == "pong"


def test_a_cancel_that_overtakes_its_call_keeps_it_from_running(patient: Attached) -> None:
    patient.cancel(2)
    patient.ping(1)
    assert patient.call("instant", {"n": 1}) == 1
    assert patient.fail("instant", {"n": 2}).code == "CANCELLED"
    assert patient.call("instant", {"n": 3}) == 3


def test_a_cancel_of_a_call_that_is_over_changes_nothing(patient: Attached) -> None:
    for n in range(50):
        assert patient.call("instant", {"n": n}) == n
        patient.cancel(n + 1)
    assert patient.call("ping") == "pong"


def test_a_cancel_of_any_call_of_a_batch_ends_all_of_it(tmp_path: Path) -> None:
    with worker(tmp_path, "samples.patient", profile="async", concurrency=2) as patient:
        calls = patient.send_batch("invert", {"n": 1}, {"n": 2})
        found = patient.answers(2)
        assert found == {calls[0]: 1.0, calls[1]: 0.5}


def signals(tmp_path: Path) -> AbstractContextManager[Attached]:
    return process(tmp_path, "samples.patient", measured=False)


def threads(tmp_path: Path) -> AbstractContextManager[Attached]:
    return process(tmp_path, "samples.patient", measured=False, profile="thread", concurrency=1)


@pytest.mark.parametrize("start", [signals, threads])
def test_a_cancel_that_comes_just_as_a_tool_returns_never_hits_the_next_call(
    tmp_path: Path, start: Callable[[Path], AbstractContextManager[Attached]]
) -> None:
    """Each call is answered once, by itself; and the one that nobody cancels always succeeds."""
    outcomes = {"result": 0, "failure": 0}
    with start(tmp_path) as patient:
        for n in range(TRIES):
            hunted = patient.send_call("instant", {"n": n})
            bystander = patient.send_call("instant", {"n": -n})
            patient.cancel(hunted)
            first, _ = patient.receive()
            second, body = patient.receive()
            kind = str(first.WhichOneof("kind"))
            outcomes[kind] += 1
            assert getattr(first, kind).id == hunted
            assert second.WhichOneof("kind") == "result", second
            assert second.result.id == bystander
            assert int(body) == -n
        assert patient.call("ping") == "pong"
    assert outcomes["result"], "no cancel has ever come late"
    assert outcomes["failure"], "no cancel has ever come in time"


def run_on_a_thread(job: Callable[[], None]) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told below
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not faults, faults


@pytest.mark.parametrize("kind", ["signal", "thread"])
def test_a_gate_raises_nothing_once_it_is_left(kind: str) -> None:
    """10,000 cancels from another thread at about the moment at which the call ends."""
    command = [sys.executable, str(TESTS / "gate_race.py"), kind, str(TRIES)]
    ran = subprocess.run(
        command,
        env=environment(measured=False),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    raised = int(ran.stdout)
    assert 0 < raised < TRIES


def test_an_interruption_that_has_not_arrived_reaches_whoever_is_handed_over_to() -> None:
    """Red without the look in `hand_over`: a thread that waits in C would never hear of it."""
    told: list[str] = []

    def job() -> None:
        gate = ThreadGate()
        gate.enter(1, 1)
        gate.interrupted = gate._thrown = True  # raised, and still on its way
        gate.hand_over(lambda: told.append("told"))
        gate.leave()

    run_on_a_thread(job)
    assert told == ["told"]


def test_a_task_that_was_interrupted_before_its_loop_ran_never_runs() -> None:
    ran: list[str] = []

    async def tool() -> None:
        ran.append("ran")

    class Late(SignalGate):
        def hand_over(self, interrupt: Callable[[], object] | None) -> None:
            if interrupt is not None:
                raise Cancelled

    loop = EventLoop(Late())
    with pytest.raises(Cancelled):
        loop.run(tool())
    loop.close()
    assert not ran


def test_a_signal_that_arrives_late_hits_nothing() -> None:
    """Whenever it does: between two calls, or in the next one."""
    gate = SignalGate()
    gate.enter(1, 1)
    gate.leave()
    gate._wanted = 1
    signal.raise_signal(_reserved.CANCEL)
    gate.enter(2, 2)
    signal.raise_signal(_reserved.CANCEL)
    gate.leave()
    assert not gate.interrupted


@pytest.mark.parametrize("make", [SignalGate, ThreadGate])
def test_a_cancel_of_an_earlier_call_leaves_the_one_that_runs_alone(
    make: Callable[[], Gate],
) -> None:
    def try_it() -> None:
        gate = make()
        for call in range(1, 100):
            gate.enter(call, call)
            try:
                gate.cancel(call - 1)
            finally:
                gate.leave()

    if make is SignalGate:
        try_it()
    else:
        run_on_a_thread(try_it)


@pytest.mark.parametrize("make", [SignalGate, ThreadGate])
def test_a_shield_puts_an_interruption_off(make: Callable[[], Gate]) -> None:
    def job() -> None:
        gate = make()
        steps: list[str] = []

        def call() -> None:
            with gate.shield():
                canceller = threading.Thread(target=gate.cancel, args=(1,))
                canceller.start()
                canceller.join()
                sum(range(1000))
                steps.append("whole")
            steps.append("after")

        gate.enter(1, 1)
        with pytest.raises(Cancelled):
            call()
        gate.leave()
        assert steps == ["whole"]
        assert gate.interrupted

    if make is SignalGate:
        job()
    else:
        run_on_a_thread(job)
