"""Adapter specs name modules or classes, and a wrong one is explained to its user."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from snakepit import AdapterError, tool
from snakepit._forkserver.server import describe
from snakepit._tools.loading import from_module, load
from snakepit._tools.shadowing import explanation


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


def test_an_adapter_with_the_name_of_an_own_module_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calendar.py").write_text("SHAPE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AdapterError, match=r"calendar.py is hidden .* module calendar: rename it"):
        load("calendar")


@pytest.mark.parametrize("line", ["from types import Shape", "import types; types.Shape"])
def test_a_hidden_helper_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Red where `explanation` finds nothing."""
    (tmp_path / "types.py").write_text("class Shape: pass\n")
    (tmp_path / "with_helper.py").write_text(line + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises((ImportError, AttributeError)) as caught:
        load("with_helper")
    file = tmp_path / "types.py"
    hint = f"{file} is hidden by the interpreter's own module types: rename it"
    assert explanation(caught.value) == hint
    assert str(describe(caught.value)["message"]).endswith(hint)


def test_what_has_another_reason_is_not_explained() -> None:
    assert explanation(ImportError("cannot import name 'x' from 'json'")) == ""
    assert explanation(ValueError("'types'")) == ""


def test_what_the_import_raises_is_left_as_it_is() -> None:
    with pytest.raises(SystemExit, match="not today"):
        load("samples.bad_import")
    with pytest.raises(ModuleNotFoundError, match="a_library_that_nobody_has"):
        load("samples.missing_dependency")


@pytest.mark.parametrize("name", ["größe", "a b", "x" * 129, "x" * 5_000_000, "a\n", "a/b"])
def test_a_tool_that_nobody_could_call_is_refused(name: str) -> None:
    def nameless() -> None: ...

    nameless.__name__ = "nameless"
    module = ModuleType("odd")
    module.__dict__["odd"] = tool(name=name)(nameless)
    nameless.__module__ = "odd"
    with pytest.raises(AdapterError, match="a tool's name must be 1 to 128 of A-Z a-z 0-9") as told:
        from_module(module)
    assert len(str(told.value)) < 350
