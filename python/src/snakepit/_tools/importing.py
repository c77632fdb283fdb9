"""A look whether a thread may be interrupted where it is just now.

An import that is torn can't be made up for: a module whose loading ends halfway is taken out again,
but what it has done stays done. "cannot load module more than once per process", says numpy from
then on. So nothing may be raised in it.
"""

from __future__ import annotations

import sys
from types import FrameType

from snakepit._system.origins import LIBRARY

_BOOTSTRAP = sys.modules["_frozen_importlib"]
_EXTERNAL = sys.modules["_frozen_importlib_external"]

# Where the interpreter's own import runs: whoever imports, in Python or in C, passes through it, as
# does a reload, or a module that is loaded lazily.
_FILES = frozenset(
    (
        _BOOTSTRAP._find_and_load.__code__.co_filename,  # noqa: SLF001 - there is no public name
        _EXTERNAL.FileLoader.get_filename.__code__.co_filename,
    )
)

_CALLBACKS = f"{LIBRARY}asyncio/events.py"


def is_importing(frame: FrameType | None) -> bool:
    """Tells whether a frame is part of an import, be it in the code of the module itself."""
    while frame is not None:
        if frame.f_code.co_filename in _FILES:
            return True
        frame = frame.f_back
    return False


def drops_what_is_raised(frame: FrameType | None) -> bool:
    """Tells whether asyncio would only log what is raised in that very frame, and go on.

    It runs callbacks there, of a loop that a tool has of its own.
    """
    code = None if frame is None else frame.f_code
    return code is not None and code.co_name == "_run" and code.co_filename == _CALLBACKS


def frame_of(thread: int) -> FrameType | None:
    """Returns the innermost frame of a thread, where that can be looked at while it runs."""
    return sys._current_frames().get(thread) if _has_global_lock() else None  # noqa: SLF001 - stable


def thread_is_importing(thread: int) -> bool:
    """Tells whether that thread, by its identifier, is importing just now."""
    if _has_global_lock():
        return is_importing(frame_of(thread))
    # Without a global lock the frames of a thread that runs are not to be looked at.
    locks = (reference() for reference in list(_BOOTSTRAP._module_locks.values()))  # noqa: SLF001
    return any(getattr(lock, "owner", None) == thread for lock in locks)


def _has_global_lock() -> bool:
    is_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_enabled is None or bool(is_enabled())
