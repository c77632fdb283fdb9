"""Arguments reach parameters, and a caller is told when they don't fit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from test_schema import Colour, Options, Point

from snakepit import Adapter, AdapterError, CallError, Context, testing, tool
from snakepit._tools.binding import Binding

if TYPE_CHECKING:
    from somewhere import Unknown  # type: ignore[import-not-found]


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


class Tools(Adapter):
    @tool
    def typed(self, i: int, f: float = 0, s: str = "", b: bool = False) -> list[Any]:
        return [i, f, s, b]

    @tool
    def optional(self, n: int | None = None, either: int | str = 0) -> Any:
        return [n, either]

    @tool
    def literal(self, mode: Literal["fast", "slow"] = "fast") -> str:
        return mode

    @tool
    def enum(self, colour: Colour, more: list[Colour] | None = None) -> Any:
        return [isinstance(colour, Colour), [c.name for c in more or []]]

    @tool
    def point(self, p: Point, named: dict[str, Point] | None = None) -> Any:
        return [p.x, p.y, {name: point.x for name, point in (named or {}).items()}]

    @tool
    def options(self, o: Options) -> Any:
        return o

    @tool
    def pair(self, t: tuple[int, int]) -> Any:
        return t

    @tool
    def only_numbers(self, **kwargs: int) -> int:
        return sum(kwargs.values())

    @tool
    def named_context(self, ctx: Context | None, **kwargs: Any) -> bool:
        return ctx is not None

    @tool
    def unknown_hint(self, a: Unknown, ctx: Context) -> str:
        return f"{a}{ctx.pool}"

    @staticmethod
    @tool
    def static(a: int) -> int:
        return a

    @classmethod
    @tool
    def of_class(cls, a: int) -> int:
        return a

    @tool
    @logged
    def wrapped(self, n: int) -> Iterator[int]:
        yield from range(n)

    @tool
    def raw(self, body: bytes, factor: int = 2) -> bytes:
        return body * factor

    @tool
    def raw_or_json(self, body: bytes = b"none", factor: int = 1) -> Any:
        return body.decode() * factor

    @tool
    def mixed(self, factor: int, body: bytes | None = None) -> Any:
        return [factor, body is None]

    @tool
    def metres(self, a: Annotated[int, "metres"], p: Annotated[Point | None, "x"] = None) -> Any:
        return [a, p and p.x]

    @tool
    def nothing(self, a: None = None, b: object = 0, *, c: Any) -> Any:
        return [a, b, c]

    @tool
    def variadic(self, *args: Any, a: int = 1) -> Any:
        return [len(args), a]


@pytest.fixture
def tools() -> Iterator[testing.TestWorker]:
    with testing.run(Tools) as worker:
        yield worker


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("typed", {}, "argument i is missing: expected an integer"),
        ("typed", {"i": "1"}, "argument i must be an integer: got a string ('1')"),
        ("typed", {"i": True}, "argument i must be an integer: got a boolean (True)"),
        ("typed", {"i": 1.0}, "argument i must be an integer: got a number (1.0)"),
        ("typed", {"i": None}, "argument i must be an integer: got null (None)"),
        ("typed", {"i": 1, "f": "x"}, "argument f must be a number: got a string ('x')"),
        ("typed", {"i": 1, "s": [1]}, "argument s must be a string: got an array ([1])"),
        ("typed", {"i": 1, "b": {}}, "argument b must be a boolean: got an object ({})"),
        ("typed", {"i": 1, "j": 2}, "has no argument 'j': it takes i, f, s, b"),
        ("typed", {"i": 1, "self": 2}, "has no argument 'self'"),
        ("optional", {"n": "x"}, "argument n must be an integer or null"),
        ("optional", {"either": 1.5}, "argument either must be a string or an integer"),
        ("literal", {"mode": "slower"}, "argument mode must be one of 'fast', 'slow'"),
        ("literal", {"mode": 1}, "argument mode must be a string"),
        ("enum", {"colour": "green"}, "argument colour doesn't fit: 'green' is not a valid"),
        ("point", {"p": {"y": 1}}, "argument p doesn't fit"),
        ("point", {"p": {"x": 1, "z": 1}}, "Point has no field 'z'"),
        ("point", {"p": {"x": 1}, "named": {"a": 1}}, "expected an object for Point"),
        ("options", {"o": 1}, "argument o must be an object"),
        ("pair", {"t": "x"}, "argument t must be an array"),
        ("only_numbers", {"x": "1"}, "argument x must be an integer"),
        ("named_context", {"ctx": 1}, "has no argument 'ctx': it takes no arguments"),
        ("metres", {"a": "x"}, "argument a must be an integer"),
        ("nothing", {}, "argument c is missing: expected any JSON value"),
        ("nothing", {"a": 1, "c": 1}, "argument a must be null"),
        ("raw", {}, "takes bytes in body, not JSON"),
        ("raw_or_json", {"body": "x"}, "has no argument 'body'"),
    ],
)
def test_an_argument_that_does_not_fit_is_refused_by_name(
    tools: testing.TestWorker, name: str, args: dict[str, Any], message: str
) -> None:
    with pytest.raises(CallError) as caught:
        tools.call_with(name, args)
    assert caught.value.code == "INVALID_REQUEST"
    assert message in caught.value.message
    assert f"tool {name}" in caught.value.message


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("typed", {"i": 1, "f": 2, "s": "x", "b": True}, [1, 2, "x", True]),
        ("typed", {"i": 1, "f": 2.5}, [1, 2.5, "", False]),
        ("optional", {"n": 1, "either": "x"}, [1, "x"]),
        ("optional", {"n": None}, [None, 0]),
        ("literal", {"mode": "slow"}, "slow"),
        ("enum", {"colour": "red"}, [True, []]),
        ("enum", {"colour": "red", "more": ["blue"]}, [True, ["BLUE"]]),
        ("enum", {"colour": "red", "more": None}, [True, []]),
        ("point", {"p": {"x": 1}, "named": {"a": {"x": 2}}}, [1, 0.0, {"a": 2}]),
        ("options", {"o": {"depth": 3}}, {"depth": 3}),
        ("pair", {"t": [1, 2]}, [1, 2]),
        ("only_numbers", {"x": 1, "y": 2}, 3),
        ("named_context", {"self_": 1}, True),
        ("unknown_hint", {"a": 1}, "1test"),
        ("static", {"a": 1}, 1),
        ("of_class", {"a": 1}, 1),
        ("wrapped", {"n": 2}, [0, 1]),
        ("raw_or_json", {"factor": 2}, "nonenone"),
        ("mixed", {"factor": 2}, [2, True]),
        ("metres", {"a": 1, "p": {"x": 2}}, [1, 2]),
        ("nothing", {"a": None, "b": [], "c": 1}, [None, [], 1]),
        ("variadic", {"a": 2}, [0, 2]),
    ],
)
def test_arguments_that_fit_reach_the_tool(
    tools: testing.TestWorker, name: str, args: dict[str, Any], result: object
) -> None:
    assert tools.call_with(name, args) == result


def test_a_raw_body_binds_the_bytes_parameter_alone(tools: testing.TestWorker) -> None:
    assert tools.call_with("raw", b"ab") == b"abab"
    assert tools.call_with("raw", b"") == b""
    assert tools.call_with("raw_or_json", b"ab", content_type="text/plain") == "ab"


def test_a_raw_body_is_refused_where_it_cannot_do(tools: testing.TestWorker) -> None:
    with pytest.raises(CallError, match="tool typed takes a JSON object"):
        tools.call_with("typed", b"raw")
    with pytest.raises(CallError, match="argument factor is missing"):
        tools.call_with("mixed", b"raw")


def test_an_empty_raw_body_is_no_arguments_for_who_takes_none(tools: testing.TestWorker) -> None:
    """Fails if the type of nothing matters: clients send one with every request."""
    assert tools.call_with("variadic", b"") == [0, 1]
    assert tools.call_with("literal", b"", content_type="image/png") == "fast"
    with pytest.raises(CallError, match="tool typed: argument i is missing"):
        tools.call_with("typed", b"", content_type="text/plain")


def test_an_empty_raw_body_is_empty_bytes_for_who_takes_them(tools: testing.TestWorker) -> None:
    assert tools.call_with("raw", b"", content_type="image/png") == b""
    assert tools.call_with("raw_or_json", b"", content_type="text/plain") == ""


def test_an_empty_json_body_is_no_arguments(tools: testing.TestWorker) -> None:
    assert tools.call_with("raw_or_json", b"", content_type="application/json") == "none"
    with pytest.raises(CallError, match="tool raw takes bytes in body, not JSON"):
        tools.call_with("raw", b"", content_type="application/json")


def test_a_form_of_several_parts_is_told_what_to_send_instead(tools: testing.TestWorker) -> None:
    with pytest.raises(CallError, match="send the arguments as one JSON object") as caught:
        tools.call_with("typed", b"--x--", content_type="Multipart/Form-Data; boundary=x")
    assert "application/json" in caught.value.message
    assert "multipart/form-data" in caught.value.message


def test_details_name_the_argument(tools: testing.TestWorker) -> None:
    with pytest.raises(CallError) as caught:
        tools.call("typed", i="x")
    assert caught.value.details == {
        "argument": "i",
        "expected": "an integer",
        "given": "a string ('x')",
    }


def test_a_tool_that_no_call_could_bind_is_refused_when_loaded() -> None:
    def positional(a: int, /) -> None: ...
    def raw_and_more(body: bytes, needed: int) -> None: ...

    with pytest.raises(AdapterError, match="a is positional-only"):
        Binding("t", positional, bound=False)
    with pytest.raises(AdapterError, match="needed must have a default"):
        Binding("t", raw_and_more, bound=False)


def test_a_tool_overridden_by_what_cannot_be_called_is_refused() -> None:
    class Broken(Tools):
        typed = 3  # type: ignore[assignment]

    with pytest.raises(AdapterError, match="can't be called"):
        testing.run(Broken)
