"""Connects to a server of lines on import."""

import os
import socket

from snakepit import tool

HOST, _, PORT = os.environ["MATRIX_LINES"].rpartition(":")
CONNECTION = socket.create_connection((HOST, int(PORT)))
CONNECTION.settimeout(10)


def ask(text: str) -> str:
    """Sends a line and reads one."""
    CONNECTION.sendall(f"{text}\n".encode())
    received = b""
    while not received.endswith(b"\n"):
        piece = CONNECTION.recv(1000)
        if not piece:
            raise ConnectionError("the server has closed")
        received += piece
    return received.decode().strip()


FIRST = ask("0")


@tool
def answer(n: int) -> list[str]:
    """Asks on the one connection."""
    return [FIRST, ask(str(n))]
