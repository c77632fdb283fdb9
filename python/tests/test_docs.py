"""The Python code in the documentation is run, so that it can't say what is not so."""

from __future__ import annotations

import multiprocessing
import pickle
import re
import socket
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from snakepit import Adapter, CallError, Cancelled, Context, testing, tool

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/adapters.md", "docs/libraries.md", "python/README.md")


def blocks(page: str) -> list[str]:
    """The Python code of a page, in its order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that modules are imported from, and forgotten after the test."""
    known = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in sys.modules.keys() - known:
        if (tmp_path / f"{name}.py").exists():
            del sys.modules[name]


def write(place: Path, block: str, name: str) -> str:
    """Writes a block as the module that its first line names, or else as `name`; the module."""
    named = re.match(r"# (\w+)\.py\n", block)
    module = named[1] if named else name
    (place / f"{module}.py").write_text(block, encoding="utf-8")
    return module


def test_no_block_is_forgotten() -> None:
    assert [len(blocks(page)) for page in PAGES] == [1, 9, 1, 2]


def test_the_readmes_adapter_answers_as_it_says(place: Path) -> None:
    (block,) = blocks("README.md")
    with testing.run(write(place, block, "unnamed")) as greetings:
        assert greetings.call("greet", name="Ada") == "Hello, Ada."
        assert greetings.call("greet", name="Ada", excited=True) == "Hello, Ada!"


def test_the_inventory_does_what_its_docstrings_say(place: Path) -> None:
    module = write(place, blocks("docs/adapters.md")[0], "unnamed")
    assert module == "inventory"
    with testing.run(module) as inventory:
        assert inventory.call("take", item="apple") == 4
        with pytest.raises(CallError, match="only 4 of apple left") as caught:
            inventory.call("take", item="apple", amount=9)
        assert caught.value.code == "PYTHON_EXCEPTION"
        assert inventory.call("who") == "test-1 answers call test-call-3"
        assert inventory.call_with("shout", b"abc") == b"ABC"
        assert inventory.call("both") == [1, 2]
        assert inventory.call("items") == ["apple"]


def test_a_module_of_plain_functions_is_an_adapter_as_well(place: Path) -> None:
    with testing.run(write(place, blocks("docs/adapters.md")[1], "plain_functions")) as functions:
        assert functions.call("greet", name="Ada", excited=True) == "Hello, Ada!"


def test_the_test_of_the_inventory_passes(place: Path) -> None:
    inventory, *_, check = blocks("docs/adapters.md")
    write(place, inventory, "unnamed")
    exec(compile(check, "docs/adapters.md", "exec"), {})


def test_the_training_and_the_batch_do_what_they_say(place: Path) -> None:
    with testing.run(write(place, blocks("docs/adapters.md")[2], "training")) as training:
        assert training.call("train", epochs=3) == 3
        assert training.call_with("train", {"epochs": 3}, timeout_ms=0.000_001) == 0
    with testing.run(write(place, blocks("docs/adapters.md")[3], "paying")) as paying:
        assert paying.call("pay", amount=5) == "paid 5"
    with testing.run(write(place, blocks("docs/adapters.md")[6], "doubling")) as doubling:
        assert doubling.call("double", n=21) == 42
        with pytest.raises(CallError, match="n is missing"):
            doubling.call("double", m=1)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_the_executor_has_its_processes_before_the_first_call(place: Path) -> None:
    with testing.run(write(place, blocks("docs/adapters.md")[4], "factorials")) as factorials:
        there = multiprocessing.active_children()
        assert len(there) == 2
        assert factorials.call("factorials", numbers=[3, 4, 5]) == [6, 24, 120]
        assert set(multiprocessing.active_children()) == set(there)


def test_a_connection_that_was_interrupted_is_not_used_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Torn:
        def sendall(self, _data: bytes) -> None:
            raise Cancelled

        def close(self) -> None:
            closed.append(self)

    closed: list[Torn] = []
    module = write(place, blocks("docs/adapters.md")[5], "orders")
    with socket.create_server(("127.0.0.1", 0)) as server, testing.run(module) as orders:
        monkeypatch.setattr(sys.modules[module], "SERVER", server.getsockname())
        monkeypatch.setattr(orders.adapter, "kept", Torn())
        with pytest.raises(CallError):
            orders.call("ask", line="first")
        assert len(closed) == 1
        thread = threading.Thread(target=lambda: answer(server))
        thread.start()
        assert orders.call("ask", line="second") == "answer to second\n"
        thread.join()
        orders.adapter.kept.close()  # type: ignore[attr-defined] # the page's own


def answer(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"answer to " + connection.recv(100))


def test_uploads_are_read_as_it_says(place: Path) -> None:
    with testing.run(write(place, blocks("docs/adapters.md")[7], "uploading")) as uploading:
        assert uploading.call_with("checksum", [b"ab", b"c"]) == zlib.crc32(b"abc")
        packed = list(uploading.stream_with("compress", [b"ab", b"c"]))
        assert zlib.decompress(b"".join(packed)) == b"abc"


class Linear:
    """A model that can be pickled."""

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [3000 * size for (size,) in rows]


class Session:
    """Stands in for one of requests, which is not installed."""


def test_the_prices_are_estimated_by_the_model_of_the_import(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = ModuleType("requests")
    requests.Session = Session  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "requests", requests)
    (place / "prices.pickle").write_bytes(pickle.dumps(Linear()))
    module = write(place, blocks("docs/libraries.md")[0], "unnamed")
    assert module == "prices"
    with testing.run(module) as prices:
        assert prices.call("price", size=0.5) == 1500.0
        assert isinstance(prices.adapter.session, Session)  # type: ignore[attr-defined] # the page's own


def test_the_packages_readme_adds_up() -> None:
    demo, check = blocks("python/README.md")
    exec(compile(demo + check, "python/README.md", "exec"), {"__name__": "readme"})


def test_the_host_can_be_called_as_it_says() -> None:
    page = (ROOT / "docs/adapters.md").read_text(encoding="utf-8")
    (call,) = re.findall(r"`(ctx\.call_host\(.*?\))`", page)

    class Asking(Adapter):
        @tool
        def ask(self, ctx: Context) -> Any:
            return eval(call, {"ctx": ctx})

        @tool
        async def ask_later(self, ctx: Context) -> Any:
            return await eval(call.replace("call_host", "call_host_async"), {"ctx": ctx})

    with testing.run(Asking, host_tools={"lookup": lambda args: args["key"]}) as asking:
        assert asking.call("ask") == asking.call("ask_later") == "k"
