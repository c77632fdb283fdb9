"""Copies of modules of the standard library, taken before user code can patch the originals.

Libraries such as gevent, eventlet, freezegun and PySocks put functions and classes of their own in
place of those of ``os``, ``time``, ``socket`` and others, for a whole process. What we do ourselves
must not go through them: a keeper's or a worker's lifelines would then depend on code that none of
us knows. So keeper, fork server and workers import these names from here, and those of ``sockets``
and ``threads`` beside, before any line of user code.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    import os
    import signal
    import time
    from types import ModuleType


def copy_of(module: ModuleType) -> ModuleType:
    """Copies a module: its names are bound to what they are bound to now."""
    made = type(module)(module.__name__, module.__doc__)
    made.__dict__.update(vars(module))
    return made


if not TYPE_CHECKING:
    import json as _json
    import os as _os
    import signal as _signal
    import time as _time

    json, os, signal, time = map(copy_of, (_json, _os, _signal, _time))

open_file = open
"""Opens a file, as ``open`` does that a library may replace."""

__all__ = ["copy_of", "json", "open_file", "os", "signal", "time"]
