"""Runtimes that don't survive a fork once they were loaded or used, whatever threads they have."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from snakepit._forkserver import inspection
from snakepit._forkserver.findings import Finding

_LOADED = ("grpc",)
"""Modules whose threads and locks are known not to survive a fork."""


def unsafe(modules: Mapping[str, ModuleType]) -> list[Finding]:
    """Returns the runtimes among those modules that forked workers would hang in, or die of."""
    found = [
        Finding(
            f"the library {name} is loaded, which does not survive a fork", "import it in start()"
        )
        for name in _LOADED
        if name in modules
    ]
    used = (
        ("XLA (jax)", _attribute(modules, "jax._src.xla_bridge", "_backends")),
        ("XLA (TensorFlow)", _tensorflow(modules)),
        (
            "numba's threads (parallel=True)",
            _attribute(modules, "numba.np.ufunc.parallel", "_is_initialized"),
        ),
    )
    for name, is_used in used:
        if is_used:
            what = f"{name} was used, which does not survive a fork"
            found.append(Finding(what, "use it first in start()"))
    return found


def _attribute(modules: Mapping[str, ModuleType], name: str, attribute: str) -> object:
    """Returns a module's variable; None if there is no such module, or variable."""
    return inspection.attribute(modules.get(name), attribute)


def _tensorflow(modules: Mapping[str, ModuleType]) -> object:
    context = _attribute(modules, "tensorflow.python.eager.context", "_context")
    return inspection.attribute(context, "_context_handle")
