"""The origin of a file's code: ours, the interpreter's, or somebody else's.

It is told by the folder that the file is in. Words within its path say nothing: an adapter may well
be `/app/asyncio/tools.py`.
"""

from __future__ import annotations

from snakepit._system.pristine import os

LIBRARY = os.path.join(os.path.dirname(os.__file__), "")
"""The folder of the standard library."""

# Where other people's code is installed within it.
_PACKAGES = (os.path.join(LIBRARY, "site-packages", ""), os.path.join(LIBRARY, "dist-packages", ""))
_OURS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "")
_ADAPTERS = os.path.join(_OURS, "adapters", "")


def is_ours(filename: str) -> bool:
    """Tells whether a file is of this package, and no adapter."""
    return filename.startswith(_OURS) and not filename.startswith(_ADAPTERS)


def is_library(filename: str) -> bool:
    """Tells whether a file is of the standard library, be it one that the interpreter contains."""
    own = filename.startswith((LIBRARY, "<frozen "))
    return own and not filename.startswith(_PACKAGES)
