"""The account of what may be under way."""

from __future__ import annotations

import random

from snakepit._worker.credit import Credit


def is_open(credit: Credit) -> bool:
    return credit.is_open


def test_a_chunk_takes_one_of_the_chunks_and_its_length_of_the_bytes() -> None:
    """Fails if either is not counted, or not given back by a grant."""
    credit = Credit(2, 10)
    credit.take(4)
    assert (credit.chunks, credit.bytes) == (1, 6)
    credit.grant(1, 4)
    assert (credit.chunks, credit.bytes) == (2, 10)


def test_without_credit_for_chunks_or_bytes_nothing_is_made() -> None:
    """Fails if only one of the two is looked at."""
    credit = Credit(2, 10)
    assert is_open(credit)
    credit.take(10)
    assert not is_open(credit)
    credit.grant(0, 1)
    assert is_open(credit)
    credit.take(0)
    assert not is_open(credit)
    assert not credit.fits(1)


def test_one_that_is_longer_than_the_window_goes_when_all_is_granted_again() -> None:
    """Fails if it goes before, or never, or if what it takes is forgotten."""
    credit = Credit(2, 10)
    credit.take(1)
    assert not credit.fits(11)
    credit.grant(1, 1)
    assert credit.fits(11)
    credit.take(11)
    assert credit.bytes == -1
    credit.grant(1, 1)
    assert not is_open(credit)
    credit.grant(0, 10)
    assert is_open(credit)


def test_a_window_without_bytes_lets_one_chunk_after_the_other_go() -> None:
    """Fails if such a stream waits for ever for what can't come."""
    credit = Credit(5, 0)
    assert is_open(credit)
    assert credit.fits(3)
    credit.take(3)
    assert not is_open(credit)
    credit.grant(0, 3)
    assert is_open(credit)


def test_whatever_happens_no_more_is_under_way_than_the_window() -> None:
    """Fails if more chunks or bytes ever are, but for one that is alone. A seeded walk."""
    for seed in range(200):
        chance = random.Random(seed)
        window = chance.randint(1, 5), chance.randint(1, 50)
        credit = Credit(*window)
        under_way: list[int] = []
        for _ in range(200):
            size = chance.choice([0, 1, 7, 30, 80])
            if credit.is_open and credit.fits(size):
                credit.take(size)
                under_way.append(size)
                assert len(under_way) <= window[0], seed
                assert sum(under_way) <= window[1] or sum(under_way) == size, seed
            elif under_way:
                credit.grant(1, under_way.pop(0))
            else:
                raise AssertionError(f"stuck with seed {seed}")
