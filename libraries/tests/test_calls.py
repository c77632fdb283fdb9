"""Callers notice what came of each call, and what became of themselves."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from matrix import calls
from matrix.calls import CALLER_DIED, CALLERS, NO_TOOLS, Answers, call_by_many


class Pool(http.server.BaseHTTPRequestHandler):
    """Answers twice the argument; to some an error, to some what is no answer at all."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        n = body["args"]["n"]
        if body["tool"] == "fail_at_3" and n == 3:
            self.reply(504, {"code": "EXECUTE_TIMEOUT", "detail": "it hangs"})
        elif body["tool"] == "nonsense_at_3" and n == 3:
            self.reply(200, {})
        else:
            self.reply(200, {"result": 2 * n})

    def reply(self, status: int, answer: object) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Logs nothing."""


@pytest.fixture
def host() -> Iterator[Any]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pool) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield SimpleNamespace(address=server.server_address)
        server.shutdown()
        thread.join()


def called(host: Any, *tools: str, count: int = 50) -> Answers:
    answers = Answers()
    call_by_many(host, "main", tools, count, answers)
    return answers


def test_every_call_is_counted(host: Any) -> None:
    answers = called(host, "double")

    assert sorted(answers.results) == [(n, 2 * n) for n in range(50)]
    assert (answers.asked, answers.answered, answers.failures) == (50, 50, {})


def test_so_are_those_that_fail(host: Any) -> None:
    answers = called(host, "fail_at_3")

    assert len(answers.results) == 49
    assert (answers.asked, answers.answered) == (50, 50)
    assert answers.failures == {"EXECUTE_TIMEOUT": 1}
    assert answers.first_failure == "EXECUTE_TIMEOUT: it hangs"


def test_a_caller_that_dies_is_a_failure(host: Any) -> None:
    answers = called(host, "nonsense_at_3")

    assert answers.failures == {CALLER_DIED: 1}
    assert "KeyError" in answers.first_failure
    assert (answers.asked, answers.answered) == (50, 49)


def test_so_are_all_of_them(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "call_body", lambda: None)
    answers = called(host, "double")

    assert answers.failures == {CALLER_DIED: CALLERS}
    assert (answers.asked, answers.answered) == (50, 0)


def test_an_adapter_without_the_tools_is_a_failure(host: Any) -> None:
    answers = called(host)

    assert answers.failures == {NO_TOOLS: 1}
    assert (answers.asked, answers.answered) == (50, 0)
