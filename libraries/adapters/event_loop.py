"""Makes an event loop on import and runs something on it."""

import asyncio

from snakepit import tool

LOOP = asyncio.new_event_loop()


async def work(n: int) -> int:
    """Waits a moment, and for a callback of another thread."""
    done: asyncio.Future[int] = LOOP.create_future()
    await asyncio.sleep(0.001)
    await asyncio.to_thread(lambda: LOOP.call_soon_threadsafe(done.set_result, 2 * n))
    return await done


FIRST = LOOP.run_until_complete(asyncio.sleep(0.001, 5))


@tool
def answer(n: int) -> int:
    """Runs on the loop of the import."""
    return LOOP.run_until_complete(work(n)) + FIRST
