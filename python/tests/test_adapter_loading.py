"""Adapter specs name modules or classes, and a wrong one is explained to its user."""

from __future__ import annotations

import pytest

from snakepit import AdapterError
from snakepit._tools.loading import load


def tool_names(spec: str) -> list[str]:
    return [tool.name for tool in load(spec).tools]


def test_a_plain_module_offers_its_marked_functions() -> None:
    assert tool_names("samples.plain") == ["greet", "shout"]


def test_a_mark_may_carry_another_name_and_description() -> None:
    greet, shout = load("samples.plain").tools
    assert (greet.description, shout.description) == ("Greets.", "Louder.")


def test_a_module_offers_functions_and_its_only_adapter_class() -> None:
    loaded = load("samples.mixed")
    assert [tool.name for tool in loaded.tools] == ["outside", "inside"]
    assert loaded.catches_all
    _, tools = loaded.open()
    assert [tools[name].function() for name in ("outside", "inside")] == ["function", "method"]


def test_a_class_may_be_named_among_several() -> None:
    assert tool_names("samples.several:One") == ["ping"]


def test_a_method_that_overrides_a_tool_is_one() -> None:
    _, tools = load("samples.several:Two").open()
    assert tools["ping"].function() == "two"


def test_kind_and_stream_are_found_out() -> None:
    kinds = {tool.name: (tool.kind, tool.stream) for tool in load("samples.oddities").tools}
    assert kinds["big"] == ("sync", False)
    assert kinds["endless"] == ("sync", True)
    assert kinds["loop_count"] == ("async", False)
    assert kinds["ticks"] == ("async", True)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("", "must be module or module:Class: got ''"),
        ("samples.plain:", "must be module or module:Class"),
        ("samples.nowhere", "no module named samples.nowhere; check its name, pythonPath"),
        ("nowhere.at_all", "no module named nowhere; check its name, pythonPath"),
        ("samples.several", "several Adapter classes: say samples.several:One or"),
        ("samples.several:Three", "has no Three; Adapter classes: One, Two"),
        ("samples.plain:Three", "has no Three; Adapter classes: none"),
        ("samples.several:not_an_adapter", "must be a class derived from snakepit.Adapter"),
        ("samples.several:Empty", "has no tools: mark at least one function with @tool"),
        ("samples.several:Clash", "has two tools named a"),
        ("json", "has no tools"),
    ],
)
def test_a_wrong_spec_is_refused_with_its_remedy(spec: str, said: str) -> None:
    with pytest.raises(AdapterError) as caught:
        load(spec)
    assert said in str(caught.value)


def test_what_the_import_raises_is_left_as_it_is() -> None:
    with pytest.raises(SystemExit, match="not today"):
        load("samples.bad_import")
    with pytest.raises(ModuleNotFoundError, match="a_library_that_nobody_has"):
        load("samples.missing_dependency")
