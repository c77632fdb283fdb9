"""Steps for an event loop's thread, handed over by others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import uvloop

from snakepit._system.pristine import os
from snakepit._worker.loop_steps import LoopSteps


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop])
def loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    make: Callable[[], asyncio.AbstractEventLoop] = request.param
    made = make()
    yield made
    made.close()


def test_steps_of_another_thread_run_in_their_order(loop: asyncio.AbstractEventLoop) -> None:
    steps = LoopSteps(loop)
    ran: list[int] = []

    def hand_over() -> None:
        for n in range(100):
            steps.add(partial(ran.append, n))
        steps.add(loop.stop)

    other = threading.Thread(target=hand_over)
    other.start()
    loop.run_forever()
    other.join()
    steps.close()
    steps.add(lambda: ran.append(-1))
    assert ran == list(range(100))


def test_a_wakeup_that_another_took_is_made_up_for_by_the_next(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Red with `call_soon_threadsafe` of uvloop: it wakes its loop once until that has heard."""
    steps = LoopSteps(loop)
    ran: list[str] = []
    steps.add(lambda: ran.append("taken"))
    assert os.read(steps._reads, 10) == b"\0", "as a forked child does"
    steps.add(lambda: ran.append("next"))
    steps.add(loop.stop)
    loop.run_forever()
    steps.close()
    assert ran == ["taken", "next"]
