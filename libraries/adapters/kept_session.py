"""Asks a server by a session of requests on import, which keeps the connection."""

import os

import requests
from snakepit import tool

SERVER = os.environ["MATRIX_HTTP"]
SESSION = requests.Session()
FIRST = SESSION.get(f"{SERVER}/0", timeout=10).text


@tool
def answer(n: int) -> list[str]:
    """Asks again, on the kept connection if there is one."""
    return [FIRST, SESSION.get(f"{SERVER}/{n}", timeout=10).text]
