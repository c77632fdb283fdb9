"""Measures a call in the worker's loop against the least that a Python process can do.

The floor is a bare loop: recv, a 12-byte header, json.loads, json.dumps, send. Both loops answer a
50-byte JSON echo over a socketpair from a forked child, one call in flight; the rounds of either
alternate, and each reports its best. Run: python tests/bench_loop.py [calls]
"""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from snakepit._tools.cancel_scope import of_this_thread
from snakepit._tools.context import WorkerInfo
from snakepit._tools.loading import load
from snakepit._tools.runner import Runner
from snakepit._worker.host import SocketHost
from snakepit._worker.link import Link
from snakepit._worker.process_loop import ProcessLoop
from snakepit.v1 import worker_pb2 as pb

BODY = b'{"text":"hello, world","n":12345,"list":[1,2,3.5]}'
HEADER = struct.Struct(">IQ")
ROUNDS = 7


def bare_loop(connection: socket.socket) -> None:
    """Runs the floor, a bare loop."""
    while data := connection.recv(65536):
        size, number = HEADER.unpack_from(data)
        arguments = json.loads(data[12 : 12 + size])
        result = json.dumps(arguments).encode()
        connection.sendall(HEADER.pack(len(result), number) + result)


def real_loop(connection: socket.socket) -> None:
    """A worker's own loop, with the showcase adapter."""
    loaded = load("snakepit.adapters.showcase")
    adapter, tools = loaded.open()
    worker = WorkerInfo("bench-1", "bench")
    adapter.start(worker)
    link = Link(connection)
    scope = of_this_thread()
    runner = Runner(adapter, tools, max_body_bytes=1 << 26, scope=scope)
    ProcessLoop(link, runner, worker, SocketHost(link, scope), scope).run()


def bare_request() -> bytes:
    return HEADER.pack(len(BODY), 7) + BODY


def real_request() -> bytes:
    call = pb.Call(id=7, tool="echo", call="3f2c9a64-7d1b-4e0a", timeout_ms=30000.0)
    header = pb.HostMessage(call=call).SerializeToString()
    return struct.pack(">II", len(header), len(BODY)) + header + BODY


def measure(
    loop: Callable[[socket.socket], None], request: bytes, calls: int
) -> tuple[float, float]:
    """Microseconds per call: from send to answer, and of CPU time in the child."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        loop(theirs)
        os._exit(0)
    theirs.close()
    for _ in range(1000):
        ours.sendall(request)
        ours.recv(65536)
    begin = time.perf_counter()
    for _ in range(calls):
        ours.sendall(request)
        ours.recv(65536)
    wall = time.perf_counter() - begin
    ours.close()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.waitpid(pid, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall / calls * 1e6, cpu / (calls + 1000) * 1e6


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    runs: dict[str, list[tuple[float, float]]] = {"bare": [], "real": []}
    for _ in range(ROUNDS):
        runs["bare"].append(measure(bare_loop, bare_request(), calls))
        runs["real"].append(measure(real_loop, real_request(), calls))
    print(f"{'loop':8}{'round trip us':>15}{'worker CPU us':>15}   best of {ROUNDS}, {calls} calls")
    best = {
        name: (min(wall for wall, _ in results), min(cpu for _, cpu in results))
        for name, results in runs.items()
    }
    for name, (wall, cpu) in best.items():
        print(f"{name:8}{wall:15.2f}{cpu:15.2f}")
    more = [real - bare for bare, real in zip(best["bare"], best["real"], strict=True)]
    print(f"{'more':8}{more[0]:15.2f}{more[1]:15.2f}")


if __name__ == "__main__":
    main()
