"""The signals that a worker keeps for itself: adapters must leave them alone.

The keeper uses this module too: nothing but the standard library may be imported here.
"""

from __future__ import annotations

import ctypes
import signal
import sys

_ACTION_BYTES = 512  # more than a struct sigaction has anywhere

# Linux has real-time signals that nobody else uses; macOS has only these two.
_REAL_TIME = sys.platform == "linux"

CANCEL = int(signal.SIGRTMAX) - 1 if _REAL_TIME else int(signal.SIGUSR1)
"""Has the main thread look whether its call is to be interrupted."""

DUMP = int(signal.SIGRTMAX) - 2 if _REAL_TIME else int(signal.SIGUSR2)
"""Has the process write the stacks of all its threads to its standard error."""


def action_of(number: int) -> bytes:
    """Returns what the kernel does at a signal: also where a library's C code is called.

    Python knows of such a handler only if it has set it itself. Empty: it can't be told.
    """
    action = ctypes.create_string_buffer(_ACTION_BYTES)
    return action.raw if _sigaction(number, None, action) == 0 else b""


def set_action(number: int, action: bytes) -> None:
    """Sets what :func:`action_of` has returned, in the same process or a fork of it."""
    if action:
        _sigaction(number, ctypes.create_string_buffer(action, _ACTION_BYTES), None)


_sigaction = ctypes.CDLL(None).sigaction
