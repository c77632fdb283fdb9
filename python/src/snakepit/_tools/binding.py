"""Binding of a call's arguments to a tool's parameters. Compiled once per tool.

A JSON body binds every parameter but the one hinted `bytes`, or `Iterator[bytes]`; a raw body binds
that one alone. What is left over must have a default. The parameter hinted `Context` is filled by
the worker.
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections import abc
from typing import Any, Literal, NoReturn, Union

from snakepit._tools.context import Context
from snakepit._tools.conversion import Convert, converter
from snakepit._tools.errors import INVALID_REQUEST, AdapterError, CallError, quoted, shown
from snakepit._tools.schema import of_parameters

Arguments = dict[str, Any]
Accepted = frozenset[type]

_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}
# Whatever JSON can hold.
_ANYTHING: Accepted = frozenset(_NAMES)
_NOTHING: Accepted = frozenset()
_UNIONS = (Union, types.UnionType)
_ITERATORS: dict[object, str] = {
    **dict.fromkeys((abc.Iterator, abc.Iterable, abc.Generator), "sync"),
    **dict.fromkeys((abc.AsyncIterator, abc.AsyncIterable, abc.AsyncGenerator), "async"),
}
_USUAL: dict[str, Any] = {
    "Context": Context,
    **{kind.__name__: kind for kind in _ITERATORS if isinstance(kind, type)},
}
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Binding:
    """A tool's parameters, and what their arguments may be.

    Attributes:
        context: name of the parameter that takes the Context, or None.
        raw: name of the parameter that takes a raw body, or None.
        upload: how it does so piece by piece, "sync" or "async"; empty: as a whole.
        schema: JSON Schema of a JSON body.
    """

    def __init__(self, tool: str, function: Any, *, bound: bool) -> None:
        """Compiles the parameters of `function`; with `bound`, its first is self.

        Raises AdapterError if no call could ever bind them.
        """
        self._tool = tool
        signature = inspect.signature(function)
        parameters = dict(signature.parameters)
        hints = _hints(function, parameters)
        taken = [_pop_first(parameters)] if bound and parameters else []  # self
        for name, parameter in parameters.items():
            if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
                raise AdapterError(f"tool {tool}: {name} is positional-only, arguments go by name")
        self.context = _find(parameters, hints, Context)
        self.raw, self.upload = _find_raw(tool, parameters, hints)
        taken += [parameters.pop(name) for name in (self.context, self.raw) if name is not None]
        self._raw_is_optional = self.raw is not None and _has_default(signature, self.raw)
        self._compile(parameters, hints)
        for parameter in taken:
            if parameter.kind in _NAMED:  # then a caller may not give it
                self._accepted[parameter.name] = _NOTHING
        self.schema = of_parameters(parameters, hints)
        self.takes_json = self.raw is None or self._raw_is_optional
        if not self.takes_json and self._required:
            names = ", ".join(sorted(self._required))
            raise AdapterError(
                f"tool {tool}: a raw body binds {self.raw} alone, so {names} must have a default"
            )
        # Nothing to look at, such as for f() or f(**kwargs).
        self.checks_nothing = not self._accepted and self._extra is _ANYTHING

    def check(self, arguments: Arguments) -> None:
        """Checks the members of a JSON body, and converts those that need it, in place.

        Raises CallError INVALID_REQUEST, which names the argument.
        """
        accepted, extra = self._accepted, self._extra
        for name, value in arguments.items():
            if type(value) not in accepted.get(name, extra):
                self._refuse(name, value)
        if not arguments.keys() >= self._required:
            self._refuse_missing(arguments)
        for name, choices in self._choices:
            if name in arguments and arguments[name] not in choices:
                self._refuse_choice(name, arguments[name], choices)
        for name, convert in self._converters:
            if name in arguments:
                arguments[name] = self._converted(name, arguments[name], convert)

    def check_raw(self, content_type: str) -> str:
        """Returns the parameter that a raw body binds. Raises CallError if that alone can't do."""
        if self.raw is None:
            raise CallError(INVALID_REQUEST, f"tool {self._tool} {wants_json(content_type)}")
        if self._required:
            self._refuse_missing({})
        return self.raw

    def refuse_json(self) -> NoReturn:
        """Raises the CallError for a JSON body that a tool can't take."""
        raise CallError(
            INVALID_REQUEST,
            f"tool {self._tool} takes bytes in {self.raw}, not JSON: "
            "send another content type, such as application/octet-stream",
            {"argument": self.raw},
        )

    def _compile(self, parameters: dict[str, inspect.Parameter], hints: dict[str, Any]) -> None:
        self._accepted: dict[str, Accepted] = {}
        self._extra = _NOTHING
        self._choices: list[tuple[str, tuple[Any, ...]]] = []
        self._converters: list[tuple[str, Convert]] = []
        required = set()
        for name, parameter in list(parameters.items()):
            hint = hints.get(name, Any)
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                self._extra = accepted_types(hint)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                del parameters[name]
            else:
                self._accepted[name] = accepted_types(hint)
                self._compile_value(name, hint)
                if parameter.default is inspect.Parameter.empty:
                    required.add(name)
        self._required = frozenset(required)

    def _compile_value(self, name: str, hint: Any) -> None:
        if typing.get_origin(hint) is Literal:
            self._choices.append((name, typing.get_args(hint)))
        convert = converter(hint)
        if convert is not None:
            self._converters.append((name, convert))

    def _refuse(self, name: str, value: object) -> NoReturn:
        accepted = self._accepted.get(name, self._extra)
        if not accepted:
            self._refuse_unknown(name)
        self._refuse_value(name, _describe(accepted), f"{_NAMES[type(value)]} ({quoted(value)})")

    def _refuse_unknown(self, name: str) -> NoReturn:
        known = [known for known, accepted in self._accepted.items() if accepted]
        takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
        told = shown(name)
        raise CallError(
            INVALID_REQUEST,
            f"tool {self._tool} has no argument '{told}': {takes}",
            {"argument": told},
        )

    def _refuse_missing(self, arguments: Arguments) -> NoReturn:
        name = next(n for n in self._accepted if n in self._required and n not in arguments)
        expected = _describe(self._accepted[name])
        raise CallError(
            INVALID_REQUEST,
            f"tool {self._tool}: argument {name} is missing: expected {expected}",
            {"argument": name, "expected": expected},
        )

    def _refuse_choice(self, name: str, value: object, choices: tuple[Any, ...]) -> NoReturn:
        self._refuse_value(name, f"one of {', '.join(map(quoted, choices))}", quoted(value))

    def _refuse_value(self, name: str, expected: str, given: str) -> NoReturn:
        told = shown(name)
        raise CallError(
            INVALID_REQUEST,
            f"tool {self._tool}: argument {told} must be {expected}: got {given}",
            {"argument": told, "expected": expected, "given": given},
        )

    def _converted(self, name: str, value: object, convert: Convert) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError) as error:
            raise CallError(
                INVALID_REQUEST,
                f"tool {self._tool}: argument {name} doesn't fit: {shown(str(error))}",
                {"argument": name, "given": quoted(value)},
            ) from error


def wants_json(content_type: str) -> str:
    """Tells what to send, of some type that is not JSON, to a tool that takes nothing else."""
    if content_type.lower().startswith("multipart/"):
        return (
            "takes a JSON object, and multipart/form-data is not taken apart: "
            "send the arguments as one JSON object with content type application/json"
        )
    return "takes a JSON object: send content type application/json"


def accepted_types(hint: object) -> Accepted:
    """Returns the Python types that a JSON value of this hint may have; all if none is simple."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
        return frozenset().union(*map(accepted_types, arguments))
    if origin is Literal:
        return frozenset(map(type, arguments)) & _ANYTHING or _ANYTHING
    kind = origin or hint
    if kind is None:
        return frozenset({type(None)})
    if kind is float:
        return frozenset({float, int})
    if isinstance(kind, type):
        return _accepted_class(kind)
    return _ANYTHING


def _accepted_class(kind: type) -> Accepted:
    if kind in _NAMES:
        return frozenset({kind})
    if kind is tuple:
        return frozenset({list})
    if issubclass(kind, enum.Enum):
        return frozenset(type(member.value) for member in kind) & _ANYTHING or _ANYTHING
    if hasattr(kind, "__dataclass_fields__") or typing.is_typeddict(kind):
        return frozenset({dict})
    return _ANYTHING


def _describe(accepted: Accepted) -> str:
    if accepted == _ANYTHING:
        return "any JSON value"
    names = [name for kind, name in _NAMES.items() if kind in accepted]
    if {int, float} <= accepted:
        names.remove(_NAMES[int])
    return " or ".join(names)


def _hints(function: Any, parameters: dict[str, inspect.Parameter]) -> dict[str, Any]:
    """Returns type hints by parameter. One that names something out of reach counts as Any."""
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - evaluates what the user wrote
        hints = {}
        for name, parameter in parameters.items():
            hints[name] = _hint(parameter.annotation, getattr(function, "__globals__", {}))
        return hints


def _hint(annotation: Any, names: dict[str, Any]) -> Any:
    one = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        # What is imported under TYPE_CHECKING only still means what it usually does.
        return typing.get_type_hints(one, {**_USUAL, **names})["it"]
    except Exception:  # noqa: BLE001 - as above
        return Any


def _find(
    parameters: dict[str, inspect.Parameter], hints: dict[str, Any], kind: type
) -> str | None:
    return next((name for name in parameters if kind in _options(hints.get(name))), None)


def _options(hint: object) -> tuple[object, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in _UNIONS else (hint,)


def _find_raw(
    tool: str, parameters: dict[str, inspect.Parameter], hints: dict[str, Any]
) -> tuple[str | None, str]:
    """Finds the parameter that takes a raw body, and how. Raises AdapterError for several."""
    found = []
    for name in parameters:
        kinds = {
            _ITERATORS[typing.get_origin(option)]
            for option in _options(hints.get(name))
            if typing.get_origin(option) in _ITERATORS and typing.get_args(option)[0] is bytes
        }
        if kinds:
            found.append((name, min(kinds)))
    whole = _find(parameters, hints, bytes)
    if whole is not None and all(name != whole for name, _ in found):
        found.append((whole, ""))
    if len(found) > 1:
        names = " and ".join(name for name, _ in found)
        raise AdapterError(f"tool {tool}: a raw body binds one parameter, so only one of {names}")
    return found[0] if found else (None, "")


def _has_default(signature: inspect.Signature, name: str) -> bool:
    return signature.parameters[name].default is not inspect.Parameter.empty


def _pop_first(parameters: dict[str, inspect.Parameter]) -> inspect.Parameter:
    return parameters.pop(next(iter(parameters)))
