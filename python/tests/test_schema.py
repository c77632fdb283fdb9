"""Tool schemas: what callers are told about arguments, from type hints alone."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Optional, TypedDict, Union

import pytest

from snakepit._tools.binding import Binding
from snakepit._tools.schema import of_hint


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list)


@dataclass
class Tree:
    value: int
    children: "list[Tree]" = field(default_factory=list)  # noqa: UP037 - refers to itself


class Options(TypedDict, total=False):
    depth: int


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (None, {"type": "null"}),
        (list, {"type": "array"}),
        (dict, {"type": "object"}),
        (Any, {}),
        (object, {}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (list[Any], {"type": "array"}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (Iterable[str], {"type": "array", "items": {"type": "string"}}),
        (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
        (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            tuple[int, str],
            {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (Optional[int], {"type": ["integer", "null"]}),  # noqa: UP045
        (Union[int, str], {"type": ["integer", "string"]}),  # noqa: UP007
        (int | None, {"type": ["integer", "null"]}),
        (int | Any, {}),
        (
            list[int] | None,
            {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
        ),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (Colour, {"enum": ["red", "blue"]}),
        (type[int], {}),
        (Callable[[int], int], {}),
        (Colour | Point, {"anyOf": [of_hint(Colour), of_hint(Point)]}),
    ],
)
def test_a_hint_becomes_its_schema(hint: object, schema: dict[str, Any]) -> None:
    assert of_hint(hint) == schema


def test_a_dataclass_and_a_typed_dict_are_objects() -> None:
    assert of_hint(Point) == {
        "type": "object",
        "properties": {
            "x": {"type": "number"},
            "y": {"type": "number"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["x"],
        "additionalProperties": False,
    }
    assert of_hint(Options) == {
        "type": "object",
        "properties": {"depth": {"type": "integer"}},
        "additionalProperties": False,
    }


def test_a_class_that_contains_itself_ends() -> None:
    assert of_hint(Tree)["properties"]["children"] == {"type": "array"}


def test_parameters_become_properties_with_defaults() -> None:
    def tool(a: int, b: str = "x", c: Colour = Colour.RED, d: float = float("nan")) -> None: ...

    assert Binding("tool", tool, bound=False).schema == {
        "type": "object",
        "properties": {
            "a": {"type": "integer"},
            "b": {"type": "string", "default": "x"},
            "c": {"enum": ["red", "blue"]},
            "d": {"type": "number"},
        },
        "required": ["a"],
        "additionalProperties": False,
    }


def test_a_default_of_containers_stands_in_the_schema() -> None:
    def tool(a: Any = (1, [2], {"x": None}), b: Any = {1: 2}) -> None: ...  # noqa: B006

    properties = Binding("tool", tool, bound=False).schema["properties"]
    assert properties == {"a": {"default": (1, [2], {"x": None})}, "b": {}}


def test_keyword_arguments_are_additional_properties() -> None:
    def anything(**kwargs: Any) -> None: ...
    def numbers(**kwargs: int) -> None: ...

    assert Binding("t", anything, bound=False).schema["additionalProperties"] is True
    assert Binding("t", numbers, bound=False).schema["additionalProperties"] == {"type": "integer"}
