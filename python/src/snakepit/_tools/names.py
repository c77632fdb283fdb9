"""The bounds of names: what is within them fits into every frame's header."""

from __future__ import annotations

import re

TOOL_RULE = "1 to 128 of A-Z a-z 0-9 _ . -"

_TOOL = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def is_tool(name: object) -> bool:
    """Tells whether that can be the name of a tool, of an adapter's or of the host's."""
    return isinstance(name, str) and _TOOL.fullmatch(name) is not None
