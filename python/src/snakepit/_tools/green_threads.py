"""Green threads, as gevent and eventlet have them, and how to interrupt the one that runs a call.

A call runs in the main one. While it waits, the library's event loop runs, its hub, and other green
threads do; all on one thread of the system, which is where a signal arrives. What a handler raises
there ends whoever happens to run, or is logged by the hub, and the call waits on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

Throw = Callable[[Any], object]

# Where eventlet's hubs wait. What is raised there ends the hub, and goes on in the main thread, for
# which the library is prepared; what is put down for later is not looked at before they wake up.
_WAITS = {
    ("eventlet.hubs.epolls", "do_poll"),
    ("eventlet.hubs.poll", "do_poll"),
    ("eventlet.hubs.kqueue", "_control"),
    ("eventlet.hubs.selects", "wait"),
}


def from_elsewhere(frame: FrameType | None) -> Callable[[Throw], object] | None:
    """Returns how to reach the main green thread from a handler that must not raise in that frame.

    That has a function called by the hub, soon, with the main green thread, which waits then. None
    if the handler may raise.
    """
    getcurrent = getattr(sys.modules.get("greenlet"), "getcurrent", None)
    if getcurrent is None:
        return None
    lineage = [getcurrent()]
    while lineage[-1].parent is not None:
        lineage.append(lineage[-1].parent)
    main = lineage.pop()
    if not lineage:
        return None
    for each in lineage:
        if type(each).__module__ == "gevent.hub":
            call_soon = each.loop.run_callback_threadsafe
            return lambda throw: call_soon(throw, main)
    hub = _eventlets_hub()
    if hub is None or (_waits(frame) and hub.greenlet.parent is main):
        return None
    schedule = hub.schedule_call_global
    return lambda throw: schedule(0, throw, main)


def _eventlets_hub() -> Any:
    """Returns the hub that runs the green threads; None if there is none, or it does not run."""
    hubs = sys.modules.get("eventlet.hubs")
    hub = None if hubs is None else hubs.get_hub()
    return hub if hub is not None and hub.running else None


def _waits(frame: FrameType | None) -> bool:
    return frame is not None and (frame.f_globals.get("__name__"), frame.f_code.co_name) in _WAITS
