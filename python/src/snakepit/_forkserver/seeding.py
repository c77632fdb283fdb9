"""Seeds that the user gives the global generators on import.

One that was seeded draws the same numbers in every worker, however it was started; one that was not
draws others in each. To draw is not to seed, so the states don't tell: this listens to the calls.
"""

from __future__ import annotations

import functools
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from snakepit._forkserver import inspection

_PYTHON = "random"
_NUMPY = "numpy.random.mtrand"
# What seeds, and what sets a state that has been saved.
_CALLS = {_PYTHON: ("seed", "setstate"), _NUMPY: ("seed", "set_state")}
_ALSO = {_NUMPY: "numpy.random"}


@dataclass(frozen=True)
class Seeds:
    """The seeds that the global generators were given on import."""

    python: object = None
    """The state of the module random at the end of the import, if it was seeded; else None."""
    numpy: bool = False
    """True if numpy's was seeded."""
    replaced: bool = False
    """True if numpy was given another one, which may have a seed of its own: nobody can tell."""

    def plant(self) -> None:
        """Gives a worker its numbers: those of the seed, or its own. Right after the fork."""
        if self.python is not None:  # the module has seeded itself anew at the fork
            sys.modules[_PYTHON].setstate(self.python)
        seed = inspection.attribute(sys.modules.get("numpy.random"), "seed")
        if seed is not None and not (self.numpy or self.replaced):
            seed()


class SeedWatch:
    """Watches the import: is told when a global generator's module is loaded, and of its seeds."""

    def __init__(self) -> None:
        self._seeded: dict[str, bool] = {}
        self._originals: list[tuple[ModuleType, str, Any, Any]] = []
        self._bit_generator: object = None
        """The one that numpy.random has had from the start; None as long as it is not loaded."""
        for name in _CALLS:
            if name in sys.modules:
                self._listen(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Finds a module as the interpreter does, so as to listen once it is loaded."""
        if name not in _CALLS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(
            spec.loader,
            importlib.machinery.SourceFileLoader | importlib.machinery.ExtensionFileLoader,
        ):
            run = spec.loader.exec_module

            def run_and_listen(module: ModuleType) -> None:
                run(module)
                self._listen(module)

            spec.loader.exec_module = run_and_listen  # type: ignore[method-assign]
        return spec

    def end(self) -> Seeds:
        """Watches no more, and returns what was seeded."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        for module, call, original, wrapper in self._originals:
            for holder in (module, sys.modules.get(_ALSO.get(module.__name__, ""))):
                if inspection.attribute(holder, call) is wrapper:
                    setattr(holder, call, original)
        python = self._seeded.get(_PYTHON, False)
        state = sys.modules[_PYTHON].getstate() if python else None
        replaced = _bit_generator(sys.modules.get(_NUMPY)) is not self._bit_generator
        return Seeds(state, self._seeded.get(_NUMPY, False), replaced)

    def _listen(self, module: ModuleType) -> None:
        if module.__name__ == _NUMPY:
            self._bit_generator = _bit_generator(module)
        for call in _CALLS.get(module.__name__, ()):
            original = getattr(module, call, None)
            if original is None:
                continue
            wrapper = self._wrapped(module.__name__, original)
            for holder in (module, sys.modules.get(_ALSO.get(module.__name__, ""))):
                if getattr(holder, call, None) is original:
                    setattr(holder, call, wrapper)
            self._originals.append((module, call, original, wrapper))

    def _wrapped(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def seed(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            given = (*args, *options.values())
            self._seeded[name] = bool(given) and given[0] is not None
            return result

        return seed


def _bit_generator(module: object) -> object:
    """Returns what numpy.random draws from; None if it is not loaded, or can't be given another."""
    ask = inspection.attribute(module, "get_bit_generator")
    return ask() if ask is not None else None
