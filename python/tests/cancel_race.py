"""Cancels calls at about the moment at which they end: `cancel_race.py signal|thread TRIES`.

Prints how many were interrupted; ends with a traceback if one was too late. A process of its own,
since an interruption may come anywhere in its thread: within coverage's bookkeeping too, which
would hold a lock ever after.
"""

from __future__ import annotations

import sys
import threading
import time
from queue import SimpleQueue

from snakepit._tools.cancel_scope import CancelScope, SignalCancelScope
from snakepit._tools.errors import Cancelled
from snakepit._tools.thread_scope import ThreadCancelScope


class Hunter(threading.Thread):
    """Cancels each call that it is told of, at once."""

    def __init__(self, scope: CancelScope) -> None:
        super().__init__(daemon=True)
        self._scope = scope
        self.calls: SimpleQueue[int] = SimpleQueue()
        self.done: SimpleQueue[None] = SimpleQueue()

    def run(self) -> None:
        while call := self.calls.get():
            self._scope.cancel(call)
            self.done.put(None)


def race(scope: CancelScope, tries: int) -> int:
    hunter = Hunter(scope)
    hunter.start()
    raised = 0
    for call in range(1, tries + 1):
        try:
            try:
                scope.enter(call, call)
                hunter.calls.put(call)
                for _ in range(call % 5):
                    time.sleep(0)  # the hunter's turn
            finally:
                scope.leave()
        except Cancelled:
            raised += 1
            assert scope.interrupted
        hunter.done.get()  # nothing may be raised here
    hunter.calls.put(0)
    hunter.join()
    return raised


def main() -> None:
    kind, tries = sys.argv[1], int(sys.argv[2])
    sys.setswitchinterval(1e-5)
    if kind == "signal":
        print(race(SignalCancelScope(), tries))
        return
    thread = threading.Thread(target=lambda: print(race(ThreadCancelScope(), tries)))
    faults: list[BaseException] = []
    threading.excepthook = lambda told: faults.extend([told.exc_value] if told.exc_value else [])
    thread.start()
    thread.join()
    for fault in faults:
        raise fault


if __name__ == "__main__":
    main()
