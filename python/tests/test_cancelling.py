"""A call that nobody wants any more is interrupted, and never the one after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_host import Attached, process

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


@pytest.mark.parametrize("moment", [0, 1])
def test_a_call_to_the_host_that_was_interrupted_leaves_the_next_one_its_way(
    patient: Attached, moment: int
) -> None:
    """Fails if what is kept of it is taken for one that is still under way."""
    for n in range(100):
        call = patient.send_call("ask")
        kinds = ["host_call"]
        if moment:
            kinds = [str(patient.receive()[0].WhichOneof("kind"))]
        patient.cancel(call)
        while kinds[-1] == "host_call":
            kinds.append(str(patient.receive()[0].WhichOneof("kind")))
        assert kinds[-1] == "failure"
        again = patient.send_call("ask")
        asked = patient.receive()[0].host_call.id
        patient.send(pb.HostMessage(host_result=pb.HostResult(id=asked)), str(n).encode())
        assert patient.answers(1) == {again: n}


RACES: dict[str, tuple[str, dict[str, Any]]] = {
    "process": ("instant", {}),
    "thread": ("instant", {"concurrency": 1}),
    "async": ("instant_async", {"concurrency": 2, "uvloop": False}),
    "async with uvloop": ("instant_async", {"concurrency": 2}),
}


@pytest.mark.parametrize("kind", RACES)
def test_a_cancel_that_comes_just_as_a_tool_returns_never_hits_the_next_call(
    tmp_path: Path, kind: str
) -> None:
    """Each call is answered once, by itself; and the one that nobody cancels always succeeds.

    Red where `leave` lets what was raised or signalled go on into the next call.
    """
    tool, options = RACES[kind]
    options = {"profile": kind.partition(" ")[0], "measured": False, **options}
    late = 0
    with process(tmp_path, "samples.patient", **options) as patient:
        for n in range(TRIES):
            if n % 3 == 0:  # the worker's threads wake up at about the same time
                patient.cancel(2 * n + 1)
            hunted = patient.send_call(tool, {"n": n})
            if n % 3 == 1:
                patient.cancel(hunted)
            bystander = patient.send_call(tool, {"n": -n})
            if n % 3 == 2:
                patient.cancel(hunted)
            found = patient.answers(2)
            assert found[bystander] == -n
            if isinstance(found[hunted], pb.Failure):
                assert found[hunted].code == "CANCELLED"
            else:
                assert found[hunted] == n
                late += 1
        assert patient.call("ping") == "pong"
    assert TRIES / 100 < late < TRIES - TRIES / 100, "no race: it is always the same that wins"
