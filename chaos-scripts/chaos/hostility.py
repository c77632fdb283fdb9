"""Workers that resist their end, put in place one by one."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from chaos.host import Host
from chaos.processes import Process, process

ABLE = ("loop", "ignore_sigterm", "child")
"""Python code still runs in these; the last has a child in its process group."""

IN_GROUP = ("hold_gil", "stop_itself", *ABLE)
"""No process of these has left the worker's process group."""

LEAVING = ("child", "grandchild", "nameless_grandchild")
"""These answer; the last has let something go that bears no mark."""

ALL = ("grandchild", "nameless_grandchild", *IN_GROUP)
"""All tools of ``python/tests/samples/hostile.py`` that resist."""

PATIENCE_S = 20.0


class Hostility:
    """Calls hostile tools on a host, each on a worker of its own, until the ``with`` block ends.

    On entering, each has shown that it is in place. A pool needs at least as many workers.

    Attributes:
        behaviours: names of tools of ``python/tests/samples/hostile.py``.
    """

    def __init__(self, host: Host, behaviours: Sequence[str]) -> None:
        self._host = host
        self._signs = Path(tempfile.mkdtemp(dir=host.folder))
        self._connections: list[socket.socket] = []
        # Those that answer come first: a worker that one of them has used is free for the others.
        self.behaviours = sorted(behaviours, key=lambda name: name not in LEAVING)

    def __enter__(self) -> Hostility:  # noqa: PYI034 - Self came with Python 3.11
        for number, behaviour in enumerate(self.behaviours):
            sign = self._signs / f"{number}-{behaviour}"
            self._connections.append(self._host.begin_call(behaviour, sign=str(sign)))
            _await(sign, behaviour)
            if behaviour == "nameless_grandchild":
                self._count_in(sign)
        self._host.family.look()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self._connections:
            connection.close()

    def _count_in(self, sign: Path) -> None:
        target = process(int(sign.read_text()))
        if target is not None:
            self._host.family.add(target)

    def workers(self, behaviour: str) -> set[Process]:
        """Returns the workers that behave in that way."""
        signs = self._signs.glob(f"*-{behaviour}")
        found = {process(int(sign.read_text())) for sign in signs}
        return {each for each in found if each is not None}


def _await(sign: Path, behaviour: str) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not sign.exists() or not sign.read_text():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{behaviour} was not in place after {PATIENCE_S:.0f} s")
        time.sleep(0.005)
