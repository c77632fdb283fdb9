"""The frame of every script: arguments, the verdict line, the exit code, and the cleaning up."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from chaos.host import HOME, Host, HostFailed
from chaos.processes import Process

LIMIT_MS = 1000.0
"""Milliseconds that any process of a host may outlive it."""

PATIENCE_S = 5.0
"""Seconds to wait for what misses its limit, so that the verdict can say by how much."""

LOGS = HOME / "target" / "chaos"

HOSTILE = {"adapter": "samples.hostile", "pythonPath": [str(HOME / "python" / "tests")]}


class Failed(Exception):
    """The promise did not hold; the message says how."""


class Trial:
    """One run of a script: its chance, its rounds, and the hosts it starts, which end with it.

    Attributes:
        random: the only source of chance.
        rounds: how often the fault is made.
        fast: whether little time is to be spent.
    """

    def __init__(self, name: str, seed: int, rounds: int, *, fast: bool) -> None:
        self.name = name
        self.seed = seed
        self.rounds = rounds
        self.fast = fast
        self.random = random.Random(seed)
        self._folder = Path(tempfile.mkdtemp(prefix="snakepit-chaos-"))
        self._hosts: list[Host] = []

    def folder(self) -> Path:
        """A new empty one."""
        return Path(tempfile.mkdtemp(dir=self._folder))

    def start_host(
        self,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        **pool: Any,
    ) -> Host:
        """Starts one and doesn't wait. A folder that another has used brings its ``dataDir``."""
        host = Host(folder or self.folder(), {"default": {**HOSTILE, **pool}}, environment)
        self._hosts.append(host)
        return host

    def host(
        self,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        **pool: Any,
    ) -> Host:
        """Starts one and waits until it is ready."""
        host = self.start_host(folder, environment, **pool)
        host.await_ready()
        return host

    def say(self, text: str) -> None:
        """Tells of the progress, on standard error."""
        print(f"  {self.name}: {text}", file=sys.stderr, flush=True)

    def clean_up(self) -> None:
        """Kills what is left of every host."""
        for host in self._hosts:
            host.clean_up()

    def keep_logs(self) -> Path:
        """Copies what the hosts were given and have said to where it stays."""
        kept = LOGS / f"{self.name}-{self.seed}"
        for host in self._hosts:
            target = kept / host.folder.name
            target.mkdir(parents=True, exist_ok=True)
            for file in host.folder.iterdir():
                if file.suffix in {".out", ".err", ".yaml"}:
                    shutil.copy(file, target)
        return kept

    def remove_files(self) -> None:
        """Removes all folders."""
        shutil.rmtree(self._folder, ignore_errors=True)


def check(holds: bool, why: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raises :class:`Failed` with that message unless it holds."""
    if not holds:
        raise Failed(why)


def judge(
    host: Host,
    since: float,
    limit_ms: float = LIMIT_MS,
    only: set[Process] | None = None,
    what: str = "",
) -> float:
    """Waits until the host and all that bears its mark is gone; returns the ms since then.

    Args:
        host: whose processes.
        since: when the fault happened, by ``time.monotonic()``.
        limit_ms: how long it may take.
        only: if given, who has to go; the others may stay.
        what: told first in a message.

    Raises:
        Failed: something is left, or was for longer than the limit.
    """
    patience = limit_ms / 1000 + PATIENCE_S
    what = what and f"{what}: "
    took = host.family.await_gone(since, patience, host.process.poll, only)
    if took is None:
        raise Failed(f"{what}after {patience:.0f} s there are {host.family.describe(only)}")
    check(took <= limit_ms, f"{what}gone only after {took:.0f} ms (limit {limit_ms:.0f} ms)")
    return took


def main(script: str, fault: Callable[[Trial], str], *, rounds: int, fast_rounds: int) -> NoReturn:
    """Runs a fault by the command line's arguments, prints the verdict and exits: 0 PASS, 1 FAIL.

    Args:
        script: its file, which gives the name.
        fault: makes the fault ``trial.rounds`` times; returns what was seen, or raises.
        rounds: how often by default.
        fast_rounds: the same with ``--fast``.
    """
    doc = sys.modules["__main__"].__doc__
    parser = argparse.ArgumentParser(prog=Path(script).name, description=doc)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--rounds", type=int, help=f"{rounds}, or with --fast {fast_rounds}")
    parser.add_argument("--fast", action="store_true", help="fewer rounds, smaller pools")
    options = parser.parse_args()
    asked = options.rounds or (fast_rounds if options.fast else rounds)
    if not Path("/proc/self/environ").exists():
        print(f"SKIP {parser.prog} it needs Linux's /proc")
        sys.exit(0)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    trial = Trial(parser.prog, options.seed, asked, fast=options.fast)
    sys.exit(_run(trial, fault))


def _run(trial: Trial, fault: Callable[[Trial], str]) -> int:
    begun = time.monotonic()
    seen = ""
    try:
        seen = fault(trial)
    except (Failed, HostFailed) as failure:
        why = str(failure).strip().replace("\n", " | ")  # the verdict is one line
    except Exception as failure:  # noqa: BLE001 - whatever it is, there is a verdict
        traceback.print_exc()
        why = f"{type(failure).__name__}: {failure}"
    else:
        why = ""
    finally:
        trial.clean_up()
        if not seen:
            logs = trial.keep_logs()
        trial.remove_files()
    spent = f"in {time.monotonic() - begun:.1f} s"
    if not why:
        print(f"PASS {trial.name} seed={trial.seed} {seen} {spent}", flush=True)
        return 0
    print(f"FAIL {trial.name} seed={trial.seed} {why} {spent}; logs: {logs}", flush=True)
    return 1


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
