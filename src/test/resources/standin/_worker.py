"""A stand-in for the worker: runs the adapter's ``run(worker)`` and ends. Dials nobody."""

import sys

from snakepit import _adapter, _boot, _lifeline


def serve(boot, loaded):
    return loaded.run(boot.worker) or 0


def main():
    line = b""
    while not line.endswith(b"\n"):
        line += sys.stdin.buffer.raw.read(1)
    boot = _boot.Boot.from_json(line)
    _lifeline.adopt_parent_pipe(0)
    return serve(boot, _adapter.load(boot.adapter))
