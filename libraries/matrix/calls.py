"""Eight callers of one pool, each on a connection that it keeps, and what they were answered."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chaos.host import Host, call_body

CALLERS = 8
DISTINCT = 100
"""How many arguments there are: so many answers a plain interpreter is asked for."""

ENOUGH_FAILURES = 8
"""Failures after which callers give up: a pool that hangs needs no thousand calls to show it."""

PATIENCE_S = 60.0

NO_TOOLS, CALLER_DIED = "NO_TOOLS", "CALLER_DIED"


@dataclass
class Answers:
    """What callers were answered: results with their arguments, and the codes of errors.

    Attributes:
        asked: how many calls were to be made.
        answered: how many came back, with a result or an error.
    """

    results: list[tuple[int, Any]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    first_failure: str = ""
    asked: int = 0
    answered: int = 0

    @property
    def given_up(self) -> bool:
        """Whether so many calls have failed that no more are made."""
        return self.failures.total() >= ENOUGH_FAILURES

    def take(self, argument: int, status: int, answer: Any) -> None:
        """Notes what came of one call."""
        if status == http.client.OK:
            self.results.append((argument, answer["result"]))
        else:
            self.fail(str(answer.get("code", status)), str(answer.get("detail", "")))
        self.answered += 1

    def fail(self, code: str, detail: str) -> None:
        """Counts a failure, of a call or of what goes with them; keeps the words of the first."""
        self.failures[code] += 1
        self.first_failure = self.first_failure or f"{code}: {detail}"


def call_by_many(
    host: Host, pool: str, tools: tuple[str, ...], calls: int, answers: Answers
) -> None:
    """Makes so many calls in all, of these tools in turn, and notes what came of them.

    A caller that dies is noted, too: one that says nothing must not look like one that is content.
    """
    answers.asked += calls
    if not tools:
        answers.fail(NO_TOOLS, f"pool {pool} offers none of the tools that are to be called")
        return
    lock = threading.Lock()
    numbers = iter(range(calls))

    def call_on(connection: http.client.HTTPConnection) -> None:
        while not answers.given_up:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            argument = number % DISTINCT
            tool = tools[number // DISTINCT % len(tools)]
            try:
                status, answer = _call(connection, call_body(tool, {"n": argument}, pool))
            except (OSError, http.client.HTTPException, ValueError) as error:
                status, answer = 0, {"code": type(error).__name__, "detail": str(error)}
                connection.close()
            with lock:
                answers.take(argument, status, answer)

    def run() -> None:
        connection = http.client.HTTPConnection(*host.address, timeout=PATIENCE_S)
        try:
            call_on(connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller has died of it
            with lock:
                answers.fail(CALLER_DIED, f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, daemon=True) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _call(connection: http.client.HTTPConnection, body: object) -> tuple[int, Any]:
    connection.request(
        "POST", "/v1/execute", json.dumps(body), {"content-type": "application/json"}
    )
    response = connection.getresponse()
    return response.status, json.loads(response.read())
