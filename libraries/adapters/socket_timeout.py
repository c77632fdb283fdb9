"""Sets a timeout for all sockets on import."""

import os
import socket

from snakepit import tool

__snakepit_thread_safe__ = True

socket.setdefaulttimeout(float(os.environ.get("MATRIX_TIMEOUT_S", "10")))


@tool
def answer(n: int) -> int:
    """Answers."""
    return n + 1


@tool
async def answer_on_loop(n: int) -> int:
    """Does the same on the event loop's thread."""
    return n + 1
