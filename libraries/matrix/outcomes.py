"""What came of one pool, and whether that is what the row promises: pure, all facts are given."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from matrix.calls import CALLER_DIED, NO_TOOLS, Answers
from matrix.rows import Check, Expected, Row

AUTO, FORKED, SPAWNED = "auto", "forkserver", "spawn"
BROKEN = {"NoTruth", "HostFailed", NO_TOOLS, CALLER_DIED}
METHODS = (AUTO, FORKED, SPAWNED)


@dataclass
class Outcome:
    """One pool: a row, a start method, a profile, and all that was seen of it.

    Attributes:
        events: the lines of the log that tell of a fresh interpreter, or of what to mind.
        refused: why the pool did not start; empty if it did.
        warm: whether every worker was forked from a server that had imported the adapter.
        seen: whether there was a worker after the calls, whose origin ``warm`` tells.
        private_mib: memory that a worker has for itself, after its calls.
        replaced_ms: from the order to kill a worker until its successor was ready.
        missing: how many of the answered rows the database did not have; None: not looked at.
    """

    row: Row
    method: str
    profile: str
    events: list[str] = field(default_factory=list)
    refused: str = ""
    warm: bool = False
    seen: bool = True
    answers: Answers = field(default_factory=Answers)
    wrong: int = 0
    example: str = ""
    private_mib: float = 0.0
    replaced_ms: float = 0.0
    missing: int | None = None

    @property
    def pool(self) -> str:
        """The pool's name."""
        return f"{self.row.adapter.replace('_', '-')}-{self.method}-{self.profile}"

    @property
    def broken(self) -> bool:
        """Whether the trial itself has failed, such as its host: that is no row's promise."""
        return not self.answers.failures.keys().isdisjoint(BROKEN)

    @property
    def safe(self) -> bool:
        """Whether its answers must be right: all but those of a fork that was forced."""
        return self.method != FORKED or self.row.expected is Expected.WARM

    def compare(self, truth: list[Any]) -> None:
        """Counts the answers that are wrong, by the row's own measure."""
        results = self.answers.results
        check = self.row.check
        if check in {Check.SAME, Check.STORED}:
            bad = [(n, result, truth[n]) for n, result in results if result != truth[n]]
            self.wrong = len(bad)
            self.example = "f({}) = {!r}, not {!r}".format(*bad[0])[:300] if bad else ""
        elif check is Check.DISTINCT or not self.warm:
            counted = Counter(json.dumps(result) for _, result in results)
            self.wrong = len(results) - len(counted)
            self.example = f"{counted.most_common(1)[0]}" if self.wrong else ""

    def faults(self) -> list[str]:
        """Returns what is not as the row promises; empty: all of it holds."""
        found = [*self._start_faults(), *self._word_faults(), *self._count_faults()]
        if not self.safe and not self.broken:
            return found
        if self.answers.failures:
            failures = f"{dict(self.answers.failures)}: {self.answers.first_failure}"
            found.append(f"calls failed: {failures[:500]}")
        if self.wrong:
            found.append(f"{self.wrong} wrong answers: {self.example}")
        if self.missing:
            found.append(f"{self.missing} rows that were answered are not in the database")
        return found

    def _start_faults(self) -> list[str]:
        if self.refused:
            return [f"the pool did not start: {self.refused[:500]}"] if self.safe else []
        if self.method == SPAWNED and self.warm:
            return ["forked in spite of startMethod spawn"]
        if self.method == FORKED and self.seen and not self.warm:
            return ["not forked in spite of startMethod forkserver"]
        if self.method == AUTO and self.row.expected is Expected.WARM and not self.warm:
            return ["not forked, though it survives that"]
        if self.method == AUTO and self.row.expected is Expected.FRESH and self.warm:
            return ["forked, though it does not survive that"]
        return []

    def _count_faults(self) -> list[str]:
        """Every call that was to be made is answered somehow, unless callers have given up."""
        answers = self.answers
        if self.refused or self.broken or answers.given_up:
            return []
        if not answers.asked:
            return ["no call was made"]
        if answers.answered != answers.asked:
            return [f"{answers.answered} of {answers.asked} calls were answered"]
        return []

    def _word_faults(self) -> list[str]:
        """A fresh interpreter by default, and what is forked in spite of a reason, is told."""
        told = "\n".join(self.events)
        fell_back = self.method == AUTO and not self.warm and not self.refused
        forced = self.method == FORKED and self.row.expected is Expected.FRESH
        if (fell_back or forced) and not told:
            return ["no event tells why"]
        warned = self.row.told and (fell_back or self.warm)
        if warned and not re.search(self.row.told, told):
            return [f"no event tells of {self.row.told}: {told[:500]}"]
        return []
