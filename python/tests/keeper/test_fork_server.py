"""The fork server: what it imports, when it refuses to fork, and how it is replaced."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_host import TESTS
from keeper.running_keeper import ADAPTERS, RunningKeeper, eventually, is_gone, kill_exactly

from snakepit._keeper.forking import MOST_FORKING
from snakepit._system import process_table

HostMaker = Callable[..., RunningKeeper]


def write_adapter(keeper: RunningKeeper, text: str) -> str:
    """An adapter in the keeper's working directory, the last place on the path."""
    home = Path(f"/proc/{keeper.pid}/cwd").readlink()
    (home / "changing.py").write_text(text)
    return "changing"


def assert_forked(keeper: RunningKeeper, worker: str) -> None:
    """Starts a worker, and fails unless the fork server is its parent."""
    pid = int(str(keeper.start(worker)["pid"]))
    process = process_table.read(pid)
    assert process is not None
    assert process.ppid == keeper.fork_server()[0]


def test_a_failing_import_is_told_and_the_next_start_tries_anew(keeper: RunningKeeper) -> None:
    text = "def deep():\n    return {}['nothing']\n\ndeep()\n"
    keeper.configure(adapter=write_adapter(keeper, text))
    failed = keeper.event("importFailed")
    assert (failed["type"], failed["message"]) == ("KeyError", "'nothing'")
    frames = [line for line in failed["traceback"].splitlines() if line.startswith("  File")]
    assert [Path(frame.split('"')[1]).name for frame in frames] == ["changing.py"] * 2
    keeper.send("start", worker="w-1", token="idle")
    assert keeper.event("startFailed", worker="w-1")["traceback"] == failed["traceback"]
    write_adapter(keeper, "from keeper.adapters.behaviours import *\n# of another length\n")
    keeper.start("w-2")
    told = [event["type"] for event in keeper.events if event["event"] == "importFailed"]
    assert told == ["KeyError", "KeyError"], "once for each import"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("raise SystemExit(4)", "SystemExit", "4"),
        ("import missing_module", "ModuleNotFoundError", "No module named 'missing_module'"),
        ("def broken(:", "SyntaxError", "invalid syntax"),
        ("import os; os._exit(5)", "ForkServerEnded", "the fork server ended with status 5"),
    ],
)
def test_whatever_an_import_does_is_a_failed_start(
    keeper: RunningKeeper, text: str, kind: str, message: str
) -> None:
    keeper.configure(adapter=write_adapter(keeper, text))
    keeper.send("start", worker="w-1", token="idle")
    failed = keeper.event("startFailed", worker="w-1")
    assert failed["type"] == kind
    assert failed["message"].startswith(message)


def test_a_bad_spec_is_a_failed_import(keeper: RunningKeeper) -> None:
    keeper.configure(adapter="")
    failed = keeper.event("importFailed")
    assert failed["type"].endswith("AdapterError")
    assert "File" not in failed["traceback"]


def test_a_missing_preload_is_a_failed_import(keeper: RunningKeeper) -> None:
    keeper.configure(preload=["no_such_module"])
    assert keeper.event("importFailed")["message"] == "No module named 'no_such_module'"


def test_threads_after_the_import_make_the_pool_spawn(keeper: RunningKeeper) -> None:
    keeper.configure("auto", adapter=ADAPTERS + "with_thread")
    keeper.send("start", worker="w-1", token="idle")
    reason = "thread poller, which runs after the import: start it in start()"
    assert keeper.event("fallback")["reasons"] == [reason]
    keeper.line("w-1", "ready")
    keeper.start("w-2")
    # It has told why before it ends, which may take longer than a worker's start.
    eventually(lambda: not keeper.fork_servers(), lambda: "the fork server stays")


def test_a_library_that_does_not_survive_a_fork_makes_the_pool_spawn(keeper: RunningKeeper) -> None:
    home = Path(f"/proc/{keeper.pid}/cwd").readlink()
    (home / "grpc.py").touch()
    keeper.configure("auto", preload=["grpc"], pythonPath=[str(home), str(TESTS)])
    assert "grpc" in keeper.event("fallback")["reasons"][0]
    keeper.start("w-1")


def test_a_fork_that_is_forced_turns_reasons_into_notices(keeper: RunningKeeper) -> None:
    keeper.configure("forkserver", adapter=ADAPTERS + "with_thread")
    assert "poller" in keeper.event("forkNotice")["notices"][0]
    keeper.event("imported")
    keeper.start("w-1")
    assert len(keeper.fork_servers()) == 1


def test_a_pool_that_is_to_spawn_afresh_forks_no_more_until_a_roll(keeper: RunningKeeper) -> None:
    keeper.configure("auto")
    keeper.event("imported")
    old = keeper.fork_server()
    keeper.start("forked")
    keeper.send("spawn")
    keeper.start("fresh")
    keeper.send("kill", worker="forked", signal=9)
    keeper.event("exited", worker="forked")
    eventually(lambda: is_gone(old, [keeper.pid]), lambda: "the fork server stays")
    assert keeper.fork_servers() == []
    keeper.send("roll")
    keeper.event("imported")
    assert_forked(keeper, "again")
    assert "ended" not in " ".join(keeper.lines("")), "an end that was wanted is no news"


def test_what_waits_for_an_import_is_spawned_where_that_is_ordered(keeper: RunningKeeper) -> None:
    text = (
        "import os, time\n"
        "while 'SNAKEPIT_WORKER' not in os.environ: time.sleep(0.01)\n"
        "from keeper.adapters.behaviours import *\n"
    )
    keeper.configure("auto", adapter=write_adapter(keeper, text))
    keeper.send("start", worker="w-1", token="idle")
    keeper.send("spawn")
    keeper.line("w-1", "ready")
    eventually(lambda: not keeper.fork_servers(), lambda: "the fork server stays")


def test_a_roll_tries_to_fork_what_could_not_be_forked(keeper: RunningKeeper) -> None:
    keeper.configure("auto", adapter=write_adapter(keeper, "import os\nENDS = os.pipe()\n"))
    assert keeper.event("fallback")["reasons"] == ["pipe: make it in start()"]
    write_adapter(keeper, "from keeper.adapters.behaviours import *\n# of another length\n")
    keeper.send("roll")
    keeper.event("imported")
    assert_forked(keeper, "w-1")


def test_numpy_survives_the_fork(keeper: RunningKeeper) -> None:
    keeper.configure(adapter=ADAPTERS + "with_numpy")
    keeper.event("imported")
    for worker in ("w-1", "w-2"):
        keeper.start(worker, "multiply", ready="product 64000000.0 random 0.")
        assert keeper.event("exited", worker=worker)["status"] == 0
    # Red without the reseeding in `_start_afresh`.
    assert keeper.lines("w-1") != keeper.lines("w-2"), "siblings draw different numbers"


def test_what_waits_in_a_buffer_is_printed_once(keeper: RunningKeeper) -> None:
    """Red without the flush before the fork: each child would print the server's half line, too."""
    keeper.configure(adapter=ADAPTERS + "unflushed")
    keeper.start("w-1", "leave", ready="")
    keeper.event("exited", worker="w-1")
    assert "half a line" not in "".join(keeper.lines("w-1"))
    kill_exactly(keeper.fork_server())
    streams = {keeper.line("", "half a line")["stream"] for _ in range(2)}
    assert streams == {"stdout", "stderr"}


def test_nothing_printed_is_taken_for_an_answer(new_keeper: HostMaker, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('print(\'{"event":"fallback"}\')\n')
    keeper = new_keeper(PYTHONPATH=str(tmp_path))
    keeper.configure(adapter=ADAPTERS + "noisy")
    assert keeper.line("", '{"event":"fallback"}')["stream"] == "stdout"
    assert keeper.line("", '{"event":"imported"}')["stream"] == "stdout"
    keeper.event("imported")
    keeper.start("w-1")
    keeper.configure(adapter=ADAPTERS + "noisy")
    assert [e for e in keeper.events if e["event"] == "fallback"] == []


def test_a_spawned_worker_may_print_before_it_is_one(new_keeper: HostMaker, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('good morning')\n")
    keeper = new_keeper(PYTHONPATH=str(tmp_path))
    keeper.configure("spawn")
    keeper.start("w-1")
    assert keeper.lines("w-1")[0] == "good morning"


def test_what_an_import_has_started_ends_with_its_fork_server(keeper: RunningKeeper) -> None:
    keeper.configure(adapter=ADAPTERS + "noisy")
    keeper.event("imported")
    family = keeper.family()
    assert len(family) >= 4, "guard, keeper, fork server, helper"
    server = keeper.fork_server()
    kill_exactly(server)
    keeper.line("", "keeper: the fork server")
    rest = {key for key in family if key[0] not in (server[0], keeper.pid, keeper.process.pid)}
    eventually(lambda: all(is_gone(key, [keeper.pid]) for key in rest), lambda: str(keeper.left()))


def test_a_roll_imports_anew_and_the_old_server_ends_with_its_last_worker(
    keeper: RunningKeeper,
) -> None:
    keeper.configure(adapter=write_adapter(keeper, "from keeper.adapters.behaviours import *\n"))
    keeper.event("imported")
    old = keeper.fork_server()
    keeper.start("old-1")
    keeper.start("old-2")
    write_adapter(
        keeper, "from keeper.adapters.behaviours import *\ndef newer(boot): say('newer')\n"
    )
    keeper.send("roll")
    keeper.event("imported")
    keeper.start("new-1", "newer", ready="newer")
    assert keeper.event("exited", worker="new-1")["status"] == 0
    keeper.send("kill", worker="old-1", signal=15)
    keeper.event("exited", worker="old-1")
    assert not is_gone(old, [keeper.pid])
    keeper.send("kill", worker="old-2", signal=15)
    keeper.event("exited", worker="old-2")
    eventually(lambda: is_gone(old, [keeper.pid]), lambda: "the old fork server stays")
    keeper.start("new-2")
    assert "ended" not in " ".join(keeper.lines("")), "an end that was wanted is no news"


def test_a_worker_of_a_stopped_fork_server_is_told_gone_as_soon_as_it_goes_on(
    keeper: RunningKeeper,
) -> None:
    """While the fork server can't reap it, its pid stays taken, and so its group can be killed."""
    keeper.configure()
    worker = keeper.start("w-1")
    server = keeper.fork_server()
    os.kill(server[0], signal.SIGSTOP)
    keeper.send("kill", worker="w-1", signal=9)
    key = (worker["pid"], worker["startTicks"])
    eventually(lambda: is_gone(key), lambda: "not killed")
    assert not is_gone(key, [server[0]]), "a zombie still: nobody else can get its pid"
    os.kill(server[0], signal.SIGCONT)
    assert keeper.event("exited", worker="w-1")["signal"] == signal.SIGKILL
    assert is_gone(key, [server[0]])


def test_a_signal_for_a_worker_that_is_just_being_forked_is_not_lost(keeper: RunningKeeper) -> None:
    keeper.configure()
    keeper.event("imported")
    server, _ = keeper.fork_server()
    os.kill(server, signal.SIGSTOP)
    keeper.send("start", worker="w-1", token="deaf")
    keeper.send("kill", worker="w-1", signal=15)
    keeper.send("kill", worker="w-1", signal=9)
    keeper.send("start", worker="w-1", token="idle")
    keeper.line("", "keeper: worker w-1 exists already")  # so the orders before have been read
    os.kill(server, signal.SIGCONT)
    keeper.event("started", worker="w-1")
    assert keeper.event("exited", worker="w-1")["signal"] == signal.SIGKILL


def test_orders_in_the_hands_of_a_dying_fork_server_fail(keeper: RunningKeeper) -> None:
    keeper.configure()
    keeper.event("imported")
    server = keeper.fork_server()
    os.kill(server[0], signal.SIGSTOP)
    keeper.send("start", worker="w-1", token="idle")
    keeper.send("start", worker="w-1", token="idle")
    keeper.line("", "keeper: worker w-1 exists already")
    kill_exactly(server)
    failed = keeper.event("startFailed", worker="w-1")
    assert failed["message"] == "the fork server ended with signal 9 before it had forked"
    keeper.start("w-1")


def test_a_hung_fork_server_is_ended_for_a_worker_that_must_be_killed(
    keeper: RunningKeeper,
) -> None:
    """The worker's capacity must not be lost for good. Red without `Pool.end_hung_servers`."""
    keeper.configure()
    keeper.start("w-0")
    hung = keeper.fork_server()
    os.kill(hung[0], signal.SIGSTOP)
    keeper.send("start", worker="w-1", token="idle")
    keeper.send("kill", worker="w-1", signal=15)
    keeper.send("start", worker="w-2", token="idle")
    keeper.send("kill", worker="w-1", signal=9)
    keeper.line("", f"keeper: the fork server (pid {hung[0]}) hangs")
    for worker in ("w-1", "w-2"):
        failed = keeper.event("startFailed", worker=worker)
        assert failed["message"] == "the fork server ended with signal 9 before it had forked"
    assert keeper.event("exited", worker="w-0")["signal"] == signal.SIGKILL
    keeper.start("w-1")
    assert keeper.fork_server() != hung


def test_what_waits_for_a_hung_fork_server_is_forked_by_the_next(keeper: RunningKeeper) -> None:
    keeper.configure()
    keeper.event("imported")
    os.kill(keeper.fork_server()[0], signal.SIGSTOP)
    for number in range(MOST_FORKING + 1):
        keeper.send("start", worker=f"w-{number}", token="idle")
    keeper.send("kill", worker="w-0", signal=9)
    for number in range(MOST_FORKING):
        keeper.event("startFailed", worker=f"w-{number}")
    keeper.line(f"w-{MOST_FORKING}", "ready")


def test_what_can_not_be_forked_is_a_failed_start(keeper: RunningKeeper) -> None:
    keeper.configure(adapter=ADAPTERS + "unforkable")
    keeper.send("start", worker="w-1", token="idle")
    assert "Resource temporarily" in keeper.event("startFailed", worker="w-1")["message"]


def test_a_library_that_reaps_workers_takes_nobody_along(keeper: RunningKeeper) -> None:
    """Red where a child that is gone is an error of the fork server's, or the keeper's."""
    keeper.configure(adapter=ADAPTERS + "reaper")
    first = keeper.start("w-0")
    server = keeper.fork_server()
    for n in range(1, 9):
        keeper.start(f"w-{n}", "leave")
        keeper.event("exited", worker=f"w-{n}")
    assert keeper.fork_server() == server
    assert not is_gone((first["pid"], first["startTicks"]))


def test_a_fork_server_that_talks_nonsense_is_ended(keeper: RunningKeeper) -> None:
    keeper.configure(adapter=ADAPTERS + "impostor")
    keeper.line("", "keeper: the fork server")
    assert keeper.event("importFailed")["type"] == "ForkServerEnded"


def test_without_descriptors_starts_fail_until_there_are_some(
    keeper: RunningKeeper, method: str
) -> None:
    keeper.configure(method)
    keeper.start("w-1")
    limits = resource.prlimit(keeper.pid, resource.RLIMIT_NOFILE)
    open_now = len(list(Path(f"/proc/{keeper.pid}/fd").iterdir()))
    resource.prlimit(keeper.pid, resource.RLIMIT_NOFILE, (open_now, limits[1]))
    keeper.send("start", worker="w-2", token="idle")
    assert "Too many open files" in keeper.event("startFailed", worker="w-2")["message"]
    if method == "forkserver":
        keeper.send("roll")
        assert "Too many open files" in keeper.event("importFailed")["message"]
    resource.prlimit(keeper.pid, resource.RLIMIT_NOFILE, limits)
    keeper.start("w-3")
