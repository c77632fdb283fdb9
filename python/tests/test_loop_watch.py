"""Tests of the watch over an event loop, by a clock that the test moves."""

from __future__ import annotations

import math

import pytest

from snakepit._worker.loop_watch import LoopWatch

PATIENCE = 1.0


class Watcher:
    """Looks at a loop as often as the watch wants it."""

    def __init__(self) -> None:
        self.watch = LoopWatch(PATIENCE)
        self.now = 1000.0
        self.computed = 70.0
        self.told: list[float] = []
        self.asked = 0

    def passes(self, seconds: float, *, busy: bool = True, comes_round: bool = False) -> None:
        end = self.now + seconds
        while self.now < end:
            self.look(busy=busy, comes_round=comes_round)
            self.now = min(end, self.now + min(1.0, self.watch.next_look()))

    def look(self, *, busy: bool = True, comes_round: bool = False) -> None:
        if self.watch.look(self.now, self.computed, busy=busy):
            self.asked += 1
        if comes_round:
            self.watch.came_round()
        standing = self.watch.standing_seconds()
        if standing:
            self.told.append(standing)
            self.watch.note_told()

    def cannot_look(self, seconds: float, *, computed: float) -> None:
        """Comes late, and looks; the loop's thread has computed for so long meanwhile."""
        self.now += seconds
        self.computed += computed
        self.look()


def test_a_loop_that_stands_still_is_told_of_soon_and_once() -> None:
    watcher = Watcher()
    watcher.passes(PATIENCE)
    assert watcher.told == []
    watcher.passes(0.5)
    assert len(watcher.told) == 1
    assert PATIENCE <= watcher.told[0] <= 1.5 * PATIENCE
    watcher.passes(60)
    assert len(watcher.told) == 1
    assert watcher.asked == 1


def test_each_time_that_it_stands_still_is_told_of() -> None:
    watcher = Watcher()
    for times in range(1, 4):
        watcher.passes(2 * PATIENCE)
        watcher.watch.came_round()
        assert len(watcher.told) == times


def test_a_loop_that_comes_round_is_asked_again_and_again() -> None:
    watcher = Watcher()
    watcher.passes(60, comes_round=True)
    assert watcher.told == []
    assert watcher.asked >= 60


def test_a_loop_without_anything_to_do_is_let_be() -> None:
    watcher = Watcher()
    watcher.passes(60, busy=False)
    assert watcher.asked == 0
    assert watcher.watch.next_look() == math.inf


def test_a_watcher_that_comes_late_accuses_nobody() -> None:
    """Fails if a process that was stopped, or whose lock was held, tells of its loop at once."""
    watcher = Watcher()
    watcher.look()
    watcher.cannot_look(22.0, computed=0.0)
    assert watcher.told == []
    watcher.passes(1.5 * PATIENCE)
    assert len(watcher.told) == 1


def test_nor_does_one_that_was_stopped_again_and_again() -> None:
    watcher = Watcher()
    watcher.look()
    for _ in range(60):
        watcher.cannot_look(1.0, computed=0.01)
    assert watcher.told == []


@pytest.mark.parametrize("chunk", [0.3, 0.6, 0.9])
def test_what_holds_the_gil_and_lets_go_of_it_is_told_of_soon_and_once(chunk: float) -> None:
    """Fails if only that time counts in which the watcher could look."""
    watcher = Watcher()
    watcher.look()
    while not watcher.told:
        watcher.cannot_look(chunk, computed=chunk)
        assert watcher.now < 1000.0 + 2 * PATIENCE + chunk
    for _ in range(60):
        watcher.cannot_look(chunk, computed=chunk)
    assert len(watcher.told) == 1
    assert PATIENCE <= watcher.told[0] <= PATIENCE + chunk


def test_of_what_holds_the_gil_each_time_that_the_loop_comes_round_nobody_is_told() -> None:
    watcher = Watcher()
    watcher.look()
    for _ in range(60):
        watcher.watch.came_round()
        watcher.cannot_look(0.8, computed=0.8)
    assert watcher.told == []


@pytest.mark.parametrize("before", ["asked", "came round", "idle"])
def test_what_has_held_the_gil_once_for_long_is_told_of_when_it_lets_go(before: str) -> None:
    """Red where only loops count that were asked: most have just come round, or are idle."""
    watcher = Watcher()
    watcher.look(busy=before != "idle", comes_round=before == "came round")
    watcher.cannot_look(22.0, computed=21.0)
    assert len(watcher.told) == 1
    assert 20.0 <= watcher.told[0] <= 21.0


def test_a_loop_that_came_round_amid_a_look_is_asked_anew() -> None:
    """Fails if its word is lost: nobody would ever ask it again."""
    watcher = Watcher()
    watcher.look()
    watcher.watch.came_round()
    watcher.cannot_look(22.0, computed=0.0)
    assert watcher.asked == 2
    watcher.watch.came_round()
    watcher.passes(60, comes_round=True)
    assert watcher.told == []


@pytest.mark.parametrize("patience", [0.0, 0.001, 0.1, 3600.0])
def test_however_long_its_patience_it_looks_neither_all_the_time_nor_too_seldom(
    patience: float,
) -> None:
    watch = LoopWatch(patience)
    watch.look(0.0, 0.0, busy=True)
    assert 0.02 <= watch.next_look() <= 0.5
