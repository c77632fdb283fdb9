"""A stand-in for the worker: runs the adapter's ``run(worker)`` and ends. Dials nobody."""

import sys

from snakepit._system import lifeline
from snakepit._tools import loading
from snakepit._worker.boot import Boot


def serve(boot, loaded):
    return loaded.run(boot.worker) or 0


def preload(profile):
    """Imports nothing: no loop runs here."""


def main():
    line = b""
    while not line.endswith(b"\n"):
        line += sys.stdin.buffer.raw.read(1)
    boot = Boot.from_json(line)
    lifeline.adopt_parent_pipe(0)
    return serve(boot, loading.load(boot.adapter))
