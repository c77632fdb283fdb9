"""An adapter after whose import no process can be made."""

from keeper.adapters.behaviours import *  # noqa: F403

from snakepit._system import pristine


def _no_fork() -> int:
    raise OSError(11, "Resource temporarily unavailable")


pristine.os.fork = _no_fork
