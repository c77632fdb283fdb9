"""Workers of a free-threaded interpreter. The interpreter itself is a stand-in here."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from snakepit._keeper import fork_server, workers

if TYPE_CHECKING:
    from snakepit._keeper.output import Outputs


class NoOutputs:
    """Outputs that are never read, since no process is started."""

    def open(self, owner: str, now: float, worker: str | None = None) -> list[int]:
        return [os.open(os.devnull, os.O_WRONLY) for _ in range(2)]

    def finish(self, owner: str, now: float) -> None:
        pass


def environments(
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    profile: str,
    flags: str,
    inherited: dict[str, str],
) -> list[dict[str, str]]:
    """Returns the variables of fork server and worker, in an interpreter with those ABI flags."""
    given: list[dict[str, str]] = []

    def launch(_command: list[str], environ: dict[str, str], *_: object, **__: object) -> NoReturn:
        given.append(environ)
        raise OSError(0, "not here")

    monkeypatch.setattr(sys, "abiflags", flags, raising=False)
    for caller in (fork_server, workers):
        monkeypatch.setattr(caller, "launch", launch)
    outputs = cast("Outputs", NoOutputs())
    watching = (lambda _fd: None, lambda _fd: None)
    pool = workers.Pool(lambda _event: None, pytest.fail, outputs, watching, inherited)
    pool.configure({"startMethod": method, "profile": profile, "adapter": "samples.plain"}, 0.0)
    pool.start("test-1", "token", 0.0)
    assert given
    return given


METHODS = pytest.mark.parametrize("method", ["forkserver", "spawn"])


@METHODS
def test_threads_do_without_the_lock_that_a_library_would_bring_back(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    for environ in environments(monkeypatch, method, "thread", "t", {"A": "b"}):
        assert environ["PYTHON_GIL"] == "0"
        assert environ["A"] == "b"


@METHODS
def test_what_the_user_says_of_the_lock_holds(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    for environ in environments(monkeypatch, method, "thread", "t", {"PYTHON_GIL": "1"}):
        assert environ["PYTHON_GIL"] == "1"


@METHODS
@pytest.mark.parametrize(("profile", "flags"), [("process", "t"), ("async", "t"), ("thread", "")])
def test_it_is_left_alone_elsewhere(
    monkeypatch: pytest.MonkeyPatch, method: str, profile: str, flags: str
) -> None:
    """An interpreter that can't do without it refuses to start."""
    for environ in environments(monkeypatch, method, profile, flags, {}):
        assert "PYTHON_GIL" not in environ
