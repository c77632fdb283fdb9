"""Stands in for the worker: its token says what it does, and no host is dialled."""

import os
from typing import Any

from snakepit._system import lifeline
from snakepit._tools import loading
from snakepit._worker.boot import Boot


def serve(boot: Boot, loaded: Any) -> int:
    status = getattr(loaded, boot.token)(boot)
    return int(status or 0)


def preload(profile: str) -> None:
    """Imports nothing: no loop runs here."""


def main() -> int:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    lifeline.adopt_parent_pipe()
    boot = Boot.from_json(line.decode())
    return serve(boot, loading.load(boot.adapter))
