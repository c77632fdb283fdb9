"""The matrix fails for what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matrix.calls import Answers
from matrix.outcomes import AUTO, FORKED, SPAWNED, Outcome
from matrix.rows import Check, Expected, Row

WARM = Row("numpy", "numpy_used")
FRESH = Row("a socket", "kept_socket", expected=Expected.FRESH, told=r"socket to 127\.0\.0\.1")
REASON = "pool.spawn_fallback: socket to 127.0.0.1:5432: connect in start()"
TRUTH = [10, 20, 30]


def outcome(row: Row, method: str, *, warm: bool, event: str = "", **seen: Any) -> Outcome:
    found = Outcome(row, method, "process", [event] if event else [], warm=warm, **seen)
    found.answers.results.extend(enumerate(TRUTH))
    found.compare(TRUTH)
    return found


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
    found.answers.results.append((1, 30))
    found.compare(TRUTH)

    assert found.faults() == ["1 wrong answers: f(1) = 30, not 20"]


def test_one_failed_call_is_a_fault() -> None:
    found = outcome(WARM, AUTO, warm=True)
    found.answers.fail("EXECUTE_TIMEOUT", "it hangs")

    assert "EXECUTE_TIMEOUT: it hangs" in found.faults()[0]


def test_a_forced_fork_may_fail_if_it_was_warned_of() -> None:
    found = outcome(FRESH, FORKED, warm=True, event=REASON)
    found.answers.fail("EXECUTE_TIMEOUT", "it hangs")
    found.answers.results.append((1, 30))
    found.compare(TRUTH)

    assert found.wrong == 1
    assert found.faults() == []


def test_a_forced_fork_whose_workers_are_all_gone_is_not_taken_for_fresh() -> None:
    gone = Outcome(FRESH, FORKED, "process", [REASON], warm=False, seen=False)

    assert gone.faults() == []
    assert "not forked" in replace(gone, seen=True).faults()[0]


def test_two_callers_may_not_draw_the_same_number() -> None:
    found = outcome(replace(WARM, check=Check.DISTINCT), AUTO, warm=True)
    assert found.faults() == []
    found.answers.results.append((0, 20))
    found.compare([])

    assert "1 wrong answers" in found.faults()[0]


def test_forked_workers_that_draw_the_same_numbers_must_be_told_of() -> None:
    row = replace(WARM, check=Check.TOLD, told="RNG")
    same = Answers([(0, 0.5), (0, 0.5)])

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
