"""Line splitting and rate limiting, without a process and with the clock as an argument."""

from __future__ import annotations

import random

from snakepit._keeper.lines import (
    CUT_MARK,
    LINE_COST,
    LINE_LIMIT,
    RATE,
    Line,
    LineSplitter,
    RateLimit,
)


def splitter(rate: float = RATE) -> LineSplitter:
    return LineSplitter(RateLimit(0.0, rate))


def test_a_second_fills_the_bucket_and_more_does_not_overfill_it() -> None:
    limit = RateLimit(0.0, rate=100)
    assert limit.take(100, 0.0)
    assert not limit.take(1, 0.0)
    assert not limit.take(51, 0.5)
    assert limit.take(50, 0.5)
    assert limit.take(100, 60.0)
    assert not limit.take(1, 60.0)


def test_lines_are_put_together_from_pieces() -> None:
    split = splitter()
    assert split.feed(b"one\ntw", 0.0) == [Line("one", 0)]
    assert split.feed(b"", 0.0) == []
    assert split.feed(b"o\n\nthree", 0.0) == [Line("two", 0), Line("", 0)]
    assert split.flush() == [Line("three", 0)]
    assert split.flush() == []


def test_a_character_may_come_in_pieces_too() -> None:
    split = splitter()
    assert split.feed("é".encode()[:1], 0.0) == []
    assert split.feed("é".encode()[1:] + b"\n", 0.0) == [Line("é", 0)]


def test_a_line_of_just_the_limit_is_whole() -> None:
    text = "a" * LINE_LIMIT
    assert splitter().feed(text.encode() + b"\n", 0.0) == [Line(text, 0)]


def test_a_longer_line_is_cut_and_its_rest_counted_on_the_next() -> None:
    split = splitter()
    cut, after = split.feed(b"a" * (LINE_LIMIT + 1) + b"\nb\n", 0.0)
    assert len(cut.text) == LINE_LIMIT
    assert cut.text.endswith(CUT_MARK.decode())
    assert after == Line("b", 1 + len(CUT_MARK))


def test_an_endless_line_takes_no_more_memory_than_one() -> None:
    split = splitter()
    for _ in range(100):
        assert split.feed(b"a" * 65536, 0.0) == []
    assert len(split._partial) == LINE_LIMIT
    line, rest = split.flush()
    assert len(line.text) == LINE_LIMIT
    assert rest == Line("", 100 * 65536 - LINE_LIMIT + len(CUT_MARK))


def test_surplus_is_dropped_and_counted_on_the_next_line() -> None:
    split = splitter(rate=2 * LINE_COST)
    assert split.feed(b"1\n2\n3\n4\nfi", 0.0) == [Line("1", 0), Line("2", 0)]
    assert split.feed(b"ve\n", 1.0) == [Line("five", 4)]


def test_what_is_dropped_at_the_end_is_told_as_well() -> None:
    split = splitter(rate=LINE_COST)
    assert split.feed(b"1\n2\n", 0.0) == [Line("1", 0)]
    assert split.flush() == [Line("", 2)]


def test_nobody_to_read_means_dropped_in_whole_lines() -> None:
    split = splitter()
    assert split.feed(b"beg", 0.0) == []
    split.drop(b"un\nsecond\nthi")
    assert split.feed(b"rd\n", 0.0) == [Line("third", len(b"begun\nsecond\n"))]


def test_a_carriage_return_ends_a_line() -> None:
    split = splitter()
    assert split.feed(b"\r10%\r20%\r", 0.0) == [Line("10%", 0), Line("20%", 0)]
    assert split.feed(b"\n30%\r\r\n\r", 0.0) == [Line("30%", 0)]
    assert split.feed(b"\n4", 0.0) == [Line("", 0)]
    assert split.feed(b"\r\r", 0.0) == [Line("4", 0)]
    assert split.feed(b"\r", 0.0) == []
    assert split.feed(b"\n\n", 0.0) == [Line("", 0)]


def test_lines_are_the_same_in_whatever_pieces_they_come() -> None:
    chance = random.Random(3)
    for _ in range(300):
        data = bytes(chance.choices(b"ab\r\n", k=40))
        whole = splitter()
        pieces = splitter()
        expected = whole.feed(data, 0.0) + whole.flush()
        lines: list[Line] = []
        for byte in data:
            lines += pieces.feed(bytes([byte]), 0.0)
        assert lines + pieces.flush() == expected, data


def test_every_byte_is_sent_or_counted() -> None:
    chance = random.Random(7)
    split = splitter(rate=5000)
    sent = accounted = 0
    lines: list[Line] = []
    for step in range(2000):
        data = bytes(chance.choices(b"ab\n", k=chance.randrange(400)))
        sent += len(data)
        if chance.random() < 0.1:
            split.drop(data)
        else:
            lines += split.feed(data, step * 0.01)
    lines += split.feed(b"\n", 1e9)
    lines += split.flush()
    accounted = sum(line.dropped + len(line.text) + 1 for line in lines)
    if lines[-1].text == "" and lines[-1].dropped:
        accounted -= 1  # the closing report is no line of its own
    assert accounted == sent + 1
