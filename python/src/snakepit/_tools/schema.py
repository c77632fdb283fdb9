"""JSON Schema of a tool's arguments, from its type hints."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from typing import Any, Literal, Union

Schema = dict[str, Any]

_SIMPLE: dict[object, Schema] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    dict: {"type": "object"},
}
_UNIONS = (Union, types.UnionType)


def of_parameters(parameters: dict[str, inspect.Parameter], hints: dict[str, Any]) -> Schema:
    """Returns the schema of the object whose members are the keyword arguments of a tool.

    `**kwargs` gives additionalProperties, of its hint's schema if it has one.
    """
    properties: Schema = {}
    required = []
    additional: bool | Schema = False
    for name, parameter in parameters.items():
        hint = hints.get(name, Any)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            additional = of_hint(hint) or True
            continue
        properties[name] = of_hint(hint)
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        elif _is_json(parameter.default):
            properties[name]["default"] = parameter.default
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    schema["additionalProperties"] = additional
    return schema


def of_hint(hint: object, inside: tuple[object, ...] = ()) -> Schema:
    """Returns the schema of one type. Empty, which allows anything, where there is none.

    `inside` are the classes being described, so that one that contains itself ends.
    """
    if isinstance(hint, typing.Hashable) and hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
        return _union([of_hint(argument, inside) for argument in arguments])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is not None:
        return _container(origin, arguments, inside)
    if isinstance(hint, type) and hint not in inside:
        return _class(hint, (*inside, hint))
    return {}


def _union(members: list[Schema]) -> Schema:
    if any(not member for member in members):
        return {}  # one of them allows anything
    if all(member.keys() == {"type"} for member in members):
        return {"type": [member["type"] for member in members]}
    return {"anyOf": members}


def _container(origin: object, arguments: tuple[Any, ...], inside: tuple[object, ...]) -> Schema:
    if not isinstance(origin, type):
        return {}
    if issubclass(origin, dict):
        return {"type": "object", **_member("additionalProperties", arguments[-1], inside)}
    if issubclass(origin, tuple) and arguments[-1] is not Ellipsis:
        size = len(arguments)
        items = [of_hint(argument, inside) for argument in arguments]
        return {"type": "array", "prefixItems": items, "minItems": size, "maxItems": size}
    if issubclass(origin, list | tuple) or origin.__module__ == "collections.abc":
        if issubclass(origin, typing.Mapping):
            return {"type": "object", **_member("additionalProperties", arguments[-1], inside)}
        if issubclass(origin, typing.Iterable):
            return {"type": "array", **_member("items", arguments[0], inside)}
    return {}


def _member(key: str, hint: object, inside: tuple[object, ...]) -> Schema:
    schema = of_hint(hint, inside)
    return {key: schema} if schema else {}


def _class(kind: type, inside: tuple[object, ...]) -> Schema:
    if issubclass(kind, enum.Enum):
        return {"enum": [member.value for member in kind]}
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = [field for field in dataclasses.fields(kind) if field.init]
        required = [
            field.name
            for field in fields
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
        return _object({field.name: hints[field.name] for field in fields}, required, inside)
    if typing.is_typeddict(kind):
        names = typing.get_type_hints(kind)
        return _object(names, sorted(getattr(kind, "__required_keys__", names)), inside)
    return {}


def _object(hints: dict[str, Any], required: list[str], inside: tuple[object, ...]) -> Schema:
    properties = {name: of_hint(hint, inside) for name, hint in hints.items()}
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _is_json(value: object) -> bool:
    """Tells whether a default can stand in the schema: scalars, and containers of them."""
    if value is None or isinstance(value, str | bool | int):
        return True
    if isinstance(value, float):
        return value - value == 0  # neither NaN nor infinite
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    return isinstance(value, dict) and all(
        isinstance(key, str) and _is_json(inner) for key, inner in value.items()
    )
