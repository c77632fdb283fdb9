"""A module that reaps whatever child of its process ends, as gevent's event loop does."""

import os
import signal
from contextlib import suppress

from keeper.adapters.behaviours import *  # noqa: F403 - it behaves as that one


def reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


signal.signal(signal.SIGALRM, reap)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
