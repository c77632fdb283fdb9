"""`snakepit.testing`: tools called without a host behave as they do in a worker."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from samples import mixed, plain
from samples.oddities import Oddities
from samples.streams import Streams

import snakepit
from snakepit import Adapter, CallError, ToolNotFound, testing, tool
from snakepit.adapters.showcase import Showcase


@pytest.mark.parametrize("adapter", [Showcase, Showcase(), "snakepit.adapters.showcase"])
def test_takes_a_class_an_instance_or_a_spec(adapter: Any) -> None:
    with testing.run(adapter) as showcase:
        assert showcase.call("ping") == "pong"


def test_takes_a_module() -> None:
    with testing.run(plain) as module:
        assert module.call("greet", name="you") == "hello, you"
        assert module.call("shout", text="a") == "A"


def test_every_tool_of_the_showcase_does_what_it_says() -> None:
    tools = {"lookup": lambda args: {"found": args["key"]}}
    with testing.run(Showcase, host_tools=tools) as showcase:
        assert showcase.call("echo", self=1, tool="x") == {"self": 1, "tool": "x"}
        assert showcase.call("add", a=1, b=2) == 3
        assert showcase.call("sleep", seconds=0) == 0
        assert [showcase.call("compute", n=n) for n in (0, 2, 3, 100)] == [0, 0, 1, 25]
        assert showcase.call("count", n=2, delay=0.000001) == [{"i": 0}, {"i": 1}]
        assert showcase.call("flood", chunks=2, size=3) == ["xxx", "xxx"]
        assert showcase.call_with("bytes_echo", b"\xff") == b"\xff"
        assert showcase.call("call_host", tool="lookup", args={"key": 7}) == {"found": 7}
        for n in (1, 2):
            counted = showcase.call_with("session_counter", {}, session="user-7")
            assert counted == {"session": "user-7", "worker": "test-1", "count": n}


def test_the_showcase_streams_in_both_directions() -> None:
    """Fails if its endless flood is made before it is asked for, or an upload is not counted."""
    with testing.run(Showcase) as showcase:
        with contextlib.closing(showcase.stream("flood", chunks=0, size=3)) as flood:
            assert list(itertools.islice(flood, 5)) == ["xxx"] * 5
        assert showcase.call_with("upload_size", (b"abc", b"", b"d")) == {"bytes": 4}
        assert showcase.call_with("upload_size", b"abc") == {"bytes": 3}


@pytest.mark.parametrize("tool", ["numbers", "numbers_async"])
def test_a_stream_is_pulled_and_closed(tool: str) -> None:
    """Fails if a chunk is made that nobody has asked for, or closing does not reach the tool."""
    with testing.run(Streams) as streams:
        chunks = streams.stream(tool, n=10)
        assert [next(chunks), next(chunks)] == [0, 1]
        chunks.close()
        assert streams.call("state") == {"made": 2, "told": ["exit", "closed"]}
        assert list(streams.stream(tool, n=2)) == [0, 1]


def test_whatever_a_tool_is_it_can_be_streamed() -> None:
    """Fails if a plain tool, a batch or a catch-all has no chunks."""
    with testing.run(Streams) as streams:
        assert list(streams.stream("plain")) == list(streams.stream("plain_async")) == [{"a": 1}]
        assert list(streams.stream("inner")) == [0, 1, 2, 3, 4]
        assert list(streams.stream("together", n=1)) == [{"$n": 1}]
        assert list(streams.stream("caught")) == ["caught 0 {}", "caught 1 {}"]


def test_a_stream_that_fails_has_had_its_chunks() -> None:
    """Fails if they are lost, or the tool's exception is not the cause."""
    with testing.run(Streams) as streams:
        chunks = streams.stream("fails_after", n=1, kind="raise")
        assert next(chunks) == 0
        with pytest.raises(CallError, match="half way") as caught:
            next(chunks)
        assert isinstance(caught.value.__cause__, ValueError)
        with pytest.raises(CallError, match="INVALID_REQUEST"):
            next(streams.stream("numbers", n="x"))
        with pytest.raises(CallError, match="LookupError"):
            next(streams.stream("fails_at_once"))


def test_an_upload_is_read_in_its_pieces() -> None:
    """Fails if they are put together for who wants them one by one, or the other way round."""
    with testing.run(Streams) as streams:
        for tool in ("lengths", "lengths_async"):
            assert streams.call_with(tool, [b"ab", b"c"]) == [2, 1]
        assert streams.call_with("whole", iter([b"ab", b"c"])) == b"cba"
        for tool in ("shout", "shout_async"):
            pieces = (bytes([97 + n]) for n in itertools.count())
            chunks = streams.stream_with(tool, pieces)
            assert [next(chunks), next(chunks)] == [b"A", b"B"]
            chunks.close()
            assert next(pieces) == b"c"


def test_the_showcase_fails_as_asked() -> None:
    with testing.run(Showcase) as showcase:
        for kind, raised in [("KeyError", KeyError), ("int", ValueError), ("nothing", ValueError)]:
            with pytest.raises(CallError) as caught:
                showcase.call("fail", type=kind)
            assert isinstance(caught.value.__cause__, raised)
        with pytest.raises(CallError, match="needs a session"):
            showcase.call("session_counter")


def test_the_tools_exception_is_the_cause() -> None:
    odd = testing.run(Oddities())
    with pytest.raises(CallError) as caught:
        odd.call("raise_it", kind="exit")
    assert caught.value.code == "PYTHON_EXCEPTION"
    assert caught.value.python is not None
    assert caught.value.python.type == "SystemExit"
    assert isinstance(caught.value.__cause__, SystemExit)


def test_a_host_tool_that_is_not_there_fails() -> None:
    with testing.run(Showcase) as showcase, pytest.raises(CallError, match="no host tool 'x'"):
        showcase.call("call_host", tool="x")


def test_a_blocking_host_call_works_too() -> None:
    tools = {"one": lambda args: args, "two": len}
    worker = testing.run("samples.oddities", host_tools=tools)
    assert worker.call("ask") == [{"n": 1}, 0]


def test_limits_and_markers_are_as_in_a_worker() -> None:
    worker = testing.run("samples.oddities", on_unserializable="marker", max_body_bytes=100)
    assert worker.call("return_it", kind="set")["a"]["b"][1] == {"$unserializable": "set"}
    with pytest.raises(CallError, match="at most 100 are allowed"):
        worker.call("big", size=200)


def test_infinity_is_refused_as_input() -> None:
    with testing.run(Showcase) as showcase, pytest.raises(CallError, match="INVALID_REQUEST"):
        showcase.call("echo", x=float("inf"))


def test_a_catch_all_takes_any_other_name() -> None:
    with testing.run(mixed) as worker:
        assert worker.call("outside") == "function"
        assert worker.call("any.thing", a=1) == {
            "tool": "any.thing",
            "args": {"a": 1},
            "call": "test-call-2",
        }
        assert worker.call_with("any.raw", b"x")["args"] == "x"
        assert worker.call("numbers") == [0, 1, 2]
        with pytest.raises(CallError, match="TOOL_NOT_FOUND: there is no tool 'other'"):
            worker.call("other")


def test_an_unknown_tool_lists_those_there_are() -> None:
    with testing.run(plain) as worker, pytest.raises(ToolNotFound, match="there are greet, shout"):
        worker.call("zzz")


def test_start_and_stop_are_called_and_may_raise() -> None:
    class Stubborn(Adapter):
        def stop(self) -> None:
            raise OSError("stuck")

        @tool
        def ping(self) -> str:
            return "pong"

    worker = testing.run(Stubborn)
    assert worker.adapter is not None
    with pytest.raises(OSError, match="stuck"):
        worker.close()


def test_describes_its_tools() -> None:
    with testing.run(plain) as worker:
        assert worker.tools[0] == {
            "name": "greet",
            "description": "Greets.",
            "inputSchema": {
                "type": "object",
                "properties": {"name": {"type": "string", "default": "world"}},
                "additionalProperties": False,
            },
            "stream": False,
            "kind": "sync",
        }


def test_integers_are_exact_up_to_the_limit() -> None:
    with testing.run(Showcase) as showcase:
        assert showcase.call("add", a=10**4299, b=1) == 10**4299 + 1
        with pytest.raises(CallError, match="at most 4300 digits"):
            showcase.call("add", a=10**4300 - 1, b=1)


def test_the_package_offers_its_public_names_and_no_others() -> None:
    for name in snakepit.__all__:
        assert getattr(snakepit, name) is not None
        assert name in dir(snakepit)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = snakepit.nonsense  # type: ignore[attr-defined] # mypy sees it as well


def test_the_catch_alls_arguments_are_a_mapping() -> None:
    class Any_(Adapter):  # noqa: N801
        def execute(self, tool: str, args: Any, ctx: snakepit.Context) -> Any:
            return isinstance(args, Mapping)

    with testing.run(Any_) as worker:
        assert worker.call("x") is True
