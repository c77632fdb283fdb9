"""A peer: the same echo on two Ray actors, called from a Python driver.

Arguments: calls in flight, seconds to warm up, seconds to measure. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import cycle
from statistics import quantiles
from typing import Any

os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_DEDUP_LOGS="0")

import ray

BODY = '{"text":"hello, world","n":12345,"list":[1,2,3.5]}'
ACTORS = 2


@ray.remote(num_cpus=0)
class Echo:
    """An actor that reads the arguments and writes them again."""

    def echo(self, body: str) -> str:
        """Answers what it got."""
        return json.dumps(json.loads(body))


def load(actors: list[Any], in_flight: int, seconds: float) -> list[float]:
    """Keeps that many calls in flight; answers their latencies in seconds."""
    turns = cycle(actors)
    sent: dict[Any, float] = {}
    latencies: list[float] = []
    begin = now = time.perf_counter()
    while sent or now - begin < seconds:
        while len(sent) < in_flight and now - begin < seconds:
            sent[next(turns).echo.remote(BODY)] = time.perf_counter()
        ready, _ = ray.wait(list(sent), num_returns=1)
        ray.get(ready)
        now = time.perf_counter()
        latencies.extend(now - sent.pop(reference) for reference in ready)
    return latencies


def main(in_flight: int, warm_up: float, seconds: float) -> None:
    """Measures in a Ray of its own, on the loopback interface."""
    ray.init(
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _node_ip_address="127.0.0.1",
    )
    try:
        actors = [Echo.remote() for _ in range(ACTORS)]
        load(actors, in_flight, warm_up)
        begin = time.perf_counter()
        latencies = load(actors, in_flight, seconds)
        nanos = int((time.perf_counter() - begin) * 1e9)
        percentiles = quantiles(latencies, n=100)
        result = {
            "calls": len(latencies),
            "nanos": nanos,
            "p50Micros": percentiles[49] * 1e6,
            "p99Micros": percentiles[98] * 1e6,
        }
        print(json.dumps(result), flush=True)
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
