"""The audit looks at what is the user's without running it, and whatever it meets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from auditing import AUDITED, audited, run

# Each says in the end how often it was asked.
LAZY = {
    "a proxy": """
class Lazy:
    def __getattribute__(self, name):
        asked.append(name)
        return type.__call__
    @property
    def __class__(self): asked.append("class"); raise LookupError("not configured")
    @property
    def __module__(self): asked.append("module"); raise LookupError("not configured")
    @property
    def __dict__(self): asked.append("dict"); raise LookupError("not configured")
    def __bool__(self): asked.append("bool"); raise LookupError("not configured")
    def __eq__(self, other): asked.append("eq"); raise LookupError("not configured")
    __hash__ = None
LAZY = Lazy()
""",
    "its class": """
class Meta(type):
    def __getattribute__(cls, name): asked.append(name); raise LookupError("not configured")
    def __eq__(cls, other): asked.append("eq"); raise LookupError("not configured")
    def __hash__(cls): asked.append("hash"); raise LookupError("not configured")
class Kind(metaclass=Meta): pass
LAZY = object.__new__(Kind)
""",
    "a connection": """
import socket
class Lazy:
    @property
    def __class__(self):
        asked.append("class")
        self.socket = socket.socketpair()
        return socket.socket
LAZY = Lazy()
""",
    "a file": """
import io
class Lazy(io.RawIOBase):
    def fileno(self): asked.append("fileno"); raise LookupError("not configured")
    def readable(self): return True
LAZY = Lazy()
BUFFER = io.BufferedReader(Lazy())
""",
    "a handler": """
import logging
class Handler(logging.StreamHandler):
    @property
    def stream(self): asked.append("stream"); raise LookupError("not configured")
    @stream.setter
    def stream(self, given): pass
LAZY = Handler()
""",
    "a module": """
import sys, types
class Lazy(types.ModuleType):
    def __getattribute__(self, name): asked.append(name); raise LookupError("not configured")
    @property
    def __dict__(self): asked.append("dict"); raise LookupError("not configured")
LAZY = sys.modules["lazily"] = Lazy("lazily")
class Other:
    @property
    def __class__(self): asked.append("class"); raise LookupError("not configured")
sys.modules["otherwise"] = Other()
""",
    "a finder": """
import sys
class Finder:
    def find_spec(self, *_): return None
    def __eq__(self, other): asked.append("eq"); raise LookupError("not configured")
    __hash__ = None
sys.meta_path.insert(0, Finder())
""",
}
TELLS = AUDITED.replace('"notices": report.notices', '"notices": report.notices, "asked": asked')


@pytest.mark.parametrize("lazy", LAZY)
def test_what_is_lazy_is_not_asked(tmp_path: Path, lazy: str) -> None:
    code = f"import random\nasked = []\n{LAZY[lazy]}\ndel asked[:]\n"
    (tmp_path / "helper.py").write_text(code)
    (tmp_path / "adapter.py").write_text("import helper\nasked = helper.asked\n")

    ran = run(tmp_path, TELLS.replace("asked}", "adapter.asked}"), tmp_path)

    told = json.loads(ran.splitlines()[-1])
    assert told == {"reasons": [], "notices": [], "asked": []}


def test_a_lazy_class_of_the_adapter_is_not_asked(tmp_path: Path) -> None:
    holds = "class Kind:\n    setting = LAZY\n"

    told = audited(tmp_path, {"adapter": f"import random\nasked = []\n{LAZY['a proxy']}\n{holds}"})

    assert told == {"reasons": [], "notices": []}


def test_a_lazy_module_stays_unloaded(tmp_path: Path) -> None:
    """Lazy by the standard library's own way. Red where ``module.__name__`` is asked for.

    In torch, generators are looked for besides.
    """
    for name in ("expensive", "torch"):
        (tmp_path / f"{name}.py").write_text(f"open('loaded-{name}', 'w').close()\n")
    lazily = (
        "import importlib.util, sys\n"
        "def lazily(name):\n"
        "    spec = importlib.util.find_spec(name)\n"
        "    spec.loader = importlib.util.LazyLoader(spec.loader)\n"
        "    sys.modules[name] = module = importlib.util.module_from_spec(spec)\n"
        "    spec.loader.exec_module(module)\n"
        "    return module\n"
        "lazily('expensive'), lazily('torch')\n"
    )
    told = audited(tmp_path, {"helper": lazily})

    assert told == {"reasons": [], "notices": []}
    assert list(tmp_path.glob("loaded-*")) == []


def test_an_error_amid_the_looks_is_a_reason(tmp_path: Path) -> None:
    """Red where it passes through: the pool would fail to start for it."""
    spoilt = AUDITED.replace(
        "report =",
        "from snakepit._forkserver import holders\n"
        "def broken(variables): raise LookupError('broken')\n"
        "holders.dangers = broken\nreport =",
    )
    (tmp_path / "adapter.py").write_text(f"FILE = open({str(tmp_path / 'adapter.py')!r})\n")

    told = json.loads(run(tmp_path, spoilt, tmp_path).splitlines()[-1])

    (reason,) = told["reasons"]
    assert reason.startswith("what the import has left can't be told: LookupError: broken: ")
    assert len(told["notices"]) == 1, "that of the file, which is looked at in spite of it"
