"""OpenMP used on import: forked workers compute with it, on as many threads as they may."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_host
import pytest
from keeper.running_keeper import Key, RunningKeeper

from snakepit._keeper.threads import FOLLOWERS, OTHERS, variables

try:
    RUNTIME: ctypes.CDLL | None = ctypes.CDLL("libgomp.so.1")
except OSError:
    RUNTIME = None

needs_runtime = pytest.mark.skipif(RUNTIME is None, reason="there is no libgomp.so.1 here")

Start = Callable[..., tuple[RunningKeeper, fake_host.Attached]]


@pytest.fixture
def start(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts a worker of `samples.teams` below a real keeper. Words of capitals are variables."""
    for name in variables(1, {}):
        monkeypatch.delenv(name, raising=False)
    host = fake_host.FakeHost(tmp_path)
    workers: list[fake_host.Attached] = []

    def begin(method: str = "auto", **given: Any) -> tuple[RunningKeeper, fake_host.Attached]:
        environ = {name: given.pop(name) for name in list(given) if name.isupper()}
        keeper = new_keeper(package=fake_host.SOURCES, **environ)
        keeper.configure(method, **{"adapter": "samples.teams", "socket": host.path, **given})
        keeper.send("start", worker="w-1", token=fake_host.TOKEN)
        workers.append(host.attach())
        message, _ = workers[-1].receive()
        assert message.WhichOneof("kind") == "ready", message
        assert not [e for e in keeper.events if e["event"] in {"fallback", "forkNotice"}]
        return keeper, workers[-1]

    yield begin
    for worker in workers:
        worker.close()
    host.close()


def threads_of(key: Key) -> int:
    return len(list(Path(f"/proc/{key[0]}/task").iterdir()))


@needs_runtime
def test_what_is_used_on_import_has_one_thread_then_and_all_of_them_afterwards(
    start: Start,
) -> None:
    """Fails if a forked worker waits for threads that are not there, or computes alone."""
    keeper, worker = start(threads=3)
    (server,) = keeper.fork_servers()
    assert threads_of(server) == 1
    said = worker.call("here")
    assert (said["import"], said["team"]) == (1, 3)
    assert said["variables"] == said["variablesOnImport"] == variables(3, {})
    assert said["inC"].items() <= variables(3, {}).items()


@needs_runtime
@pytest.mark.skipif(
    not hasattr(RUNTIME, "omp_pause_resource_all"), reason="libgomp is of before GCC 9"
)
def test_what_takes_more_threads_by_itself_leaves_none_behind(start: Start) -> None:
    """Fails if its threads live at the fork: the child would wait for theirs for ever."""
    keeper, worker = start(threads=2, TEAM_ON_IMPORT="4")
    (server,) = keeper.fork_servers()
    assert threads_of(server) == 1
    said = worker.call("here")
    assert (said["import"], said["team"]) == (4, 2)


@needs_runtime
@pytest.mark.parametrize("tool", ["here", "in_a_task", "on_a_thread"])
@pytest.mark.parametrize("profile", ["process", "thread", "async"])
def test_every_thread_that_tools_run_on_computes_with_as_many(
    start: Start, profile: str, tool: str
) -> None:
    """Fails if only the thread that was forked has got the number."""
    _, worker = start(threads=3, profile=profile, concurrency=2)
    assert worker.call(tool)["team"] == 3


@needs_runtime
def test_a_fresh_interpreter_has_the_number_from_the_start(start: Start) -> None:
    _, worker = start("spawn", threads=3)
    said = worker.call("here")
    assert (said["import"], said["team"]) == (3, 3)


@needs_runtime
@pytest.mark.parametrize("threads", [0, 3])
def test_a_variable_of_the_users_wins(start: Start, threads: int) -> None:
    _, worker = start(threads=threads, OMP_NUM_THREADS="2,1")
    said = worker.call("here")
    assert (said["import"], said["team"]) == (1, 2)
    assert said["variables"]["OMP_NUM_THREADS"] == "2,1"
    assert "OPENBLAS_NUM_THREADS" not in {**said["variables"], **said["inC"]}  # it follows
    assert said["inCOnImport"]["OPENBLAS_NUM_THREADS"] == "2"  # and must not the other


@needs_runtime
@pytest.mark.parametrize("threads", [0, 3])
@pytest.mark.parametrize("own", [1, 2])
def test_what_the_import_sets_itself_wins_too(start: Start, threads: int, own: int) -> None:
    """Fails if a number of the user's is taken for ours, since it is the same."""
    _, worker = start(threads=threads, SET_ON_IMPORT=f"OMP_NUM_THREADS={own}")
    said = worker.call("here")
    assert (said["import"], said["team"]) == (own, own)
    assert said["variables"]["OMP_NUM_THREADS"] == said["inC"]["OMP_NUM_THREADS"] == str(own)


@needs_runtime
def test_so_does_a_number_for_a_follower(start: Start) -> None:
    _, worker = start(OMP_NUM_THREADS="2", SET_ON_IMPORT="OPENBLAS_NUM_THREADS=2")
    said = worker.call("here")
    assert said["variables"]["OPENBLAS_NUM_THREADS"] == said["inC"]["OPENBLAS_NUM_THREADS"] == "2"


@needs_runtime
@pytest.mark.parametrize("threads", [0, 3])
def test_a_default_that_the_import_sets_counts_where_nothing_is_set(
    start: Start, threads: int
) -> None:
    """Fails if the import finds a number that a fresh interpreter would not."""
    _, worker = start(threads=threads, DEFAULT_ON_IMPORT="OMP_NUM_THREADS=1")
    assert worker.call("here")["team"] == (threads or 1)


def test_openblas_follows_what_the_import_sets(start: Start) -> None:
    """Fails if it keeps the number that it was given meanwhile so as not to have one thread."""
    _, worker = start(threads=0, adapter="samples.blas_threads")
    assert worker.call("counts") in ([], [1])


@needs_runtime
def test_left_alone_there_are_as_many_as_processors(start: Start) -> None:
    _, worker = start(threads=0)
    said = worker.call("here")
    processors = worker.call("processors")
    assert said["team"] == processors
    assert said["variables"] == {}
    assert said["variablesOnImport"] == said["inC"] == {}
    assert said["inCOnImport"]["OPENBLAS_NUM_THREADS"] == str(processors)


def test_arrow_that_was_asked_on_import_gets_its_threads_back(start: Start) -> None:
    """Fails if it keeps the one that OpenMP's variable has said meanwhile."""
    _, worker = start(threads=3, adapter="samples.arrow_threads")
    assert worker.call("counts") == [1, 3]


def test_variables_that_are_set_are_left_alone() -> None:
    made = variables(2, {"RAYON_NUM_THREADS": "7", "A": "b"})
    assert "RAYON_NUM_THREADS" not in made
    assert "A" not in made
    assert set(made.values()) == {"2"}
    assert {*made, "RAYON_NUM_THREADS"} == {"OMP_NUM_THREADS", *FOLLOWERS, *OTHERS}


def test_libraries_that_follow_openmps_variable_are_not_told_otherwise() -> None:
    """Fails if who says OMP_NUM_THREADS=8 gets fewer in OpenBLAS."""
    assert set(variables(2, {"OMP_NUM_THREADS": "8"})) == set(OTHERS)
    assert variables(0, {}) == {}
