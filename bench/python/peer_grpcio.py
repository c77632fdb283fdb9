"""A grpcio unary server in a process of its own, and asynchronous callers in this one."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent import futures
from queue import SimpleQueue

import grpc

BODY = b'{"text":"hello, snake pit!","n":123456,"ok":true}'


def serve(ready: multiprocessing.Queue[int]) -> None:
    """Echoes by JSON, on a port that it reports."""

    def echo(request: bytes, _: grpc.ServicerContext) -> bytes:
        return json.dumps(json.loads(request)).encode()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(echo)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ready.put(port)
    server.wait_for_termination()


def main(in_flight: int, seconds: float) -> None:
    """Warms up, measures, prints the figures as JSON."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=serve, args=(ready,), daemon=True)
    process.start()
    with grpc.insecure_channel(f"127.0.0.1:{ready.get()}") as channel:
        call = channel.unary_unary("/bench.Echo/Echo")
        load(call, in_flight, seconds)
        print(json.dumps(load(call, in_flight, seconds)))
    process.kill()
    process.join()


def load(call: grpc.UnaryUnaryMultiCallable, in_flight: int, seconds: float) -> dict[str, float]:
    """Keeps that many calls under way for so long."""
    answered: SimpleQueue[float] = SimpleQueue()

    def send() -> None:
        sent = time.perf_counter()
        call.future(BODY).add_done_callback(lambda _: answered.put(sent))

    start = time.perf_counter()
    for _ in range(in_flight):
        send()
    latencies = []
    while time.perf_counter() - start < seconds:
        latencies.append(time.perf_counter() - answered.get())
        send()
    elapsed = time.perf_counter() - start
    for _ in range(in_flight):
        answered.get()
    latencies.sort()
    return {
        "perSecond": len(latencies) / elapsed,
        "p50Micros": latencies[len(latencies) // 2] * 1e6,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
