"""The processor time of single threads."""

from __future__ import annotations

from snakepit._system.pristine import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def clock_of(thread: int) -> Callable[[], float]:
    """Returns what tells how many seconds a thread, by its identifier, has computed so far.

    From any thread, as long as that one lives. Where the system does not tell, always 0.
    """
    if not hasattr(time, "pthread_getcpuclockid"):  # macOS
        return lambda: 0.0
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)
