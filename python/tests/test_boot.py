"""A worker's orders."""

from __future__ import annotations

import pytest

from snakepit._worker.boot import Boot
from snakepit._worker.main import _read_line


def test_orders_survive_the_pipe() -> None:
    boot = Boot("w-1", "w", "secret", "/tmp/ü", "a:B", "marker")
    assert "\n" not in boot.to_json()
    assert Boot.from_json(boot.to_json().encode()) == boot


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(Boot("w-1", "w", "secret", "s", "a"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a JSON object"),
        ("{}", "incomplete"),
        (
            '{"worker":"","pool":"","token":"","socket":"","adapter":"","on_unserializable":"x"}',
            "must be error or marker: got 'x'",
        ),
    ],
)
def test_wrong_orders_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Boot.from_json(text)


def test_orders_that_never_come_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = iter([b"{", b""])
    monkeypatch.setattr("snakepit._worker.main.os.read", lambda *_: next(chunks))
    with pytest.raises(EOFError, match="started by the keeper"):
        _read_line(0)
