"""Tools that start processes and don't wait for them; each process writes down its pid."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from snakepit import Adapter, WorkerInfo, tool

SLEEP = "import os, sys, time; open(sys.argv[1], 'w').write(f'{os.getpid()}\\n'); time.sleep(600)"
CHILD = [sys.executable, "-I", "-S", "-c", SLEEP]
PARENT = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import subprocess, sys; subprocess.Popen(sys.argv[2:]).wait()",
]


class Parents(Adapter):
    def start(self, worker: WorkerInfo) -> None:
        self.kept: list[subprocess.Popen[bytes]] = []
        self.born = 0
        fork = multiprocessing.get_context("fork")
        self.executors = {name: ProcessPoolExecutor(2, fork) for name in ("unused", "used")}
        list(self.executors["used"].map(time.sleep, [0.1] * 2))

    @tool
    def ping(self) -> str:
        return "pong"

    @tool
    def leave(self, file: str) -> None:
        """Starts a child and ends."""
        self.kept.append(subprocess.Popen([*CHILD, file]))
        wait_for(file)

    @tool
    def leave_at_once(self, file: str) -> None:
        self.kept.append(subprocess.Popen([*CHILD, file]))

    @tool
    def submit_and_wait(self, executor: str, file: str, go: str) -> None:
        """Has an executor work until ``go`` is there."""
        self.executors[executor].submit(work, file, go).result()

    @tool
    def submit(self, executor: str) -> int:
        return self.executors[executor].submit(abs, -7).result()

    @tool
    def start_and_wait(self, kind: str, file: str) -> None:
        """Starts what outlives the call, if nobody ends it, and waits for ever."""
        begin(kind, file)
        time.sleep(600)

    @tool(interrupt=False)
    def start_uncut(self, file: str, go: str) -> None:
        begin("child", file)
        wait_for(go)

    @tool(batch=4)
    def together(self, items: list[dict[str, str]]) -> list[None]:
        begin("child", items[0]["file"])
        time.sleep(600)
        return [None] * len(items)


def begin(kind: str, file: str) -> None:
    if kind == "child":
        subprocess.Popen([*CHILD, file])
    elif kind == "grandchild":
        subprocess.Popen([*PARENT, file, *CHILD, file])
    elif kind == "session":
        subprocess.Popen([*CHILD, file], start_new_session=True)
    elif kind == "multiprocessing":
        multiprocessing.get_context("fork").Process(target=sleep, args=(file,)).start()
    elif kind in {"daemon", "daemon in our session"}:
        detach(file, new_session=kind == "daemon")


def detach(file: str, *, new_session: bool) -> None:
    """Forks twice, so that init's stand-in adopts it."""
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    if new_session:
        os.setsid()
    if os.fork():
        os._exit(0)
    os.execv(CHILD[0], [*CHILD, file])


def sleep(file: str) -> None:
    Path(file).write_text(f"{os.getpid()}\n")
    time.sleep(600)


def work(file: str, go: str) -> None:
    Path(file).write_text(f"{os.getpid()}\n")
    wait_for(go)


def wait_for(file: str) -> None:
    while not Path(file).exists():
        time.sleep(0.002)
