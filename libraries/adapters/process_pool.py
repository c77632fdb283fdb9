"""Makes an executor of processes on import; tools hand their work to it."""

from concurrent.futures import ProcessPoolExecutor

from snakepit import tool

__snakepit_thread_safe__ = True

EXECUTOR = ProcessPoolExecutor(2)


def square(n: int) -> int:
    """Computes in another process."""
    return n * n


@tool
def answer(n: int) -> int:
    """Waits for the other process."""
    return EXECUTOR.submit(square, n).result()
