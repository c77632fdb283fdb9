"""The matrix fails for what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matrix.calls import CALLER_DIED, ENOUGH_FAILURES, NO_TOOLS, Answers
from matrix.outcomes import AUTO, FORKED, SPAWNED, Outcome
from matrix.rows import Check, Expected, Row

WARM = Row("numpy", "numpy_used")
FRESH = Row("a socket", "kept_socket", expected=Expected.FRESH, told=r"socket to 127\.0\.0\.1")
REASON = "pool.spawn_fallback: socket to 127.0.0.1:5432: connect in start()"
TRUTH = [10, 20, 30]


def outcome(row: Row, method: str, *, warm: bool, event: str = "", **seen: Any) -> Outcome:
    found = Outcome(row, method, "process", [event] if event else [], warm=warm, **seen)
    for argument, result in enumerate(TRUTH):
        take(found, argument, result)
    found.compare(TRUTH)
    return found


def take(outcome: Outcome, argument: int, result: object) -> None:
    outcome.answers.asked += 1
    outcome.answers.take(argument, 200, {"result": result})


@pytest.mark.parametrize(
    "held",
    [
        outcome(WARM, AUTO, warm=True),
        outcome(WARM, FORKED, warm=True),
        outcome(WARM, SPAWNED, warm=False),
        outcome(FRESH, AUTO, warm=False, event=REASON),
        outcome(FRESH, FORKED, warm=True, event=REASON.replace("spawn_fallback", "fork_notice")),
        outcome(FRESH, SPAWNED, warm=False),
    ],
)
def test_what_is_promised_has_no_fault(held: Outcome) -> None:
    assert held.faults() == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (outcome(WARM, AUTO, warm=False, event="pool.spawn_fallback: a thread"), "not forked"),
        (outcome(FRESH, AUTO, warm=True, event=REASON), "forked, though"),
        (outcome(FRESH, AUTO, warm=False), "no event tells why"),
        (outcome(FRESH, FORKED, warm=True), "no event tells why"),
        (outcome(FRESH, AUTO, warm=False, event="pool.spawn_fallback: grpc"), "no event tells of"),
        (outcome(WARM, FORKED, warm=False), "not forked in spite of"),
        (outcome(WARM, SPAWNED, warm=True), "forked in spite of"),
        (outcome(WARM, AUTO, warm=False, refused="failed: ImportError"), "did not start"),
        (outcome(WARM, AUTO, warm=True, missing=3), "3 rows that were answered"),
    ],
)
def test_what_is_not_promised_is_a_fault(broken: Outcome, fault: str) -> None:
    assert any(fault in each for each in broken.faults())


def test_one_wrong_answer_is_a_fault() -> None:
    found = outcome(WARM, AUTO, warm=True)
    take(found, 1, 30)
    found.compare(TRUTH)

    assert found.faults() == ["1 wrong answers: f(1) = 30, not 20"]


def test_one_failed_call_is_a_fault() -> None:
    found = outcome(WARM, AUTO, warm=True)
    found.answers.asked += 1
    found.answers.take(1, 504, {"code": "EXECUTE_TIMEOUT", "detail": "it hangs"})

    assert found.faults() == ["calls failed: {'EXECUTE_TIMEOUT': 1}: EXECUTE_TIMEOUT: it hangs"]


@pytest.mark.parametrize("method", [AUTO, FORKED, SPAWNED])
@pytest.mark.parametrize("row", [WARM, FRESH])
def test_calls_that_nobody_knows_about_are_a_fault(row: Row, method: str) -> None:
    """Also where a fork is forced, whose calls may fail: it may not be that none was made."""
    warm = method == FORKED or (method == AUTO and row is WARM)
    silent = outcome(row, method, warm=warm, event=REASON)
    silent.answers.asked += 2
    nothing = replace(silent, answers=Answers())
    given_up = outcome(row, method, warm=warm, event=REASON)
    given_up.answers.asked += 2
    for _ in range(ENOUGH_FAILURES):
        given_up.answers.fail("EXECUTE_TIMEOUT", "it hangs")

    assert "3 of 5 calls were answered" in silent.faults()
    assert "no call was made" in nothing.faults()
    assert not any("answered" in fault for fault in given_up.faults())


@pytest.mark.parametrize("code", [CALLER_DIED, NO_TOOLS])
def test_callers_that_can_not_call_are_a_fault_of_every_pool(code: str) -> None:
    found = outcome(FRESH, FORKED, warm=True, event=REASON)
    found.answers.fail(code, "TypeError: ...")

    assert found.faults() == [f"calls failed: {{'{code}': 1}}: {code}: TypeError: ..."]


def test_a_forced_fork_may_fail_if_it_was_warned_of() -> None:
    found = outcome(FRESH, FORKED, warm=True, event=REASON)
    found.answers.fail("EXECUTE_TIMEOUT", "it hangs")
    take(found, 1, 30)
    found.compare(TRUTH)

    assert found.wrong == 1
    assert found.faults() == []


def test_a_forced_fork_whose_workers_are_all_gone_is_not_taken_for_fresh() -> None:
    gone = outcome(FRESH, FORKED, warm=False, event=REASON, seen=False)

    assert gone.faults() == []
    assert "not forked" in replace(gone, seen=True).faults()[0]


def test_two_callers_may_not_draw_the_same_number() -> None:
    found = outcome(replace(WARM, check=Check.DISTINCT), AUTO, warm=True)
    assert found.faults() == []
    take(found, 0, 20)
    found.compare([])

    assert "1 wrong answers" in found.faults()[0]


def test_forked_workers_that_draw_the_same_numbers_must_be_told_of() -> None:
    row = replace(WARM, check=Check.TOLD, told="RNG")
    same = Answers([(0, 0.5), (0, 0.5)], asked=2, answered=2)

    silent = Outcome(row, AUTO, "process", warm=True, answers=same)
    silent.compare([])
    told = replace(silent, events=["pool.fork_notice: RNG draws the same numbers"])
    fresh = Outcome(row, SPAWNED, "process", warm=False, answers=same)
    fresh.compare([])

    assert "no event tells of RNG" in silent.faults()[0]
    assert told.faults() == []
    assert "1 wrong answers" in fresh.faults()[0]


def test_a_host_that_did_not_start_is_a_fault_of_every_pool() -> None:
    found = outcome(FRESH, FORKED, warm=True, event=REASON)
    found.answers.fail("HostFailed", "not ready in 60 s")

    assert "HostFailed: not ready" in found.faults()[0]
