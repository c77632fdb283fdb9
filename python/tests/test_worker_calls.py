"""Calls over real sockets: each outcome, and that the worker goes on after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_host import Attached, worker
from samples import oddities

from snakepit._tools.errors import MAX_MESSAGE_BYTES, MAX_TRACEBACK_BYTES


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Attached]:
    with worker(tmp_path, "samples.oddities", max_body_bytes=1 << 20) as attached:
        yield attached


def test_answers_each_call_with_its_own_id(tmp_path: Path) -> None:
    with worker(tmp_path, "snakepit.adapters.showcase") as showcase:
        assert [showcase.call("add", {"a": i, "b": 1}) for i in range(20)] == list(range(1, 21))


def test_echoes_arguments_exactly_whatever_their_names(tmp_path: Path) -> None:
    args = {"self": 1, "tool": [1.5, None, True], "größe": "\u2028", "n": 10**4200, "": {}}
    with worker(tmp_path, "snakepit.adapters.showcase") as showcase:
        assert showcase.call("echo", args) == args


def test_an_empty_body_is_no_arguments(tmp_path: Path) -> None:
    with worker(tmp_path, "snakepit.adapters.showcase") as showcase:
        assert showcase.call("ping", b"") == "pong"


def test_bytes_go_in_and_out_untouched_small_and_large(tmp_path: Path) -> None:
    with worker(tmp_path, "snakepit.adapters.showcase") as showcase:
        for size in (0, 1, 20_000, 200_000, 3_000_000):
            body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
            assert showcase.call("bytes_echo", body, content_type="image/png") == body
        assert showcase.call("ping") == "pong"


def test_large_json_goes_in_and_out(tmp_path: Path) -> None:
    args = {"rows": [{"i": i, "text": "ü" * 20} for i in range(20_000)]}
    with worker(tmp_path, "snakepit.adapters.showcase") as showcase:
        assert showcase.call("echo", args, content_type="Application/JSON; charset=utf-8") == args


@pytest.mark.parametrize(
    ("kind", "python_type", "message"),
    [
        ("exit", "SystemExit", "3"),
        ("interrupt", "KeyboardInterrupt", "now"),
        ("memory", "MemoryError", ""),
        ("odd", "samples.oddities.OddError", "<its __str__ raised an exception>"),
        ("surrogate", "ValueError", "\\ud800"),
    ],
)
def test_whatever_a_tool_raises_is_answered_and_the_worker_goes_on(
    odd: Attached, kind: str, python_type: str, message: str
) -> None:
    failure = odd.fail("raise_it", {"kind": kind})
    assert failure.code == "PYTHON_EXCEPTION"
    assert failure.python.type == python_type
    assert failure.python.message == message
    assert failure.message == (f"{python_type}: {message}" if message else python_type)
    assert odd.call("loop_count") == 1


def test_a_traceback_shows_the_tools_frames_and_none_of_ours(odd: Attached) -> None:
    for failure in (odd.fail("raise_it", {"kind": "group"}), odd.fail("fail_async")):
        trace = failure.python.traceback
        assert "oddities.py" in trace
        assert "snakepit/_" not in trace
        assert "asyncio" not in trace
    assert "KeyError: 'inner'" in odd.fail("raise_it", {"kind": "group"}).python.traceback


def test_long_texts_are_cut_so_that_the_header_stays_small(odd: Attached) -> None:
    failure = odd.fail("raise_it", {"kind": "long"})
    assert len(failure.python.message.encode()) <= MAX_MESSAGE_BYTES
    assert len(failure.message.encode()) <= MAX_MESSAGE_BYTES
    assert len(failure.python.traceback.encode()) <= MAX_TRACEBACK_BYTES
    assert failure.python.message.endswith("…")
    assert failure.ByteSize() < 64 * 1024


def test_long_names_in_a_request_are_cut_too(odd: Attached) -> None:
    assert odd.fail("x" * 60_000).ByteSize() < 2048
    assert odd.fail("raise_it", {"y" * 100_000: 1}).ByteSize() < 2048


def test_a_cancelled_tool_answers_cancelled(odd: Attached) -> None:
    assert odd.fail("raise_it", {"kind": "cancelled"}).code == "CANCELLED"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("nan", "result.a[1] is nan"),
        ("set", "result.a.b[1] is a set"),
        ("key", "result.a has the key (1, 2), a tuple"),
        ("circle", "result[0] refers back"),
        ("surrogate", "result is a text with half a surrogate pair"),
        ("int", "result is a number that is too long: it may have at most 4300 digits"),
    ],
)
def test_a_result_that_json_cannot_express_says_what_and_where(
    odd: Attached, kind: str, said: str
) -> None:
    failure = odd.fail("return_it", {"kind": kind})
    assert failure.code == "SERIALIZATION_ERROR"
    assert said in failure.message
    assert odd.call("big", {"size": 3}) == "xxx"


def test_a_result_nested_too_deeply_is_a_serialization_error(odd: Attached) -> None:
    failure = odd.fail("deep", {"n": 100_000})
    assert failure.code == "SERIALIZATION_ERROR"
    assert "nested too deeply" in failure.message


def test_a_generator_that_is_returned_is_a_list(odd: Attached) -> None:
    assert odd.call("return_it", {"kind": "generator"}) == [0, 1, 2]


def test_bytearray_and_memoryview_are_bytes_as_well(odd: Attached) -> None:
    assert odd.call("later_bytes") == b"later"
    assert odd.call("return_it", {"kind": "bytearray"}) == b"raw"
    assert odd.call("return_it", {"kind": "memoryview"}) == b"rw"


def test_marks_what_json_cannot_express_if_told_to(tmp_path: Path) -> None:
    with worker(tmp_path, "samples.oddities", on_unserializable="marker") as odd:
        marked = {"a": {"b": [0, {"$unserializable": "set"}]}}
        assert odd.call("return_it", {"kind": "set"}) == marked
        assert odd.fail("return_it", {"kind": "nan"}).code == "SERIALIZATION_ERROR"


def test_a_result_beyond_the_limit_is_refused_and_the_worker_goes_on(odd: Attached) -> None:
    for tool in ("big", "big_bytes"):
        failure = odd.fail(tool, {"size": (1 << 20) + 1})
        assert failure.code == "PAYLOAD_TOO_LARGE"
        assert json.loads(failure.details_json)["maxBodyBytes"] == 1 << 20
    assert len(odd.call("big_bytes", {"size": 1 << 20})) == 1 << 20


def test_a_stream_tool_answers_the_array_of_its_chunks(odd: Attached, tmp_path: Path) -> None:
    assert odd.call("raw_chunks") == [{"$bytes": "/w=="}, {"a": 1}]
    assert odd.call("ticks", {"n": 3}) == [0, 1, 2]
    assert odd.call("ticks", {"n": 0}) == []


def test_an_endless_stream_is_bounded_and_closed(odd: Attached) -> None:
    oddities.closed.clear()
    assert odd.fail("endless").code == "PAYLOAD_TOO_LARGE"
    assert oddities.closed == ["endless"]


def test_a_stream_that_raises_half_way_fails_as_a_whole(odd: Attached) -> None:
    assert odd.fail("half").python.message == "half way"
    assert odd.fail("ticks", {"n": 1, "fail": True}).python.type == "SystemExit"


def test_async_tools_share_one_event_loop(odd: Attached) -> None:
    assert [odd.call("loop_count") for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "got an array"),
        (b'"x"', "got a string"),
        (b"12", "got a number"),
        (b"null", "got null"),
        (b"{", "not valid JSON"),
        (b"{} x", "not valid JSON"),
        (b'{"n": NaN}', "NaN"),
        (b'{"n": -Infinity}', "-Infinity"),
        (b"\xff", "not valid JSON"),
        (b'{"n":' + b"[" * 100_000, "nested too deeply"),
        (b'{"n":' + b"[" * 500 + b"]" * 500 + b"}", "at most 500 levels"),
        (b'{"n": 1e999}', "the number 1e999, which is too large"),
        (b'{"n": ' + b"9" * 1_000_000 + b"}", "at most 4300 digits"),
        (b'{"n": "\\ud800"}', "half a surrogate pair"),
    ],
)
def test_a_body_that_is_no_json_object_is_an_invalid_request(
    odd: Attached, body: bytes, said: str
) -> None:
    failure = odd.fail("big", body)
    assert failure.code == "INVALID_REQUEST"
    assert said in failure.message


def test_white_space_around_the_arguments_is_fine(odd: Attached) -> None:
    assert odd.call("big", b' \n{"size": 2}\n') == "xx"


def test_a_wrong_argument_is_named_in_message_and_details(odd: Attached) -> None:
    failure = odd.fail("big", {"size": "3"})
    assert failure.message == "tool big: argument size must be an integer: got a string ('3')"
    assert json.loads(failure.details_json)["argument"] == "size"


def test_an_unknown_tool_suggests_the_nearest_name(odd: Attached) -> None:
    failure = odd.fail("loop_cout")
    assert failure.code == "TOOL_NOT_FOUND"
    assert "did you mean loop_count?" in failure.message


def test_a_fault_of_our_own_is_internal_and_the_worker_goes_on(
    odd: Attached, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snakepit._tools.arguments._object", lambda body: body.nonsense)
    assert odd.fail("loop_count").code == "INTERNAL"
    monkeypatch.undo()
    assert odd.call("loop_count") == 1
