"""A call that is interrupted while it imports: the import is whole, and the worker goes on."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fake_host import DEADLINE, process

from snakepit._tools import importing
from snakepit.v1 import worker_pb2 as pb

PROFILES: dict[str, dict[str, Any]] = {
    "process": {},
    "thread": {"profile": "thread", "concurrency": 2},
    "async": {"profile": "async", "concurrency": 2},
}

BODY = """
import time
from pathlib import Path
here = Path(__file__).parent
with (here / "bodies").open("a") as file:
    file.write("begun\\n")
{first}
while not (here / "go").exists():
    time.sleep(0.005)
ANSWER = 42
"""


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.005)


@pytest.mark.parametrize("tool", ["load", "load_lazily"])
@pytest.mark.parametrize("profile", PROFILES)
def test_an_import_is_ended_before_its_call_is_interrupted(
    tmp_path: Path, profile: str, tool: str
) -> None:
    """Red without the look for imports: the module's body would begin once more."""
    (tmp_path / "slow_module.py").write_text(BODY.format(first=""))
    arguments = {"folder": str(tmp_path), "name": "slow_module"}
    with process(tmp_path, "samples.lazy", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call(tool, arguments)
        wait_for(tmp_path / "bodies")
        worker.cancel(call)
        for sequence in range(20):  # it keeps trying, and pings are answered meanwhile
            assert worker.ping(sequence) == sequence
            time.sleep(0.005)
        (tmp_path / "go").touch()
        assert worker.answers(1)[call].code == "CANCELLED"
        assert (tmp_path / "imported").exists() or tool == "load_lazily"
        assert worker.call("answer", {"name": "slow_module"}) == 42
    assert (tmp_path / "bodies").read_text() == "begun\n"


@pytest.mark.parametrize("profile", ["process", "async"])
def test_an_import_in_an_async_tool_is_ended(tmp_path: Path, profile: str) -> None:
    """Cancelling a task is heard by nothing but an `await`."""
    (tmp_path / "slow_module.py").write_text(BODY.format(first=""))
    with process(tmp_path, "samples.lazy", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call("load_async", {"folder": str(tmp_path), "name": "slow_module"})
        wait_for(tmp_path / "bodies")
        worker.cancel(call)
        (tmp_path / "go").touch()
        assert worker.answers(1)[call].code == "CANCELLED"
        assert worker.call("ping") == "pong"
    assert (tmp_path / "bodies").read_text() == "begun\n"


@pytest.mark.parametrize("profile", PROFILES)
def test_an_import_that_calls_the_host_is_ended_too(tmp_path: Path, profile: str) -> None:
    """An interruption that was put off lest a frame be torn is not raised in the import either."""
    first = "from lazy_context import ctx\nfor n in range(3):\n    ctx.call_host('tool')"
    (tmp_path / "slow_module.py").write_text(BODY.format(first=first))
    arguments = {"folder": str(tmp_path), "name": "slow_module"}
    with process(tmp_path, "samples.lazy", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call("ask_on_import", arguments)
        for n in range(3):
            message, _ = worker.receive()
            asked = message.host_call.id
            if n == 0:
                worker.cancel(call)
                assert worker.ping(1) == 1
            worker.send(pb.HostMessage(host_result=pb.HostResult(id=asked)), b"1")
        (tmp_path / "go").touch()
        assert worker.answers(1)[call].code == "CANCELLED"
    assert (tmp_path / "bodies").read_text() == "begun\n"
    assert (tmp_path / "imported").exists()


@pytest.mark.parametrize("moment", ["5 ms", "60 ms", "mapped"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_library_that_can_be_loaded_once_only_works_after_any_deadline(
    tmp_path: Path, profile: str, moment: str
) -> None:
    """Red without the look: "cannot load module more than once per process", for ever."""
    with process(tmp_path, "samples.lazy", measured=False, **PROFILES[profile]) as worker:
        call = worker.send_call("root", {"n": 4})
        if moment == "mapped":
            wait_for_library(worker.hellos[0].pid, "_multiarray_umath")
        else:
            time.sleep(
                int(moment.removesuffix(" ms")) / 1000
            )  # as a deadline; whatever it falls into
        worker.cancel(call)
        worker.answers(1)
        assert worker.call("root", {"n": 9}) == 3


def wait_for_library(pid: int, name: str) -> None:
    maps = Path(f"/proc/{pid}/maps")
    deadline = time.monotonic() + DEADLINE
    while name not in maps.read_text():
        assert time.monotonic() < deadline, f"{name} is not loaded"


def test_without_a_global_lock_an_import_is_known_by_its_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of free-threaded interpreters, which must not look at frames; works in any."""
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    (tmp_path / "slow_module.py").write_text(BODY.format(first=""))
    monkeypatch.syspath_prepend(str(tmp_path))
    thread = threading.Thread(target=__import__, args=("slow_module",))
    thread.start()
    wait_for(tmp_path / "bodies")
    assert thread.ident is not None
    assert importing.thread_is_importing(thread.ident)
    assert not importing.thread_is_importing(threading.get_ident())
    (tmp_path / "go").touch()
    thread.join(DEADLINE)
    assert not importing.thread_is_importing(thread.ident)


def test_nothing_is_raised_where_asyncio_would_only_log_it() -> None:
    """Red without `drops_what_is_raised`: a tool's own loop goes on, and nobody raises again."""
    frames: list[FrameType | None] = []
    loop = asyncio.new_event_loop()
    try:
        # A callback in C: the frame that runs it is the one that a signal meets.
        loop.call_soon(lambda: frames.append(sys._getframe(1)))
        loop.call_soon(loop.stop)
        loop.run_forever()
    finally:
        loop.close()
    (runs_callbacks,) = frames
    assert importing.drops_what_is_raised(runs_callbacks)
    assert runs_callbacks is not None
    assert not importing.drops_what_is_raised(runs_callbacks.f_back)
    assert not importing.drops_what_is_raised(sys._getframe())
