"""Stands in for snakepit._keeper.cgroup: a worker's cgroup is a copy of a directory of the test's.

It binds nothing, and its files say what the test wants them to.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Unusable(Exception):
    pass


class Cgroups:
    def __init__(self, base: str) -> None:
        self.base = base

    def create(self, worker: str, memory_bytes: int, _cpus: float) -> str:
        path = f"{self.base}/{worker}"
        shutil.copytree(f"{self.base}/model", path)
        for name, text in (("cgroup.procs", ""), ("memory.max", f"{memory_bytes}\n")):
            Path(path, name).write_text(text)
        return f"{path}/cgroup.procs"

    def out_of_memory(self, _worker: str) -> bool:
        return False

    def remove(self, worker: str) -> None:
        shutil.rmtree(f"{self.base}/{worker}")

    def sweep(self) -> None:
        pass


def find(*_: object) -> Cgroups:
    return Cgroups(os.environ["SNAKEPIT_TEST_GROUPS"])
