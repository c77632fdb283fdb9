"""The bounds of names: what is within them fits into every frame's header."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from snakepit._tools.errors import shown

TOOL_RULE = "1 to 128 of A-Z a-z 0-9 _ . -"

_TOOL = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def is_tool(name: object) -> bool:
    """Tells whether that can be the name of a tool, of an adapter's or of the host's."""
    return isinstance(name, str) and _TOOL.fullmatch(name) is not None


def unknown(name: str, known: Collection[str]) -> str:
    """Says that there is no tool of that name, and which one may be meant."""
    told = shown(name)
    near = difflib.get_close_matches(told, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
    return f"there is no tool '{told}': {hint}"
