"""Generators of random numbers that workers would take over from the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType

from snakepit._forkserver import inspection
from snakepit._forkserver.findings import Finding
from snakepit._forkserver.seeding import Seeds
from snakepit._forkserver.user_code import Variable

_SAME = "every worker draws the same numbers; make it in start()"
_REPLACED = Finding(
    "numpy.random, which the import has given another bit generator",
    "every worker draws the same numbers; set it in start()",
)
# By the module that has the class, and the one in it that draws for all.
_KINDS = (
    ("numpy.random", ("Generator", "RandomState", "BitGenerator")),
    ("random", ("Random",)),
    ("torch", ("Generator",)),
)
_COMMON = (("numpy.random.mtrand", "_rand"), ("random", "_inst"), ("torch", "default_generator"))


def found(
    variables: Iterable[Variable], modules: Mapping[str, ModuleType], seeds: Seeds
) -> list[Finding]:
    """Returns the generators among those variables, each once, and what numpy was given.

    Not such as are global by themselves, see :mod:`snakepit._forkserver.seeding`, nor such as
    ask the system.
    """
    kinds = tuple(_known(modules, _KINDS))
    common = {id(inspection.attribute(modules.get(name), each)) for name, each in _COMMON}
    system = tuple(_known(modules, (("random", ("SystemRandom",)),)))
    told: dict[int, Finding] = {}
    for each in variables:
        value = each.value
        if not inspection.is_a(value, kinds) or inspection.is_a(value, system):
            continue
        if id(value) not in common:
            told.setdefault(id(value), Finding(str(each), _SAME))
    return [*told.values(), *([_REPLACED] if seeds.replaced else [])]


def _known(
    modules: Mapping[str, ModuleType], kinds: Iterable[tuple[str, tuple[str, ...]]]
) -> Iterable[type]:
    for name, classes in kinds:
        for kind in classes:
            known = inspection.attribute(modules.get(name), kind)
            if inspection.is_a(known, (type,)):
                yield known
