"""Signal handlers of C code, which Python does not know of."""

from __future__ import annotations

import ctypes
import signal

from snakepit._system import signals


def test_what_the_kernel_does_at_a_signal_is_kept_and_set_again() -> None:
    """Red where a library's own handler is lost, as gevent's for its children was in workers."""
    called: list[int] = []
    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(called.append)
    libc = ctypes.CDLL(None)
    libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
    before = signal.getsignal(signal.SIGUSR1)
    original = signals.action_of(signal.SIGUSR1)
    try:
        libc.signal(signal.SIGUSR1, ctypes.cast(handler, ctypes.c_void_p))
        found = signals.action_of(signal.SIGUSR1)
        assert found != original
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signals.set_action(signal.SIGUSR1, found)
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signals.set_action(signal.SIGUSR1, original)
        signal.signal(signal.SIGUSR1, before)
    assert called == [signal.SIGUSR1]
    signals.set_action(signal.SIGUSR1, b"")  # not known: left as it is
    assert signals.action_of(-1) == b""
