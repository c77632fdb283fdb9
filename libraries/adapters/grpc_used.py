"""Opens a channel on import, which starts threads."""

import os

import grpc
from snakepit import tool

__snakepit_thread_safe__ = True

CHANNEL = grpc.insecure_channel(os.environ["MATRIX_GRPC"])
ECHO = CHANNEL.unary_unary("/matrix.Echo/Echo")
FIRST = ECHO(b"0", timeout=10)


@tool
def answer(n: int) -> str:
    """Calls the server."""
    return str((ECHO(str(n).encode(), timeout=10) + FIRST).decode())
