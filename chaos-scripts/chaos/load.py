"""Clients that call again and again, and what came of it."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from chaos.host import CallFailed, Host, call_body

REFUSED_PAUSE_S = 0.01

REFUSED = "connection refused"
BROKEN = "connection broken"


class Load:
    """Keeps so many calls of one tool in flight from ``with`` until its end.

    Each client is a thread with a new connection for each call.
    """

    def __init__(self, host: Host, clients: int, tool: str, **args: object) -> None:
        self._host = host
        self._tool = tool
        self._args = args
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._outcomes: list[tuple[float, float, str]] = []
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Load:  # noqa: PYI034 - Self came with Python 3.11
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def outcomes(self, begun_before: float = float("inf")) -> Counter[str]:
        """Counts the outcomes of calls begun before then: ``OK``, an error's code, ..."""
        with self._lock:
            return Counter(outcome for begun, _, outcome in self._outcomes if begun < begun_before)

    def begins(self, *outcomes: str) -> list[float]:
        """Returns when calls with these outcomes were begun, by ``time.monotonic()``, in order."""
        with self._lock:
            return sorted(begun for begun, _, outcome in self._outcomes if outcome in outcomes)

    def arrivals(self, *outcomes: str) -> list[float]:
        """Returns when at the latest the kernel took calls with these outcomes in, in order."""
        with self._lock:
            return sorted(came for _, came, outcome in self._outcomes if outcome in outcomes)

    def await_successes(self, count: int) -> None:
        """Waits until so many calls have succeeded: the load is really there."""
        give_up = time.monotonic() + 30
        while self.outcomes()["OK"] < count:
            if time.monotonic() > give_up:
                raise TimeoutError(f"no {count} calls succeeded in 30 s: {self.outcomes()}")
            time.sleep(0.005)

    def _run(self) -> None:
        while not self._over.is_set():
            if self._timed_call() != "OK":
                time.sleep(REFUSED_PAUSE_S)

    def _timed_call(self) -> str:
        moments = [time.monotonic()]
        outcome = self._call(lambda: moments.append(time.monotonic()))
        with self._lock:
            self._outcomes.append((moments[0], moments[-1], outcome))
        return outcome

    def _call(self, on_connect: Callable[[], object]) -> str:
        body = call_body(self._tool, self._args)
        try:
            self._host.request("POST", "/v1/execute", body, on_connect)
        except CallFailed as failure:
            return failure.code
        except ConnectionRefusedError:
            return REFUSED
        except (OSError, http.client.HTTPException, ValueError):
            return BROKEN
        return "OK"
