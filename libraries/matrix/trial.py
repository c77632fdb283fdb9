"""One host with pools of some rows: starts it, has it called, and looks at its workers."""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from chaos.host import Host
from chaos.processes import Process, private_bytes, status

from matrix import environment, truth
from matrix.calls import call_by_many
from matrix.outcomes import Outcome
from matrix.rows import Check

CALLS = 1000
START_S = 180.0
REPLACED_S = 60.0
LOOK_AGAIN_S = 0.005
CONCURRENCY = 4
TOLD = re.compile(r"pool (\S+?):? .*?(pool\.(?:spawn_fallback|fork_notice): .*)")


class Trial:
    """The pools of some rows on one host, in a folder of their own.

    Args:
        outcomes: filled in by :meth:`run`.
        truths: a plain interpreter's answers, by adapter.
        variables: what all adapters find in their environment.
        calls: how many are made on each pool.
    """

    def __init__(
        self,
        outcomes: list[Outcome],
        truths: dict[str, list[Any]],
        variables: dict[str, str],
        calls: int = CALLS,
    ) -> None:
        self._outcomes = outcomes
        self._truths = truths
        self._variables = variables
        self._calls = calls

    def run(self) -> None:
        """Runs all pools, one after the other on one host, which ends with it."""
        with tempfile.TemporaryDirectory(prefix="snakepit-libraries-") as name:
            folder = Path(name)
            pools = {each.pool: self._settings(each, folder) for each in self._outcomes}
            host = Host(folder, pools)
            try:
                host.await_serving()
                for outcome in self._outcomes:
                    _await_start(host, outcome)
                self._idle(host)
                for outcome in self._outcomes:
                    if not outcome.refused:
                        self._call(host, outcome)
                host.stop()
            finally:
                host.clean_up()
                self._read_log(host.log)
            for outcome in self._outcomes:
                _look_into_database(outcome, folder)
            if any(each.faults() for each in self._outcomes):
                self._keep_logs(folder)

    def _idle(self, host: Host) -> None:
        """Lets workers be idle for as long as a row asks for, which none of them may end by."""
        before = {each.pool: workers(host, each.pool) for each in self._outcomes}
        time.sleep(max(each.row.idle_s for each in self._outcomes))
        for outcome in self._outcomes:
            ended = before[outcome.pool].keys() - workers(host, outcome.pool).keys()
            if outcome.row.idle_s and ended:
                outcome.answers.fail("IDLE_ENDED", f"{', '.join(sorted(ended))} ended while idle")

    def _settings(self, outcome: Outcome, folder: Path) -> dict[str, Any]:
        own = folder / outcome.pool
        own.mkdir()
        return {
            "adapter": outcome.row.adapter,
            "python": str(environment.PYTHON),
            "pythonPath": [str(truth.ADAPTERS)],
            "env": {**self._variables, "MATRIX_OWN": str(own)},
            "size": outcome.row.size,
            "profile": outcome.profile,
            "concurrency": 1 if outcome.profile == "process" else CONCURRENCY,
            "startMethod": outcome.method,
            "startup": {"timeoutMs": int(START_S * 1000)},
            "executeTimeoutMs": 15_000 if outcome.safe else 2_000,
            "queueTimeoutMs": 30_000,
            "required": False,
        }

    def _call(self, host: Host, outcome: Outcome) -> None:
        tools = ("answer", "answer_on_loop") if outcome.profile == "async" else ("answer",)
        call_by_many(
            host, outcome.pool, self._offered(host, outcome, tools), self._calls, outcome.answers
        )
        before = workers(host, outcome.pool)
        outcome.seen = bool(before)
        outcome.warm = outcome.seen and all(_is_forked(each) for each in before.values())
        outcome.compare(self._truths.get(outcome.row.adapter, []))
        if before and not outcome.answers.given_up:
            sizes = [private_bytes(each.pid) for each in before.values()]
            outcome.private_mib = statistics.median(sizes) / 2**20
            outcome.replaced_ms = replace_one(host, outcome)

    @staticmethod
    def _offered(host: Host, outcome: Outcome, tools: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the tools that the adapter has."""
        has = {
            tool["name"]
            for tool in host.request("GET", "/v1/tools")
            if tool["pool"] == outcome.pool
        }
        return tuple(name for name in tools if name in has)

    def _keep_logs(self, folder: Path) -> None:
        """Copies what the host was given and has said to where it stays."""
        kept = environment.LOGS / self._outcomes[0].pool
        kept.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            if file.suffix in {".out", ".err", ".yaml"}:
                shutil.copy(file, kept)

    def _read_log(self, log: str) -> None:
        told = [found.groups() for line in log.splitlines() if (found := TOLD.search(line))]
        for outcome in self._outcomes:
            outcome.events = [text for pool, text in told if pool == outcome.pool]


def workers(host: Host, pool: str) -> dict[str, Process]:
    """Returns the ready workers of a pool by their ids."""
    found = {}
    for worker in host.request("GET", "/v1/workers"):
        entry = status(worker["pid"]) if worker["pool"] == pool and worker["pid"] else None
        if entry is not None and worker["state"] in {"idle", "busy"}:
            found[worker["worker"]] = Process(worker["pid"], entry.started)
    return found


def replace_one(host: Host, outcome: Outcome) -> float:
    """Has one worker killed, and returns the milliseconds until its successor was ready.

    That the others stay is no matter of course: a library may have made them depend on each other.
    """
    before = workers(host, outcome.pool)
    killed = min(before)
    begun = time.monotonic()
    host.request("DELETE", f"/v1/workers/{killed}")
    while True:
        now = workers(host, outcome.pool)
        took = time.monotonic() - begun
        if len(now) == outcome.row.size and killed not in now:
            if gone := before.keys() - now.keys() - {killed}:
                outcome.answers.fail("NEIGHBOUR_GONE", f"{', '.join(gone)} ended with {killed}")
            return took * 1000
        if took > REPLACED_S:
            outcome.answers.fail("NOT_REPLACED", f"not after {REPLACED_S:.0f} s")
            return 0.0
        time.sleep(LOOK_AGAIN_S)


def _await_start(host: Host, outcome: Outcome) -> None:
    give_up = time.monotonic() + START_S
    while True:
        pool = host.request("GET", f"/v1/pools/{outcome.pool}")
        if pool["state"] == "ready":
            return
        late = time.monotonic() > give_up
        if late or pool["state"] in {"failed", "open"}:
            outcome.refused = f"{pool['state']}: {pool.get('lastError') or 'no reason'}"
            return
        time.sleep(LOOK_AGAIN_S)


def _is_forked(worker: Process) -> bool:
    """Whether a fork server is its parent: a fresh interpreter is the keeper's child."""
    entry = status(worker.pid)
    parent = entry and status(entry.parent)
    return parent is not None and parent.name != "snakepit-keeper"


def _look_into_database(outcome: Outcome, folder: Path) -> None:
    if outcome.row.check is not Check.STORED or outcome.refused:
        return
    try:
        stored = truth.stored_rows(folder / outcome.pool / "rows.duckdb")
    except truth.NoTruth as unreadable:
        outcome.missing = len(outcome.answers.results)
        outcome.example = str(unreadable)[-300:]
        return
    outcome.missing = len(outcome.answers.results) - stored
