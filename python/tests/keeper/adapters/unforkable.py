"""An adapter after whose import no process can be made."""

import os

from keeper.adapters.behaviours import *  # noqa: F403


def _no_fork() -> int:
    raise OSError(11, "Resource temporarily unavailable")


os.fork = _no_fork
