"""JSON at its limits: depth, digits, infinities and halves of surrogate pairs."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import pytest

from snakepit import CallError
from snakepit._tools import json_limits
from snakepit._tools.json_limits import MAX_DEPTH, MAX_DIGITS, is_too_deep
from snakepit._tools.json_text import Encoder, decode


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def refusal(body: bytes) -> str:
    with pytest.raises(CallError) as caught:
        decode(body)
    assert caught.value.code == "INVALID_REQUEST"
    return caught.value.message


def refused_result(value: object) -> str:
    with pytest.raises(CallError) as caught:
        Encoder().encode(value)
    assert caught.value.code == "SERIALIZATION_ERROR"
    return caught.value.message


def boxed(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_arrays_and_objects_are_nested_to_500_levels() -> None:
    assert decode(nested(MAX_DEPTH)) == boxed(MAX_DEPTH)
    assert decode(b'{"a":' * 499 + b"[]" + b"}" * 499)["a"]
    assert Encoder().encode(boxed(MAX_DEPTH)) == nested(MAX_DEPTH)
    for body in (nested(MAX_DEPTH + 1), b'{"a":' * 501 + b"1" + b"}" * 501, nested(100_000)):
        assert refusal(body).endswith("nested to at most 500 levels")
    assert "at most 500 levels" in refused_result(boxed(MAX_DEPTH + 1))
    assert "at most 500 levels" in refused_result(boxed(100_000))


@pytest.mark.parametrize("text", ['"]]]]]]"', '"[[["', '"\\"]"', '"\\\\"', '"\\\\\\"]"', '"a","]"'])
def test_brackets_in_texts_count_for_nothing(text: str) -> None:
    within = f"{text},{text}".encode()
    fits = b"[" + within + b","
    assert decode(fits * 499 + b"[" + within + b"]" * 500)
    assert "500 levels" in refusal(fits * 500 + b"[" + within + b"]" * 501)


def test_many_shallow_ones_are_fine() -> None:
    rows = [{"id": i, "tags": [[], ["[", "\\"]]} for i in range(20_000)]
    assert decode(json.dumps(rows).encode()) == rows
    assert decode(Encoder().encode(rows)) == rows


def test_the_depth_is_that_of_a_slow_and_simple_count() -> None:
    def depth(body: bytes) -> int:
        deepest = now = 0
        text = within = False
        for char in body:
            if text:
                text = within or char != ord('"')
                within = not within and char == ord("\\")
            elif char == ord('"'):
                text = True
            elif char in b"[{":
                now += 1
                deepest = max(deepest, now)
            elif char in b"]}":
                now -= 1
        return deepest

    chance = random.Random(7)
    leaves = ["1", '"["', '"]"', '"\\""', '"\\\\"', '"x\\n]"', '""', "null", "{}", '{"a]":[]}']
    for _ in range(300):
        levels = chance.randint(490, 510)
        body = chance.choice(leaves)
        for _ in range(levels):
            beside = chance.choice(leaves)
            body = chance.choice(
                [f"[{body}]", f"[{beside},{body}]", f'{{"k":{body},"l":{beside}}}']
            )
        written = body.encode()
        assert is_too_deep(written) == (depth(written) > MAX_DEPTH)


def test_integers_have_at_most_4300_digits() -> None:
    most = "9" * MAX_DIGITS
    assert decode(most.encode()) == decode(f"[{most}]".encode())[0] == int(most)
    assert decode(f"-{most}".encode()) == -int(most)
    for body in (f"{most}9", f"-{most}9", f'{{"n":[{most}0]}}', "7" * 5_000_000):
        assert "at most 4300 digits" in refusal(body.encode())
    assert "at most 4300 digits" in refusal(f"0.{most}".encode())
    assert Encoder().encode([int(most)]) == f"[{most}]".encode()
    assert "result[0] is a number that is too long" in refused_result([10**MAX_DIGITS])


def test_digits_of_a_text_are_no_number() -> None:
    text = "9" * 5_000
    assert decode(json.dumps({text: text}).encode()) == {text: text}
    assert Encoder().encode([text]) == json.dumps([text]).encode()


def test_the_limit_holds_where_the_adapter_has_lifted_that_of_the_interpreter() -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        assert "at most 4300 digits" in refusal(b"9" * 4_301)
        assert "too long" in refused_result({"a": 10**4_300})
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize(
    "number", ["1e999", "-1E+400", "1e309", "1" * 400 + ".0", "1" * 250 + "e99", "0.1e0999"]
)
def test_a_number_that_is_too_large_is_no_infinity(number: str) -> None:
    for body in (number, f'{{"a":[{number}]}}', f" [{number}] "):
        assert "which is too large" in refusal(body.encode())


@pytest.mark.parametrize("number", ["1e308", "1E+300", "1e-999", "1.5", "0e999", "1" * 300 + ".5"])
def test_a_number_that_fits_is_read(number: str) -> None:
    assert decode(f"[{number}]".encode()) == [float(number)]


def test_half_a_surrogate_pair_is_no_text() -> None:
    for half in ("\\ud800", "\\uDFFF", "\\udc00\\ud800", "\\ud83dx", "\\\\\\ud800"):
        for body in (f'"{half}"', f'{{"{half}":1}}', f'[[" {half} "]]'):
            assert "half a surrogate pair" in refusal(body.encode())
    assert "not valid JSON" in refusal(b'"\xed\xa0\x80"')
    assert decode(b'["\\ud83d\\ude00","\\\\ud800"]') == ["\U0001f600", "\\ud800"]
    assert "result[0] is a text with half a surrogate pair" in refused_result(["\ud800"])
    assert "result has the key '\\ud800'" in refused_result({"\ud800": 1})


def test_what_lies_across_two_slices_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(1_000, 1_020):
        monkeypatch.setattr(json_limits, "_SLICE", size)
        fill = b'"' + b"x" * 990 + b'",'
        assert "too large" in refusal(b"[" + fill + b"1e999]")
        assert "surrogate" in refusal(b"[" + fill + b'"\\ud800"]')
        assert "too large" in refusal(b"[" + fill + b"1" * 400 + b".0]")
        flat = b"[" + b",".join([b"[]"] * 3_000) + b"]"
        assert decode(flat) == [[]] * 3_000
        assert json_limits.look(flat) == json_limits.BRACKETS
        assert json_limits.look(b"[" + b",".join([b"[]"] * 499) + b"]") == 0


def test_a_part_of_something_is_read_as_well() -> None:
    frame = memoryview(b"..." + nested(501) + b"...")
    assert "500 levels" in refusal(frame[3:-3])  # type: ignore[arg-type]
