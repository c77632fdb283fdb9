"""Pipes of workers, read without a worker and without a poll loop."""

from __future__ import annotations

import os
from typing import Any

import pytest

from snakepit._keeper.lines import RATE
from snakepit._keeper.output import MOST_LINGERING, Outputs


class Bench:
    """Outputs whose surroundings are lists."""

    def __init__(self) -> None:
        self.watched: list[int] = []
        self.events: list[dict[str, Any]] = []
        self.host_is_slow = False
        self.outputs = Outputs(
            self.watched.append, self.watched.remove, self.events.append, lambda: self.host_is_slow
        )

    def texts(self) -> list[str]:
        return [event["text"] for event in self.events]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_last_words_are_read_though_no_poll_has_told_of_them(bench: Bench) -> None:
    stdout, stderr = bench.outputs.open("w-1", 0.0)
    os.write(stdout, b"one\ntwo")
    os.write(stderr, b"three\n")
    os.close(stderr)
    bench.outputs.finish("w-1", 0.0)
    assert bench.events == [
        {"event": "line", "worker": "w-1", "stream": "stdout", "text": "one"},
        {"event": "line", "worker": "w-1", "stream": "stdout", "text": "two"},
        {"event": "line", "worker": "w-1", "stream": "stderr", "text": "three"},
    ]
    assert len(bench.watched) == 1, "standard output is still held by somebody"
    os.write(stdout, b"four")
    os.close(stdout)
    (held,) = bench.watched
    while held in bench.outputs:
        bench.outputs.read(held, 0.0)
    assert bench.texts()[-1] == "four"
    assert bench.watched == []


def test_a_fork_servers_lines_bear_no_workers_name(bench: Bench) -> None:
    stdout, stderr = bench.outputs.open("fork server 1", 0.0, worker="")
    os.write(stdout, b"hello\n")
    os.close(stdout)
    os.close(stderr)
    bench.outputs.finish("fork server 1", 0.0)
    assert bench.events == [{"event": "line", "worker": "", "stream": "stdout", "text": "hello"}]


def test_streams_of_one_worker_share_its_limit(bench: Bench) -> None:
    ends = bench.outputs.open("w-1", 0.0)
    block = (b"x" * 1023 + b"\n") * 64
    for turn in range(2 * RATE // len(block)):
        fd = bench.watched[turn % 2]
        os.write(ends[turn % 2], block)
        bench.outputs.read(fd, 0.0)
    for end in ends:
        os.close(end)
    bench.outputs.finish("w-1", 0.0)
    assert sum(len(text) + 1 for text in bench.texts() if text) == RATE
    assert sum(event.get("dropped", 0) for event in bench.events) == RATE


def test_a_slow_host_is_told_how_much_it_has_missed(bench: Bench) -> None:
    stdout, stderr = bench.outputs.open("w-1", 0.0)
    os.close(stderr)
    bench.host_is_slow = True
    os.write(stdout, b"one\ntwo\n")
    bench.outputs.read(bench.watched[0], 0.0)
    assert bench.events == []
    bench.host_is_slow = False
    os.write(stdout, b"three\n")
    os.close(stdout)
    bench.outputs.finish("w-1", 0.0)
    assert [(event["text"], event.get("dropped")) for event in bench.events] == [("three", 8)]


def test_pipes_that_others_hold_do_not_pile_up(bench: Bench) -> None:
    held: list[int] = []
    for number in range(MOST_LINGERING):
        held += bench.outputs.open(f"w-{number}", 0.0)
        bench.outputs.finish(f"w-{number}", 0.0)
    assert len(bench.watched) == MOST_LINGERING
    with pytest.raises(BrokenPipeError):
        os.write(held[0], b"nobody reads the oldest any more")
    for fd in bench.watched.copy():
        bench.outputs._close(bench.outputs._streams[fd])
    for fd in held:
        os.close(fd)
