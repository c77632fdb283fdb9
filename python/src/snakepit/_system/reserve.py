"""Memory set aside for the moment when there is none: what is left then must still be answered.

Only for a worker whose memory is bounded by RLIMIT_DATA, where an allocation fails instead of the
process. The reserve is never written to, so that it takes no page of the machine's.
"""

from __future__ import annotations

import gc
import resource

RESERVE_BYTES = 4 << 20

_held: bytearray | None = None


def limit() -> int:
    """Returns the bytes that this process may allocate; 0: no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return 0 if soft == resource.RLIM_INFINITY else soft


def keep() -> None:
    """Sets the reserve aside, if there is a limit, and room."""
    global _held  # noqa: PLW0603 - one per process, as the limit is
    if _held is None and limit():
        try:
            _held = bytearray(RESERVE_BYTES)
        except MemoryError:
            _held = None


def spend() -> bool:
    """Gives the reserve away. Returns False if there was none: nothing more can be done."""
    global _held  # noqa: PLW0603 - as above
    had = _held is not None
    _held = None
    if had:
        gc.collect()
    return had
