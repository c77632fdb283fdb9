"""Two Ray actors that echo, called from this process."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import ray

VALUE = {"text": "hello, snake pit!", "n": 123456, "ok": True}


@ray.remote
class Echo:
    """Answers what it got."""

    def echo(self, value: dict[str, Any]) -> dict[str, Any]:
        """Answers what it got."""
        return value


def main(in_flight: int, seconds: float) -> None:
    """Warms up, measures, prints the figures as JSON."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    actors = [Echo.remote() for _ in range(2)]
    load(actors, in_flight, seconds)
    print(json.dumps(load(actors, in_flight, seconds)))
    ray.shutdown()


def load(actors: list[Any], in_flight: int, seconds: float) -> dict[str, float]:
    """Keeps that many calls under way for so long."""
    sent: dict[Any, float] = {}
    latencies = []
    count = 0

    def send() -> None:
        nonlocal count
        began = time.perf_counter()
        sent[actors[count % len(actors)].echo.remote(VALUE)] = began
        count += 1

    start = time.perf_counter()
    for _ in range(in_flight):
        send()
    while time.perf_counter() - start < seconds:
        done, _ = ray.wait(list(sent), num_returns=1)
        ray.get(done[0])
        latencies.append(time.perf_counter() - sent.pop(done[0]))
        send()
    elapsed = time.perf_counter() - start
    ray.get(list(sent))
    latencies.sort()
    return {
        "perSecond": len(latencies) / elapsed,
        "p50Micros": latencies[len(latencies) // 2] * 1e6,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
