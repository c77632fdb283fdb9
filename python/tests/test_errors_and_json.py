"""Texts of exceptions, and JSON at its edges."""

from __future__ import annotations

import json
from typing import Any

import pytest
from exceptiongroup import ExceptionGroup

from snakepit import CallError
from snakepit._tools.errors import PythonFault, cut, cut_head, quoted, shown, type_name
from snakepit._tools.json_text import Encoder


class Unprintable(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt

    def __repr__(self) -> str:
        raise ValueError


class Failing(list[Any]):
    """A list that can neither be written nor looked through."""

    def __iter__(self) -> Any:
        raise RuntimeError("no items")


def test_texts_are_cut_at_whole_characters() -> None:
    assert cut("ääää", 8) == "ääää"
    assert cut("äääää", 8) == "ää…"
    assert cut_head("äääää", 8) == "…ää"
    assert cut("\ud800", 100) == "\\ud800"


def test_quoting_survives_a_repr_that_raises() -> None:
    assert quoted(Unprintable()).startswith("<")
    assert len(quoted("x" * 1000)) == 200
    assert len(quoted(["x" * 100] * 6)) == 200


def test_an_odd_module_name_is_left_out() -> None:
    kind = type("Odd", (), {"__module__": 3})
    assert type_name(kind) == "Odd"


def test_an_exception_group_shows_its_members() -> None:
    fault = PythonFault(ExceptionGroup("several", [ValueError("one"), KeyError("two")]))
    assert "ValueError: one" in fault.traceback


def test_an_exception_that_cannot_be_formatted_shows_its_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise SystemExit

    try:
        raise ValueError("x")
    except ValueError as error:
        monkeypatch.setattr("traceback.TracebackException", broken)
        fault = PythonFault(error)
    assert "test_errors_and_json.py" in fault.traceback
    assert fault.message == "x"


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__context__, second.__context__ = second, first
    assert "first" in PythonFault(first).traceback


def test_a_dict_of_the_users_own_that_raises_is_a_serialization_error() -> None:
    class Broken(dict[str, int]):
        def items(self) -> Any:
            raise RuntimeError("no items")

    with pytest.raises(CallError, match="no items"):
        Encoder().encode(Broken(a=1))


def test_a_dict_that_repeats_a_list_is_no_circle() -> None:
    shared = [1]
    with pytest.raises(CallError, match=r"result\[0\] is a set"):
        Encoder().encode([{1}, shared, shared])


def test_what_cannot_be_explained_is_reported_as_it_is() -> None:
    with pytest.raises(CallError, match="the result can't be written as JSON: no items"):
        Encoder().encode(Failing([1]))


def test_a_fault_that_is_not_found_is_reported_as_it_is() -> None:
    def broken(*_: object) -> Any:
        raise ValueError("strange")

    encoder = Encoder("marker")
    encoder._chunks = broken
    with pytest.raises(CallError, match="can't be written as JSON: strange"):
        encoder.encode([object(), 1])


def test_after_a_failure_the_encoder_is_as_good_as_new() -> None:
    encoder = Encoder()
    value: list[Any] = [{1}]
    with pytest.raises(CallError):
        encoder.encode(value)
    value[0] = 1
    assert encoder.encode(value) == b"[1]"


def test_an_interpreter_without_the_accelerator_writes_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    encoder = Encoder()
    assert encoder.encode({"ä": [1, "\u2028"]}) == '{"ä":[1,"\u2028"]}'.encode()
    with pytest.raises(CallError, match="half a surrogate pair"):
        encoder.encode("\ud800")
    with pytest.raises(CallError, match="result is nan"):
        encoder.encode(float("nan"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("größe 中 😀 'x'", "größe 中 😀 'x'"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("x" * 5_000_000, "x" * 199 + "…"),
        ("a\nb\x1b[2J\x00", "a\\nb\\x1b[2J\\x00"),
        ("\u2028\u202e\ud83d", "\\u2028\\u202e\\ud83d"),
        ("\x00" * 1_000, "\\x00" * 49 + "…"),
    ],
)
def test_what_was_sent_is_shown_in_part_and_visibly(text: str, told: str) -> None:
    """Fails if it is cut amid an escape, or repeated as a whole."""
    assert shown(text) == told
