"""The standard streams of a process whose user code may have replaced or closed them."""

from __future__ import annotations

import sys

from snakepit._system.pristine import os

_STDERR = 2


def flush() -> None:
    """Flushes what has been printed, as far as that can be done."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001, S112, PERF203 - foreign: closed, None, or of any class
            continue


def complain(text: str) -> None:
    """Writes a line of our own to standard error, behind what has been printed."""
    flush()
    try:
        os.write(_STDERR, f"{text}\n".encode("utf-8", "backslashreplace"))
    except OSError:  # a user may have closed even the descriptor
        return
