"""Tracebacks and stacks in a worker's log begin with the user's frames."""

from __future__ import annotations

import asyncio.base_events
import logging
from contextlib import closing
from pathlib import Path

import pytest
from fake_host import DEADLINE, FakeHost, spawn

import snakepit
from snakepit._tools.log_format import FORMAT, Formatter
from snakepit.v1 import worker_pb2 as pb

ADAPTER = """
import logging

from snakepit import Adapter, tool

log = logging.getLogger("own")


class Logging(Adapter):
    def stop(self):
        try:
            raise LookupError("no such thing")
        except LookupError:
            log.exception("stop went wrong")
        log.warning("where", stack_info=True)
        raise ValueError("of stop")

    @tool
    def ping(self, asks=None):
        return "pong"
"""


@pytest.mark.parametrize("profile", ["process", "async"])
def test_log_records_of_stop_name_no_frame_of_ours(tmp_path: Path, profile: str) -> None:
    (tmp_path / "logging_adapter.py").write_text(ADAPTER)
    with closing(FakeHost(tmp_path)) as host:
        boot = host.boot("logging_adapter", profile=profile)
        with spawn(boot, measured=False, path=tmp_path) as child:
            try:
                with closing(host.attach()) as attached:
                    assert attached.receive()[0].HasField("ready")
                    assert attached.call("ping") == "pong"
                    attached.shut_down()
                    assert child.wait(DEADLINE) == 0
            finally:
                child.kill()
            assert child.stderr is not None
            said = child.stderr.read().decode()
    for wanted in ("LookupError: no such thing", "Stack (most recent", "ValueError: of stop"):
        assert wanted in said
    files = [line.split('"')[1] for line in said.splitlines() if line.startswith('  File "')]
    assert files == [str(tmp_path / "logging_adapter.py")] * 3


def test_an_exception_that_is_none_is_told_as_ever() -> None:
    record = logging.LogRecord("own", logging.ERROR, "", 0, "text", (), (None, None, None))
    assert Formatter(FORMAT).format(record) == "ERROR own: text\nNoneType: None"


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        (["<string>", "_worker/main.py", "/app/tools.py", "_tools/host.py"], ["/app/tools.py"]),
        (["_worker/main.py", "_tools/runner.py"], []),
        (["/app/main.py", "/app/tools.py"], ["/app/main.py", "/app/tools.py"]),
        (
            ["_worker/main.py", asyncio.base_events.__file__, "/app/tools.py", asyncio.__file__],
            ["/app/tools.py", asyncio.__file__],
        ),
    ],
)
def test_a_stack_in_the_log_is_the_users(files: list[str], shown: list[str]) -> None:
    """Ours are cut, and what leads from us to the user's, but not what the user has called."""
    package = Path(snakepit.__file__).parent

    def text(paths: list[str]) -> str:
        lines = (f'  File "{each}", line 1, in run\n    step()' for each in paths)
        return "\n".join(("Stack (most recent call last):", *lines))

    given = [each if each[0] in "/<" else str(package / each) for each in files]
    assert Formatter(FORMAT).formatStack(text(given)) == text(shown)


def test_a_failed_import_begins_with_the_users_file(tmp_path: Path) -> None:
    (tmp_path / "broken_adapter.py").write_text("import json\nraise LookupError('here')\n")
    with closing(FakeHost(tmp_path)) as host:
        child = spawn(host.boot("broken_adapter"), measured=False, path=tmp_path)
        with child, closing(host.accept()[0]) as link:
            frame = link.read()
            child.kill()
    assert frame is not None
    told = pb.WorkerMessage.FromString(frame[0]).start_failure.python.traceback
    assert told.startswith(f'Traceback (most recent call last):\n  File "{tmp_path}')
