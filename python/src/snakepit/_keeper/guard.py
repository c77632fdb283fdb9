"""The guard: the keeper's parent, which kills all below both when the keeper can't any more.

Host, guard, keeper, fork server, workers: each is a parent of the next. Guard and keeper both hold
the host's pipe, and both adopt what loses its parent below them. While both live, the guard sleeps.
Whoever is killed, and in whatever order, one is left that ends the rest:

=================  ============================================================
killed             what ends the rest
=================  ============================================================
host               the keeper; the guard, if that takes too long
keeper             the guard
guard              the keeper, which its parent's end is told by SIGTERM
host and keeper    the guard
host and guard     the keeper
keeper and guard   the host, which looks for its marks
=================  ============================================================

Both come from one interpreter, which has imported nothing but the keeper: the guard takes no start
of its own, and hardly any memory that it does not share. A stopped guard is woken by the host's
end, as a stopped keeper is. Linux only: elsewhere nobody adopts, and the keeper has no guard.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import time

from snakepit._keeper.wakeup import Wakeup
from snakepit._system import killing, lifeline, shortage
from snakepit._system.limits import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

GRACE = 0.5
"""Seconds that the keeper may take for its own killing, before the guard does it."""

_STDIN = 0


def guarded(keep: Callable[[int], int]) -> int:
    """Runs a keeper in a child of this process, which becomes its guard and does not return.

    ``keep`` is given the guard's pid, and 0 where there is none. The guard's exit status, or the
    signal that it ends by, is the keeper's.

    :raises SystemExit: the keeper can't be forked; the message says why.
    """
    if not lifeline.LINUX or not lifeline.tied("guard"):
        return keep(0)
    lead_session()
    lifeline.become_subreaper()
    guard = os.getpid()
    gc.freeze()  # else the collector would write to the pages that both share
    try:
        keeper = os.fork()
    except OSError as error:
        raise SystemExit(f"the keeper can't be forked: {shortage.explain(error)}") from None
    if keeper != 0:
        _stand_guard(keeper)
    return keep(guard)


def lead_session() -> None:
    """Leaves the group of whoever has started this process: a kill of that group is not for it."""
    if os.getpgrp() != os.getpid():  # else it was made a leader, and whoever did it had a reason
        os.setsid()


def name_process(name: str) -> None:
    """Gives this process the name that ``ps -o comm`` shows: guard and keeper run one command."""
    try:
        write("/proc/self/comm", name)
    except OSError:  # no /proc
        return


def _stand_guard(keeper: int) -> NoReturn:
    end: dict[str, object] | None = None
    wakeup: Wakeup | None = None
    try:
        wakeup = Wakeup()
        name_process("snakepit-guard")
        lifeline.wake_at_end(_STDIN)  # where it can't be done, the keeper says so
        end = _await_end(keeper, wakeup)
    except BaseException as error:  # noqa: BLE001 - a fault of ours; what it is for is done below
        os.write(2, f"the keeper's guard has failed: {error!r}\n".encode("utf-8", "replace"))
    finally:  # whatever has happened, a fault of our own included: nothing below may stay
        os.closerange(_STDIN, 2)  # to look into /proc takes two descriptors
        killing.kill_all_below([keeper], wakeup.wait if wakeup else time.sleep)
        _end_as(end or {"signal": int(signal.SIGKILL)})


def _await_end(keeper: int, wakeup: Wakeup) -> dict[str, object] | None:
    """Returns how the keeper has ended; None if it had to end and has not done so in time."""
    poll = select.poll()
    poll.register(wakeup.fd, select.POLLIN)
    poll.register(_STDIN, 0)  # its end is told unasked, and what it says is the keeper's
    deadline: float | None = None
    while (end := killing.child_end(keeper)) is None:
        left = None if deadline is None else (deadline - time.monotonic()) * 1000
        if left is not None and left <= 0:
            return None
        ready = poll.poll(left)
        wakeup.clear()
        if deadline is None and (wakeup.stopping or any(fd == _STDIN for fd, _ in ready)):
            deadline = time.monotonic() + GRACE
            poll.unregister(_STDIN)
            os.kill(keeper, signal.SIGTERM)  # which says nothing new to one that has seen the end
    return end


def _end_as(end: dict[str, object]) -> NoReturn:
    """Ends this process as the keeper has ended, so that the host can tell how."""
    if (number := end.get("signal")) is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(int(str(number)), signal.SIG_DFL)
        os.kill(os.getpid(), int(str(number)))
    os._exit(int(str(end.get("status", 1))))
