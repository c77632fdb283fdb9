"""Lifelines of a real worker that need its own threads: each alone, and none.

Keeper, fork server and worker are the real ones; the pool's socket is served by the test.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from keeper.onepool import Pool
from keeper.running_keeper import kill_exactly

SILENCE_MS = 1000
SHORT = 0.3
"""Seconds, well below the silence."""
TRIES = 5


class Pulse(threading.Thread):
    """Watches whether this process gets on: `longest` are the most seconds in which it did not."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        over = False
        now = time.monotonic()
        while not over:
            before, over, now = now, self._over.wait(SHORT / 10), time.monotonic()
            self.longest = max(self.longest, now - before)

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def unless_held_up(scenario: Callable[[], None]) -> None:
    """Runs what has to give signs of life in time, and anew if this process was held up meanwhile.

    A worker that hears nothing then is right to end.
    """
    for _ in range(TRIES):
        pulse = Pulse()
        try:
            with pulse:
                scenario()
                return
        except (AssertionError, OSError):
            if pulse.longest < SHORT:
                raise
    pytest.fail(f"held up again and again, at last for {pulse.longest} s")


def replace_parent(pool: Pool, method: str) -> None:
    """Ends the worker's parent, while the keeper can't do its part."""
    if method == "spawn":
        pool.keeper.kill()
        return
    os.kill(pool.keeper.pid, signal.SIGSTOP)
    kill_exactly(pool.keeper.fork_server())


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
class TestEachAlone:
    def test_connection(self, new_pool: Callable[..., Pool], busy: bool) -> None:
        """Red where Control is not told to act on the connection's end."""
        pool = new_pool("connection")
        if busy:
            pool.be_busy()
        pool.worker.close()
        assert pool.keeper.event("exited")["signal"] == signal.SIGKILL

    def test_parent(self, new_pool: Callable[..., Pool], method: str, busy: bool) -> None:
        """Red without the pid in a worker's orders (`parent` in Configuration.boot)."""
        pool = new_pool("parent")
        if busy:
            pool.be_busy()
        pool.keeper.family()
        replace_parent(pool, method)
        pool.awaits_its_end()
        pool.keeper.kill()

    def test_silence(self, new_pool: Callable[..., Pool], busy: bool) -> None:
        """Red where HostWatch.is_silent always answers no."""
        pool = new_pool("silence", silenceMs=SILENCE_MS)
        if busy:
            pool.be_busy()
        assert pool.keeper.event("exited")["signal"] == signal.SIGKILL


def test_none_of_them_ends_a_worker_whose_lifelines_are_cut(
    new_pool: Callable[..., Pool], method: str
) -> None:
    """Workers without lifelines stay, so the tests before prove something."""
    pool = new_pool("", silenceMs=SILENCE_MS // 4)
    pool.worker.close()
    replace_parent(pool, method)
    assert pool.lives_for(3 * SILENCE_MS / 1000)
    pool.keeper.kill()


def test_a_silence_that_is_not_limited_ends_nobody(new_pool: Callable[..., Pool]) -> None:
    assert new_pool("silence").lives_for(1.5 * SILENCE_MS / 1000)


def test_calls_alone_keep_a_worker_alive(new_pool: Callable[..., Pool]) -> None:
    """Red where the work connection's `reads` are not among the signs of life."""

    def scenario() -> None:
        pool = new_pool("silence", silenceMs=SILENCE_MS)
        for _ in range(8):
            assert pool.worker.call("ok") is True
            assert pool.lives_for(SHORT)

    unless_held_up(scenario)


def test_pings_alone_keep_a_busy_worker_alive(new_pool: Callable[..., Pool]) -> None:
    """Red where the control connection's `reads` are not among the signs of life."""

    def scenario() -> None:
        pool = new_pool("silence", silenceMs=SILENCE_MS)
        pool.be_busy()
        for sequence in range(8):
            assert pool.worker.ping(sequence) == sequence
            assert pool.lives_for(SHORT)

    unless_held_up(scenario)


@pytest.mark.parametrize("sign", ["ping", "call", ""])
def test_a_worker_that_was_stopped_hears_what_has_come_meanwhile(
    new_pool: Callable[..., Pool], sign: str
) -> None:
    def scenario() -> None:
        pool = new_pool("silence", silenceMs=SILENCE_MS)
        assert pool.lives_for(SHORT), "long enough for a first look"
        pool.stop()
        if sign == "ping":
            pool.send_ping()
        elif sign == "call":
            pool.worker.send_call("ok")
        assert pool.lives_for(2 * SILENCE_MS / 1000)
        os.kill(pool.key[0], signal.SIGCONT)
        if sign:
            assert pool.lives_for(2 * SHORT)
        assert pool.keeper.event("exited")["signal"] == signal.SIGKILL

    unless_held_up(scenario)


def test_a_worker_that_was_stopped_looks_twice(new_pool: Callable[..., Pool]) -> None:
    """Red where HostWatch.is_silent believes its first look: the host, too, may wake up later."""

    def scenario() -> None:
        pool = new_pool("silence", silenceMs=4 * SILENCE_MS)  # from look to look it takes a second
        assert pool.lives_for(1.5 * SILENCE_MS / 1000), "long enough for a first look"
        pool.stop()
        assert pool.lives_for(5 * SILENCE_MS / 1000)
        os.kill(pool.key[0], signal.SIGCONT)
        assert pool.lives_for(SHORT), "has looked once since, by now"
        pool.send_ping()
        assert pool.lives_for(2 * SILENCE_MS / 1000), "has looked again, by now"

    unless_held_up(scenario)
