"""Lines of workers come through a real keeper whole, within limits, and never in the way."""

from __future__ import annotations

import json
import time

from keeper.running_keeper import RunningKeeper, eventually

from snakepit._keeper.lines import LINE_LIMIT, RATE, LineSplitter, RateLimit
from snakepit._system import process_table


def test_long_foreign_and_unfinished_lines_arrive(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("w-1", "odd_lines", ready="z")
    keeper.event("exited", worker="w-1")
    long, foreign, empty, unfinished = keeper.lines("w-1")
    assert len(long) == LINE_LIMIT
    assert long.endswith("z [cut]")
    assert (foreign, empty, unfinished) == ("\ufffd\ufffd caf\u00e9", "", "end without end")
    dropped = sum(e.get("dropped", 0) for e in keeper.events)
    assert dropped == 40_000 - len(long) + len(" [cut]")


def test_a_flood_is_limited_and_what_is_dropped_is_counted(
    keeper: RunningKeeper, method: str
) -> None:
    keeper.configure(method)
    begin = time.monotonic()
    keeper.start("w-1", "flood", ready="")
    keeper.event("exited")
    seconds = time.monotonic() - begin
    lines = [e for e in keeper.events if e["event"] == "line"]
    sent = sum(len(line["text"]) + 1 for line in lines if line["text"])
    assert sent <= RATE * (1 + seconds)
    assert sent + sum(line.get("dropped", 0) for line in lines) == 8_000_000


def test_a_flood_keeps_nobody_waiting(keeper: RunningKeeper, method: str) -> None:
    keeper.configure(method)
    keeper.start("flood", "flood_forever", ready="y")
    keeper.start("w-1")
    keeper.send("kill", worker="w-1", signal=15)
    keeper.event("exited", worker="w-1")
    keeper.send("kill", worker="flood", signal=15)
    keeper.event("exited", worker="flood")


def test_last_lines_do_not_wait_for_something_that_holds_the_pipe(
    keeper: RunningKeeper, method: str
) -> None:
    keeper.configure(method)
    keeper.start("w-1", "talk_from_beyond", ready="")
    assert keeper.event("exited")["status"] == 0
    keeper.line("w-1", "0")  # still read, and still under the worker's name


def test_a_host_that_does_not_read_loses_lines_and_nothing_else(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver")
    keeper.event("imported")
    before = keeper.memory()
    server, _ = keeper.fork_server()
    for number in range(8):
        keeper.send("start", worker=f"flood-{number}", token="flood_and_stay")
    for number in range(200):
        keeper.send("start", worker=f"w-{number}", token="leave")
    keeper.send("start", worker="last", token="child_in_group")

    # The host reads nothing. The keeper is done when the last worker is there, which alone has a
    # child, and beside it none but eight: before, that many may be there by chance.
    def is_done() -> bool:
        table = process_table.snapshot()
        workers = {process.pid for process in table.values() if process.ppid == server}
        has_last = any(process.ppid in workers for process in table.values())
        return has_last and len(workers) == 9

    eventually(is_done, lambda: "the keeper is not done with its orders")
    assert keeper.memory() - before < 6 << 20, "eight workers may print 8 MiB at once"
    for number in range(200):
        assert keeper.event("exited", worker=f"w-{number}")["status"] == 3
    for number in range(8):
        keeper.event("started", worker=f"flood-{number}")
    keeper.event("started", worker="last")


def test_no_frame_is_larger_than_the_protocol_says() -> None:
    line = LineSplitter(RateLimit(0)).feed(b"\0" * 99_999 + b"\n", 0)
    assert len(json.dumps(line[0].text)) < 256 << 10
