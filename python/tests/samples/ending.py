"""What has to happen at an orderly end, registered on import, in `start()` and by a tool.

Each writes a line into the file `ENDS` names, with the pid of the process that it runs in.
"""

from __future__ import annotations

import atexit
import logging
import logging.handlers
import multiprocessing.util
import os
import sys
import tempfile
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from snakepit import Adapter, WorkerInfo, tool

ENDS = os.environ["ENDS"]


def note(what: str) -> None:
    with Path(ENDS).open("a") as file:
        file.write(f"{what} {os.getpid()}\n")


class Held:
    """Something with a finalizer."""


def keep(name: str) -> tuple[object, ...]:
    """Registers an end of each kind. Returns what must live on."""
    held = Held()
    atexit.register(note, f"{name} atexit")
    weakref.finalize(held, note, f"{name} weakref")
    multiprocessing.util.Finalize(held, note, (f"{name} multiprocessing",), exitpriority=1)
    directory = tempfile.TemporaryDirectory(prefix="ending-", dir=Path(ENDS).parent)
    note(f"{directory.name} made")
    logger = logging.getLogger(name)
    target = logging.FileHandler(ENDS)
    target.setFormatter(logging.Formatter("%(message)s %(process)d"))
    logger.addHandler(logging.handlers.MemoryHandler(100, 100, target))
    logger.setLevel(logging.INFO)
    logger.info("%s buffered", name)
    return held, directory, logger


def hang() -> None:
    note("hangs")
    time.sleep(1_000_000)


HELD = keep("import")


class Ending(Adapter):
    thread_safe = True

    def start(self, worker: WorkerInfo) -> None:
        del worker
        self.held = keep("start")
        # Neither may keep the process alive.
        threading.Thread(target=time.sleep, args=(1_000_000,)).start()

    def stop(self) -> None:
        note("stop")
        if hasattr(self, "executor"):  # waited for at the end
            self.executor.submit(time.sleep, 0.2).add_done_callback(lambda _: note("executor"))

    @tool
    def work(self) -> int:
        self.more = keep("tool")
        self.executor = ThreadPoolExecutor(1)
        sys.stdout.write("half a line")
        return os.getpid()

    @tool
    def fail_at_the_end(self) -> None:
        atexit.register(lambda: 1 // 0)

    @tool
    def hang_at_the_end(self) -> None:
        atexit.register(hang)
