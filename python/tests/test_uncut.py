"""A tool with `interrupt=False` runs to its end, whoever has stopped waiting for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fake_host import DEADLINE, Attached, process
from samples.uncut import Uncut

from snakepit import testing
from snakepit._tools.loading import from_class
from snakepit.v1 import worker_pb2 as pb

PROFILES: dict[str, dict[str, Any]] = {
    "process": {},
    "thread": {"profile": "thread", "concurrency": 2},
    "async": {"profile": "async", "concurrency": 2},
}


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.005)


def cancel(worker: Attached, call: int) -> None:
    """Cancels, and has that be heard several times over."""
    worker.cancel(call)
    for sequence in range(10):
        assert worker.ping(sequence) == sequence
        time.sleep(0.005)


@pytest.mark.parametrize("tool", ["run", "run_async", "together", "anything"])
@pytest.mark.parametrize("profile", PROFILES)
def test_it_runs_to_its_end(tmp_path: Path, profile: str, tool: str) -> None:
    with process(tmp_path, "samples.uncut", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call(tool, {"folder": str(tmp_path)})
        wait_for(tmp_path / "begun")
        cancel(worker, call)
        (tmp_path / "go").touch()
        assert worker.answers(1)[call].code == "CANCELLED"
        assert (tmp_path / "left").read_text() in {"ran\n", "cancelled=True\n"}
        assert worker.call("ping") == "pong"
        call = worker.send_call(tool, {"folder": str(tmp_path)})  # nothing has stayed of it
        assert worker.answers(1) == {call: None}


@pytest.mark.parametrize("tool", ["ask", "ask_async"])
@pytest.mark.parametrize("profile", PROFILES)
def test_its_calls_to_the_host_are_answered(tmp_path: Path, profile: str, tool: str) -> None:
    with process(tmp_path, "samples.uncut", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call(tool, {"folder": str(tmp_path)})
        asked = worker.receive()[0].host_call.id
        cancel(worker, call)
        worker.send(pb.HostMessage(host_result=pb.HostResult(id=asked)), b"7")
        assert worker.answers(1)[call].code == "CANCELLED"
    assert (tmp_path / "left").read_text() == "host said 7\n"


@pytest.mark.parametrize("tool", ["stream", "stream_async"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_stream_is_closed_at_its_yield(tmp_path: Path, profile: str, tool: str) -> None:
    """Never amid its code; and nobody would take what it yields."""
    with process(tmp_path, "samples.uncut", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_stream(tool, {"folder": str(tmp_path)}, chunks=2)
        assert worker.chunks(call, 1) == [1]
        wait_for(tmp_path / "begun")
        cancel(worker, call)
        (tmp_path / "go").touch()
        message, _ = worker.receive()
        if message.WhichOneof("kind") == "chunk":
            message, _ = worker.receive()
        assert message.failure.code == "CANCELLED"
        assert worker.call("ping") == "pong"
    assert (tmp_path / "left").read_text() in {"whole\nclosed\n", "ran\nclosed\n"}


@pytest.mark.parametrize("tool", ["stream", "stream_async"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_stream_that_waits_for_credit_is_closed(tmp_path: Path, profile: str, tool: str) -> None:
    (tmp_path / "go").touch()
    with process(tmp_path, "samples.uncut", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_stream(tool, {"folder": str(tmp_path)}, chunks=2)
        assert worker.chunks(call, 2) == [1, 2]
        worker.cancel(call)
        assert worker.answers(1)[call].code == "CANCELLED"
        assert worker.call("ping") == "pong"
    assert (tmp_path / "left").read_text().endswith("closed\n")


@pytest.mark.parametrize("tool", ["read", "read_async"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_reading_of_an_upload_ends(tmp_path: Path, profile: str, tool: str) -> None:
    """Pieces that have not come will not come any more."""
    with process(tmp_path, "samples.uncut", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_upload(tool)
        worker.part(call, str(tmp_path).encode())
        wait_for(tmp_path / "begun")
        worker.cancel(call)
        while (message := worker.receive()[0]).WhichOneof("kind") == "credit":
            pass
        assert message.failure.code == "CANCELLED"
        assert worker.call("ping") == "pong"
    assert (tmp_path / "left").read_text() == "ended\n"


def test_the_host_is_told_which_tools_they_are() -> None:
    described = {tool["name"]: tool.get("interrupt", True) for tool in from_class(Uncut).describe()}
    assert described.pop("ping") is True
    assert described.pop("*") is False, "those that execute catches"
    assert "execute" not in described
    assert not any(described.values())
    assert len(described) == 9


@pytest.mark.parametrize("tool", ["run", "run_async", "stream", "stream_async", "anything"])
def test_it_works_without_a_host_as_well(tmp_path: Path, tool: str) -> None:
    (tmp_path / "go").touch()
    with testing.run(Uncut) as uncut:
        answer = uncut.call(tool, folder=str(tmp_path))
        assert answer == ([1, 2, 3] if "stream" in tool else None)
