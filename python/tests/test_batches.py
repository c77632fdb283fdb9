"""Tools that take their calls together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_host import Attached, worker
from samples import patient as sample

from snakepit import Adapter, Cancelled, tool
from snakepit._tools import batch, event_loop
from snakepit._tools.errors import AdapterError, CallError
from snakepit._tools.loading import from_class


@pytest.fixture(params=["process", "thread", "async", "async with uvloop"])
def patient(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Attached]:
    profile, _, uvloop = request.param.partition(" with ")
    if not uvloop:
        monkeypatch.setattr(event_loop, "new_event_loop", asyncio.new_event_loop)
    concurrency = 1 if profile == "process" else 4
    sample.batches.clear()
    with worker(tmp_path, "samples.patient", profile=profile, concurrency=concurrency) as attached:
        yield attached


def test_a_batch_reaches_its_tool_as_one_list(patient: Attached) -> None:
    calls = patient.send_batch("halve", {"n": 2}, {"n": 6}, {"n": 8})
    assert patient.answers(3) == dict(zip(calls, [1, 3, 4], strict=True))
    assert sample.batches == [3]


def test_one_bad_element_fails_alone(patient: Attached) -> None:
    """A batch has one call that raises, one that JSON can't express, one that is no object."""
    calls = patient.send_batch("halve", {"n": 2}, {"n": 3}, {"n": 4}, b"[1]", {"n": 10})
    found = patient.answers(5)
    assert found[calls[0]] == 1
    assert found[calls[1]].python.message == "odd"
    assert found[calls[2]].code == "SERIALIZATION_ERROR"
    assert found[calls[3]].code == "INVALID_REQUEST"
    assert found[calls[4]] == 5
    assert sample.batches == [4]


def test_a_batch_that_raises_is_tried_one_by_one(patient: Attached) -> None:
    calls = patient.send_batch("invert", {"n": 2}, {"n": 0}, {"n": 4})
    found = patient.answers(3)
    assert found[calls[0]] == 0.5
    assert found[calls[1]].python.type == "ZeroDivisionError"
    assert found[calls[2]] == 0.25


def test_a_result_of_another_length_fails_all_with_both_lengths(patient: Attached) -> None:
    calls = patient.send_batch("forgetful", {}, {})
    found = patient.answers(2)
    assert all("each of 2 calls: got 1" in found[call].message for call in calls)


def test_a_batchs_context_ends_with_it(patient: Attached) -> None:
    calls = patient.send_batch("keep", {}, {})
    assert patient.answers(2) == dict.fromkeys(calls, True)
    assert "is over: its Context can't call the host" in patient.fail("use_kept").message


@pytest.mark.parametrize("interruption", [Cancelled, asyncio.CancelledError])
def test_an_interruption_is_no_fault_of_the_tools(interruption: type[BaseException]) -> None:
    """An interruption ends the batch, and is not told as what one of its calls has come to."""
    tried: list[int] = []

    async def call(items: list[dict[str, Any]]) -> list[int]:
        tried.append(len(items))
        raise interruption

    with pytest.raises(interruption):
        asyncio.run(batch.run(call, [{}, {}], lambda _place: False))
    assert tried == [2]


@pytest.mark.parametrize("results", [(1, 2), {1, 2}, None, (each for each in [1, 2])])
def test_what_is_no_list_fails_all(results: object) -> None:
    async def call(items: list[dict[str, Any]]) -> object:
        return results

    found = asyncio.run(batch.run(call, [{}, {}], lambda _place: False))
    told = {each.message for each in found if isinstance(each, CallError)}
    assert told == {f"a batch tool must return a list: got {type(results).__name__}"}


def test_a_single_call_is_a_list_of_one(patient: Attached) -> None:
    assert patient.call("halve", {"n": 6}) == 3
    assert patient.fail("halve", {"n": 5}).python.type == "ValueError"


def test_other_tools_of_a_batch_are_run_one_by_one(patient: Attached) -> None:
    """The host may have learned of another version of the adapter."""
    calls = patient.send_batch("instant", {"n": 1}, {"m": 2})
    found = patient.answers(2)
    assert found[calls[0]] == 1
    assert found[calls[1]].code == "INVALID_REQUEST"


def test_its_description_tells_size_and_wait() -> None:
    described = {tool_.name: tool_.describe() for tool_ in from_class(sample.Patient).tools}
    assert described["halve"]["batch"] == 8
    assert described["halve"]["waitMs"] == 2
    assert described["halve"]["inputSchema"] == {"type": "object"}
    assert "batch" not in described["ping"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [({"batch": 0}, "batch must be"), ({"batch": 2, "wait_ms": -1}, "wait_ms must be")],
)
def test_a_rule_out_of_range_is_refused(options: dict[str, Any], fault: str) -> None:
    def embed(self: Adapter, items: list[dict[str, Any]]) -> list[int]:
        return [1 for _ in items]

    mark: Any = tool
    bad = type("Bad", (Adapter,), {"embed": mark(**options)(embed)})
    with pytest.raises(AdapterError, match=fault):
        from_class(bad)


def test_a_batch_tool_must_take_one_list() -> None:
    class Two(Adapter):
        @tool(batch=4)
        def embed(self, items: list[Any], more: int) -> list[int]:
            return [more for _ in items]

    class Stream(Adapter):
        @tool(batch=4)
        def embed(self, items: list[Any]) -> Iterator[int]:
            yield from items

    with pytest.raises(AdapterError, match="got items, more"):
        from_class(Two)
    with pytest.raises(AdapterError, match="a stream can't take batches"):
        from_class(Stream)
