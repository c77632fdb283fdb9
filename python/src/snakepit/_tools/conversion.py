"""Conversion of JSON values into the enums and dataclasses that a tool's hints ask for.

Compiled once per parameter. Most hints need no conversion: then there is none to run.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from typing import Any, Union

Convert = Callable[[Any], Any]


def converter(hint: object, inside: tuple[object, ...] = ()) -> Convert | None:
    """Returns a function that makes of a JSON value what `hint` says, or None if it is that.

    The function raises ValueError or TypeError when the value doesn't fit. Lists, dicts and
    optionals of enums and dataclasses are entered; values inside of other types pass unchecked.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(arguments, inside)
    if origin is list:
        return _each_item(converter(arguments[0], inside))
    if origin is dict:
        return _each_value(converter(arguments[1], inside))
    if not isinstance(hint, type) or hint in inside:
        return None
    if issubclass(hint, enum.Enum):
        return hint
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint, (*inside, hint))
    return None


def _optional(members: tuple[object, ...], inside: tuple[object, ...]) -> Convert | None:
    """Converts a union of one type and None alone: which of several is meant, nobody knows."""
    others = [member for member in members if member is not type(None)]
    convert = converter(others[0], inside) if len(others) == 1 else None
    if convert is None:
        return None
    return lambda value: None if value is None else convert(value)


def _each_item(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda value: [convert(item) for item in value]


def _each_value(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda value: {key: convert(item) for key, item in value.items()}


def _dataclass(kind: type, inside: tuple[object, ...]) -> Convert:
    hints = typing.get_type_hints(kind)
    converters = {
        field.name: converter(hints[field.name], inside)
        for field in dataclasses.fields(kind)
        if field.init
    }

    def build(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"expected an object for {kind.__name__}")
        fields = {}
        for name, item in value.items():
            if name not in converters:
                raise TypeError(f"{kind.__name__} has no field {name!r}")
            convert = converters[name]
            fields[name] = item if convert is None else convert(item)
        return kind(**fields)

    return build
