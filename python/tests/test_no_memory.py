"""A worker with little memory answers what it can't hold, and goes on. In every profile.

Whether its own limit bounds it, or that of its cgroup, here by a model: the kernel would end it.

Each fails if the body that finds no memory is not read to its end and dropped: what is read next
is then its middle, and the worker ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import memory_group
import pytest
from fake_host import DEADLINE, Attached, FakeHost, process, spawn
from keeper.running_keeper import eventually
from samples import bounded
from stream_workers import PROFILES

from snakepit._tools.errors import CallError
from snakepit._worker import answers
from snakepit.v1 import worker_pb2 as pb

LARGE = 60_000_000
RAW = "application/octet-stream"


@contextmanager
def with_little(folder: Path, profile: str, bound: str) -> Iterator[Attached]:
    """A worker that may use 48 MiB more than it does, and that no call ends."""
    fields: dict[str, Any] = {"max_frame_bytes": 1 << 27, "concurrency": 4, "measured": False}
    adapter = "samples.bounded:Bounded"
    if bound == "cgroup":
        adapter = "samples.bounded:Grouped"
        used = 80 << 20
        fields["memory_group"] = memory_group.make(folder / "group", used + bounded.MORE, used)
    with process(folder, adapter, profile=profile, **fields) as attached:
        pid = attached.call("pid")
        yield attached
        assert attached.call("pid") == pid


@pytest.fixture(params=[f"{each}-{by}" for each in PROFILES for by in ("rlimit", "cgroup")])
def little(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    """Such a worker in each profile: by its own limit, and by its cgroup's."""
    with with_little(tmp_path, *request.param.split("-")) as attached:
        yield attached


@pytest.fixture(params=PROFILES)
def limited(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    """Such a worker in each profile, by its own limit."""
    with with_little(tmp_path, request.param, "rlimit") as attached:
        yield attached


def assert_too_large(failure: pb.Failure, size: int = LARGE) -> None:
    assert failure.code == "PAYLOAD_TOO_LARGE", failure
    details = json.loads(failure.details_json)
    assert details["bytes"] == size
    assert f"{size} bytes don't fit" in failure.message
    assert "limits.memoryBytes" in failure.message
    assert str(details["memoryBytes"]) in failure.message


def next_failure(attached: Attached, call: int) -> pb.Failure:
    while True:
        message, _ = attached.receive()
        if message.WhichOneof("kind") != "credit":
            assert message.failure.id == call, message
            return message.failure


@pytest.mark.parametrize("tool", ["size", "size_async"])
def test_a_body_that_finds_no_memory(little: Attached, tool: str) -> None:
    for _ in range(3):
        assert_too_large(little.fail(tool, b"x" * LARGE, content_type=RAW))
        assert little.call(tool, b"x" * 10_000_000, content_type=RAW) == 10_000_000


@pytest.mark.parametrize("kind", ["", "_async"])
def test_a_body_that_is_done_with_takes_no_room_from_the_next(limited: Attached, kind: str) -> None:
    """Fails if something still holds it: a loop that waits, or what a failure refers to."""
    body = b"x" * 30_000_000
    for _ in range(3):
        assert limited.call("size" + kind, body, content_type=RAW) == len(body)
        assert limited.fail("refuse" + kind, body, content_type=RAW).code == "PYTHON_EXCEPTION"


def test_a_body_of_json_that_finds_no_memory(little: Attached) -> None:
    assert_too_large(little.fail("keys", b"{}" + b" " * (LARGE - 2)))
    assert little.call("keys", {"a": 1}) == 1


def test_values_that_find_no_memory(little: Attached) -> None:
    """Fails if only the body is looked after, and not what is made of it."""
    body = b'{"a":[' + b"{}," * 5_000_000 + b"0]}"
    failure = little.fail("keys", body)
    assert failure.code == "PAYLOAD_TOO_LARGE", failure
    assert little.call("keys", {"a": 1}) == 1


def test_a_body_that_finds_no_memory_where_a_stream_is_wanted(little: Attached) -> None:
    call = little.send_stream("each", b"x" * LARGE, content_type=RAW)
    assert_too_large(next_failure(little, call))
    call = little.send_stream("each", b"xyz", content_type=RAW)
    assert little.end_stream(call) == [3]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_of_a_batch_finds_no_memory(little: Attached, place: int) -> None:
    """The others of the batch are answered as ever."""
    arguments: list[object] = [{"text": "x" * n} for n in range(3)]
    arguments[place] = {"text": "x" * LARGE}
    calls = little.send_batch("sizes", *arguments)
    found = little.answers(3)
    assert_too_large(found.pop(calls[place]), LARGE + 12)
    assert found == {call: n for n, call in enumerate(calls) if n != place}
    calls = little.send_batch("sizes", *[{"text": "x" * LARGE}] * 2)
    for failure in little.answers(2).values():
        assert_too_large(failure, LARGE + 12)


def test_a_piece_of_an_upload_finds_no_memory(little: Attached) -> None:
    call = little.send_upload("pieces", LARGE)
    little.part(call, b"abc")
    little.part(call, b"x" * LARGE, last=True)
    failure = next_failure(little, call)
    assert failure.code == "PAYLOAD_TOO_LARGE", failure
    assert json.loads(failure.details_json)["bytes"] == LARGE
    call = little.send_upload("pieces")
    little.part(call, b"abc", last=True)
    assert result(little, call) == 3


def result(attached: Attached, call: int) -> object:
    while True:
        message, body = attached.receive()
        if message.WhichOneof("kind") != "credit":
            assert message.result.id == call, message
            return json.loads(body)


def test_an_upload_that_a_tool_wants_as_a_whole_finds_no_memory(little: Attached) -> None:
    """Fails if a small piece, or joining them, is not looked after."""
    call = little.send_upload("size", LARGE)
    for _ in range(60):
        little.part(call, b"x" * 1_000_000)
    little.part(call, b"", last=True)
    assert next_failure(little, call).code == "PAYLOAD_TOO_LARGE"
    assert little.call("size", b"abc", content_type=RAW) == 3


@pytest.mark.parametrize("tool", ["ask", "ask_async"])
def test_a_host_tools_result_finds_no_memory(little: Attached, tool: str) -> None:
    call = little.send_call(tool)
    message, _ = little.receive()
    told = pb.HostResult(id=message.host_call.id)
    little.send(pb.HostMessage(host_result=told), b'"' + b"x" * LARGE + b'"')
    assert result(little, call) == "PAYLOAD_TOO_LARGE"


def test_what_is_small_is_answered_though_a_tool_holds_all_memory(limited: Attached) -> None:
    """Fails if nothing is set aside: not even the failure could be written."""
    limited.call("fill")
    for _ in range(20):
        call = limited.send_call("pid")
        message, _ = limited.receive()
        assert call in {message.result.id, message.failure.id}
    assert limited.ping(7) == 7
    limited.call("empty")
    assert limited.call("size", b"x" * 10_000_000, content_type=RAW) == 10_000_000


@pytest.mark.parametrize("tool", ["ask", "ask_async"])
@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("x" * 70_000, 0, "INVALID_REQUEST"),
        ("x" * 129, 0, "INVALID_REQUEST"),
        ("größe", 0, "INVALID_REQUEST"),
        ("", 0, "INVALID_REQUEST"),
    ],
)
def test_a_host_tools_name_has_bounds(
    limited: Attached, tool: str, name: str, size: int, code: str
) -> None:
    """Fails if it goes out: a header of that length ends the worker."""
    assert limited.call(tool, {"name": name, "size": size}) == code


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("tool", ["ask", "ask_async"])
def test_arguments_for_the_host_are_no_more_than_a_frame_holds(
    tmp_path: Path, profile: str, tool: str
) -> None:
    with process(
        tmp_path, "samples.bounded:Grouped", profile=profile, concurrency=4, max_frame_bytes=1 << 20
    ) as attached:
        assert attached.call(tool, {"size": 1 << 20}) == "PAYLOAD_TOO_LARGE"
        assert attached.call("pid") > 0


def test_no_more_calls_to_the_host_than_it_takes(limited: Attached, tmp_path: Path) -> None:
    """Fails if the 1,001st goes out: the host ends a worker for it."""
    all_asked = tmp_path / "all asked"
    call = limited.send_call("ask_often", {"n": 1_003, "all_asked": str(all_asked)})
    asked = [limited.receive()[0].host_call.id for _ in range(1_000)]
    # An answer before would make room for one more.
    eventually(all_asked.exists, lambda: "not all calls to the host were begun")
    for each in asked:
        limited.send(pb.HostMessage(host_result=pb.HostResult(id=each)), b"1")
    assert result(limited, call) == ["1"] * 1_000 + ["POOL_SATURATED"] * 3 + ["told"]
    call = limited.send_call("ask")
    message, _ = limited.receive()
    limited.send(pb.HostMessage(host_result=pb.HostResult(id=message.host_call.id)), b"1")
    assert result(limited, call) == "int"


def test_an_adapter_whose_tools_take_more_than_a_frame_to_describe(tmp_path: Path) -> None:
    """Fails if `Ready` goes out all the same: the host would cut off one worker after another."""
    host = FakeHost(tmp_path, max_frame_bytes=70_000)
    child = spawn(host.boot("samples.wordy"))
    attached = host.attach()
    message, _ = attached.receive()
    assert message.start_failure.python.type == "snakepit.AdapterError"
    assert "the descriptions of 1 tools are too long" in message.start_failure.python.message
    assert child.wait(DEADLINE) == 1
    child.communicate()
    attached.close()
    host.close()


def test_details_that_are_no_json_or_too_long_are_left_out() -> None:
    """Fails if half of them is sent: the host would cut the worker off."""
    deep: list[object] = []
    for _ in range(3_000):
        deep = [deep]
    for details in ({"a": "x" * 20_000}, {"a": deep}, {"a": object()}, {"a": float("nan")}):
        header = answers.failure(1, CallError("INVALID_REQUEST", "no", details))
        assert pb.WorkerMessage.FromString(header).failure.details_json == ""
    header = answers.failure(1, CallError("INVALID_REQUEST", "no", {"a": 1}))
    assert pb.WorkerMessage.FromString(header).failure.details_json == '{"a": 1}'
