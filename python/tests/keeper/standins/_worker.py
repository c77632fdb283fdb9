"""Stands in for snakepit._worker: the token says what the worker does, and no host is dialled."""

import os
from typing import Any

from snakepit import _adapter, _boot, _lifeline


def serve(boot: _boot.Boot, loaded: Any) -> int:
    status = getattr(loaded, boot.token)(boot)
    return int(status or 0)


def main() -> int:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    _lifeline.adopt_parent_pipe()
    boot = _boot.Boot.from_json(line.decode())
    return serve(boot, _adapter.load(boot.adapter))
