"""Tools that import while they run: deadlines fall into that."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

from snakepit import Adapter, Context, tool


class Lazy(Adapter):
    thread_safe = True

    @tool
    def ping(self) -> str:
        return "pong"

    @tool
    def load(self, folder: str, name: str) -> None:
        """Imports a module of that folder, and then waits for ever."""
        find(folder, name)
        wait()

    @tool
    async def load_async(self, folder: str, name: str) -> None:
        find(folder, name)
        await asyncio.sleep(600)

    @tool
    def load_lazily(self, folder: str, name: str) -> None:
        """Uses a module whose body runs once it is used."""
        sys.path.insert(0, folder)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        assert module.ANSWER
        wait()

    @tool
    def ask_on_import(self, folder: str, name: str, ctx: Context) -> None:
        """Calls the host while the module is imported."""
        sys.modules["lazy_context"] = holder = ModuleType("lazy_context")
        holder.__dict__["ctx"] = ctx
        find(folder, name)
        wait()

    @tool
    def answer(self, name: str) -> int:
        """Tells what a module holds that has been imported before."""
        return int(sys.modules[name].ANSWER)

    @tool
    def root(self, n: float) -> float:
        """Imports what can't be loaded twice, the first time that it is called."""
        import numpy  # noqa: ICN001 - that is the point

        return float(numpy.sqrt(n))


def find(folder: str, name: str) -> ModuleType:
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = importlib.import_module(name)
    (Path(folder) / "imported").touch()
    return module


def wait() -> None:
    while True:
        time.sleep(0.01)
