"""A context of its own for each call: context variables, decimal's precision, numpy's errors."""

from __future__ import annotations

import asyncio
import contextvars
import decimal
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fake_host import DEADLINE, Attached, FakeHost, spawn
from samples import own_contexts

from snakepit import testing
from snakepit._tools.call_contexts import CallContexts, awaited_in

OF_START = ["of start", 40, "ignore"]
OF_A_CALL = ["a call's", 3, "raise"]
TOOLS = ["sync", "waiting", "unknown", "batched", "batched_async"]
STREAMS = ["chunks", "chunks_async"]
UPLOADS = ["upload", "upload_async"]


@pytest.fixture(params=["process", "thread", "async"])
def attached(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attached]:
    """A worker of the sample, whose output is looked at once it has been told to end."""
    with closing(FakeHost(tmp_path)) as host:
        boot = host.boot("samples.own_contexts", profile=request.param, concurrency=2)
        with spawn(boot, measured=False) as ended:
            try:
                with closing(host.attach()) as attached:
                    assert attached.receive()[0].HasField("ready")
                    yield attached
                    attached.shut_down()
                    ended.wait(DEADLINE)
            finally:
                ended.kill()
            assert ended.stdout is not None
            assert ended.stderr is not None
            said = ended.stdout.read().decode()
            assert "Error" not in ended.stderr.read().decode()
    assert f"stop found {OF_START}\nstop is over" in said


def test_no_call_sees_what_another_has_set(attached: Attached) -> None:
    for _ in range(3):
        for tool in TOOLS:
            assert attached.call(tool) == OF_START, tool


def test_no_call_of_a_batch_sees_what_the_whole_has_set(attached: Attached) -> None:
    for tool in ("batched", "batched_async"):
        calls = attached.send_batch(tool, {}, {}, {})
        assert attached.answers(3) == dict.fromkeys(calls, OF_START)


@pytest.mark.parametrize("tool", STREAMS)
def test_a_stream_keeps_its_own_from_chunk_to_chunk(attached: Attached, tool: str) -> None:
    for _ in range(2):
        stream = attached.send_stream(tool, chunks=1, size=64)
        found = attached.end_stream(stream)
        assert found == [OF_START, OF_A_CALL, OF_A_CALL]
        assert attached.call(tool) == found


@pytest.mark.parametrize("tool", STREAMS)
def test_streams_side_by_side_do_not_meet(attached: Attached, tool: str) -> None:
    """The first waits for credit while other calls run, or after it where there is one at a time.

    It is cancelled then, and its own end, too, runs in its own context.
    """
    stream = attached.send_stream(tool, {"count": 9}, chunks=2, size=1 << 20)
    assert attached.chunks(stream, 2) == [OF_START, OF_A_CALL]
    attached.cancel(stream)
    message, _ = attached.receive()
    assert message.failure.code == "CANCELLED"
    assert attached.call("sync") == OF_START


@pytest.mark.parametrize("tool", UPLOADS)
def test_uploads(attached: Attached, tool: str) -> None:
    for _ in range(2):
        upload = attached.send_upload(tool)
        attached.part(upload, b"ab")
        attached.part(upload, b"c", last=True)
        while (answer := attached.receive())[0].HasField("credit"):
            continue
        assert json.loads(answer[1]) == OF_START


def test_without_a_host_it_is_the_same() -> None:
    own = contextvars.copy_context()
    precision = decimal.getcontext().prec
    with testing.run(own_contexts.Contexts) as adapter:
        for tool in (*TOOLS, *TOOLS):
            assert adapter.call(tool) == OF_START, tool
        for tool in UPLOADS:
            assert adapter.call_with(tool, [b"ab"]) == OF_START
        for tool in STREAMS:
            first, second = adapter.stream(tool), adapter.stream(tool)
            assert next(first) == next(second) == OF_START
            assert next(first) == next(second) == OF_A_CALL
            first.close()
            assert list(second) == [OF_A_CALL]
            assert adapter.call("sync") == OF_START
    assert own_contexts.TRACE not in own
    assert own_contexts.TRACE.get() == "unset"
    assert decimal.getcontext().prec == precision


def test_a_stream_that_is_left_alone_ends_in_its_own_context(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with testing.run(own_contexts.Contexts) as adapter:
        for tool in STREAMS:
            stream = adapter.stream(tool)
            assert [next(stream), next(stream)] == [OF_START, OF_A_CALL]
            del stream
            assert capsys.readouterr().out.endswith("generator ended with a call's\n")


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_a_coroutine_that_is_ended_ends_in_its_own_context(end: str) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="ours")
    seen: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            seen.append(variable.get())

    async def run() -> None:
        context = contextvars.copy_context()
        context.run(variable.set, "the call's")
        steps = awaited_in(context, wait())
        if end == "close":
            steps.send(None)
            steps.close()
            return
        task = asyncio.create_task(await_(steps))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(run())
    assert seen == ["the call's"]


async def await_(steps: Any) -> None:
    await steps


def test_the_error_state_of_numpy_1_is_set_anew_for_each_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NumPy 1 keeps its error state by thread, not in the context."""
    state = ["of start"]
    umath = SimpleNamespace(
        geterrobj=lambda: list(state), seterrobj=lambda given: state.__setitem__(slice(None), given)
    )
    old = SimpleNamespace(__version__="1.26.4", core=SimpleNamespace(umath=umath))
    monkeypatch.setitem(sys.modules, "numpy", cast("Any", old))
    contexts = CallContexts()
    contexts.capture()
    state[:] = ["a call's"]
    contexts.fresh()
    assert state == ["of start"]
