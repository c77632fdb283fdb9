"""The signals that a worker keeps for itself: adapters must leave them alone.

The keeper uses this module too: nothing but the standard library may be imported here.
"""

from __future__ import annotations

import signal
import sys

# Linux has real-time signals that nobody else uses; macOS has only these two.
_REAL_TIME = sys.platform == "linux"

CANCEL = int(signal.SIGRTMAX) - 1 if _REAL_TIME else int(signal.SIGUSR1)
"""Has the main thread look whether its call is to be interrupted."""

DUMP = int(signal.SIGRTMAX) - 2 if _REAL_TIME else int(signal.SIGUSR2)
"""Has the process write the stacks of all its threads to its standard error."""
