"""The fork server: what it imports, when it refuses to fork, and how it is replaced."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from keeper.fakehost import ADAPTERS, TESTS, FakeHost, eventually, is_gone, kill_exactly

from snakepit._keeper.workers import MOST_FORKING

HostMaker = Callable[..., FakeHost]


def write_adapter(host: FakeHost, text: str) -> str:
    """An adapter in the keeper's working directory, the last place on the path."""
    home = Path(f"/proc/{host.keeper.pid}/cwd").readlink()
    (home / "changing.py").write_text(text)
    return "changing"


def test_a_failing_import_is_told_and_the_next_start_tries_anew(host: FakeHost) -> None:
    text = "def deep():\n    return {}['nothing']\n\ndeep()\n"
    host.configure(adapter=write_adapter(host, text))
    failed = host.event("importFailed")
    assert (failed["type"], failed["message"]) == ("KeyError", "'nothing'")
    frames = [line for line in failed["traceback"].splitlines() if line.startswith("  File")]
    assert [Path(frame.split('"')[1]).name for frame in frames] == ["changing.py"] * 2
    host.send("start", worker="w-1", token="idle")
    assert host.event("startFailed", worker="w-1")["traceback"] == failed["traceback"]
    write_adapter(host, "from keeper.adapters.behaviours import *\n# of another length\n")
    host.start("w-2")
    told = [event["type"] for event in host.events if event["event"] == "importFailed"]
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
    host: FakeHost, text: str, kind: str, message: str
) -> None:
    host.configure(adapter=write_adapter(host, text))
    host.send("start", worker="w-1", token="idle")
    failed = host.event("startFailed", worker="w-1")
    assert failed["type"] == kind
    assert failed["message"].startswith(message)


def test_a_bad_spec_is_a_failed_import(host: FakeHost) -> None:
    host.configure(adapter="")
    failed = host.event("importFailed")
    assert failed["type"].endswith("AdapterError")
    assert "File" not in failed["traceback"]


def test_a_missing_preload_is_a_failed_import(host: FakeHost) -> None:
    host.configure(preload=["no_such_module"])
    assert host.event("importFailed")["message"] == "No module named 'no_such_module'"


def test_threads_after_the_import_make_the_pool_spawn(host: FakeHost) -> None:
    host.configure(adapter=ADAPTERS + "with_thread")
    host.send("start", worker="w-1", token="idle")
    assert host.event("fallback")["reason"] == "threads run after the imports: poller"
    host.line("w-1", "ready")
    host.start("w-2")
    assert host.fork_servers() == []


def test_a_library_that_does_not_survive_a_fork_makes_the_pool_spawn(host: FakeHost) -> None:
    home = Path(f"/proc/{host.keeper.pid}/cwd").readlink()
    (home / "grpc.py").touch()
    host.configure(preload=["grpc"], pythonPath=[str(home), str(TESTS)])
    assert "grpc" in host.event("fallback")["reason"]
    host.start("w-1")


def test_numpy_survives_the_fork(host: FakeHost) -> None:
    host.configure(adapter=ADAPTERS + "with_numpy")
    host.event("imported")
    for worker in ("w-1", "w-2"):
        host.start(worker, "multiply", ready="product 64000000.0 random 0.")
        assert host.event("exited", worker=worker)["status"] == 0
    assert host.lines("w-1") != host.lines("w-2"), "siblings draw different numbers"


def test_nothing_printed_is_taken_for_an_answer(new_host: HostMaker, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('print(\'{"event":"fallback"}\')\n')
    host = new_host(PYTHONPATH=str(tmp_path))
    host.configure(adapter=ADAPTERS + "noisy")
    assert host.line("", '{"event":"fallback"}')["stream"] == "stdout"
    assert host.line("", '{"event":"imported"}')["stream"] == "stdout"
    host.event("imported")
    host.start("w-1")
    host.configure(adapter=ADAPTERS + "noisy")
    assert [e for e in host.events if e["event"] == "fallback"] == []


def test_a_spawned_worker_may_print_before_it_is_one(new_host: HostMaker, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('good morning')\n")
    host = new_host(PYTHONPATH=str(tmp_path))
    host.configure("spawn")
    host.start("w-1")
    assert host.lines("w-1")[0] == "good morning"


def test_what_an_import_has_started_ends_with_its_fork_server(host: FakeHost) -> None:
    host.configure(adapter=ADAPTERS + "noisy")
    host.event("imported")
    family = host.family()
    assert len(family) >= 3, "keeper, fork server, helper"
    server = host.fork_server()
    kill_exactly(server)
    host.line("", "keeper: the fork server")
    rest = family - {server, next(k for k in family if k[0] == host.keeper.pid)}
    eventually(
        lambda: all(is_gone(key, [host.keeper.pid]) for key in rest), lambda: str(host.left())
    )


def test_a_roll_imports_anew_and_the_old_server_ends_with_its_last_worker(host: FakeHost) -> None:
    host.configure(adapter=write_adapter(host, "from keeper.adapters.behaviours import *\n"))
    host.event("imported")
    old = host.fork_server()
    host.start("old-1")
    host.start("old-2")
    write_adapter(host, "from keeper.adapters.behaviours import *\ndef newer(boot): say('newer')\n")
    host.send("roll")
    host.event("imported")
    host.start("new-1", "newer", ready="newer")
    assert host.event("exited", worker="new-1")["status"] == 0
    host.send("kill", worker="old-1", signal=15)
    host.event("exited", worker="old-1")
    assert not is_gone(old, [host.keeper.pid])
    host.send("kill", worker="old-2", signal=15)
    host.event("exited", worker="old-2")
    eventually(lambda: is_gone(old, [host.keeper.pid]), lambda: "the old fork server stays")
    host.start("new-2")
    assert "ended" not in " ".join(host.lines("")), "an end that was wanted is no news"


def test_a_worker_of_a_stopped_fork_server_is_told_gone_as_soon_as_it_goes_on(
    host: FakeHost,
) -> None:
    """While the fork server can't reap it, its pid stays taken, and so its group can be killed."""
    host.configure()
    worker = host.start("w-1")
    server = host.fork_server()
    os.kill(server[0], signal.SIGSTOP)
    host.send("kill", worker="w-1", signal=9)
    key = (worker["pid"], worker["startTicks"])
    eventually(lambda: is_gone(key), lambda: "not killed")
    assert not is_gone(key, [server[0]]), "a zombie still: nobody else can get its pid"
    os.kill(server[0], signal.SIGCONT)
    assert host.event("exited", worker="w-1")["signal"] == signal.SIGKILL
    assert is_gone(key, [server[0]])


def test_a_signal_for_a_worker_that_is_just_being_forked_is_not_lost(host: FakeHost) -> None:
    host.configure()
    host.event("imported")
    server, _ = host.fork_server()
    os.kill(server, signal.SIGSTOP)
    host.send("start", worker="w-1", token="deaf")
    host.send("kill", worker="w-1", signal=15)
    host.send("kill", worker="w-1", signal=9)
    host.send("start", worker="w-1", token="idle")
    host.line("", "keeper: worker w-1 exists already")  # so the orders before have been read
    os.kill(server, signal.SIGCONT)
    host.event("started", worker="w-1")
    assert host.event("exited", worker="w-1")["signal"] == signal.SIGKILL


def test_orders_in_the_hands_of_a_dying_fork_server_fail(host: FakeHost) -> None:
    host.configure()
    host.event("imported")
    server = host.fork_server()
    os.kill(server[0], signal.SIGSTOP)
    host.send("start", worker="w-1", token="idle")
    host.send("start", worker="w-1", token="idle")
    host.line("", "keeper: worker w-1 exists already")
    kill_exactly(server)
    failed = host.event("startFailed", worker="w-1")
    assert failed["message"] == "the fork server ended with signal 9 before it had forked"
    host.start("w-1")


def test_a_hung_fork_server_is_ended_for_a_worker_that_must_be_killed(host: FakeHost) -> None:
    """Else its capacity were lost for good. Red without `Pool.end_hung_servers`."""
    host.configure()
    host.start("w-0")
    hung = host.fork_server()
    os.kill(hung[0], signal.SIGSTOP)
    host.send("start", worker="w-1", token="idle")
    host.send("kill", worker="w-1", signal=15)
    host.send("start", worker="w-2", token="idle")
    host.send("kill", worker="w-1", signal=9)
    host.line("", f"keeper: the fork server (pid {hung[0]}) hangs")
    for worker in ("w-1", "w-2"):
        failed = host.event("startFailed", worker=worker)
        assert failed["message"] == "the fork server ended with signal 9 before it had forked"
    assert host.event("exited", worker="w-0")["signal"] == signal.SIGKILL
    host.start("w-1")
    assert host.fork_server() != hung


def test_what_waits_for_a_hung_fork_server_is_forked_by_the_next(host: FakeHost) -> None:
    host.configure()
    host.event("imported")
    os.kill(host.fork_server()[0], signal.SIGSTOP)
    for number in range(MOST_FORKING + 1):
        host.send("start", worker=f"w-{number}", token="idle")
    host.send("kill", worker="w-0", signal=9)
    for number in range(MOST_FORKING):
        host.event("startFailed", worker=f"w-{number}")
    host.line(f"w-{MOST_FORKING}", "ready")


def test_what_can_not_be_forked_is_a_failed_start(host: FakeHost) -> None:
    host.configure(adapter=ADAPTERS + "unforkable")
    host.send("start", worker="w-1", token="idle")
    assert "Resource temporarily" in host.event("startFailed", worker="w-1")["message"]


def test_a_fork_server_that_talks_nonsense_is_ended(host: FakeHost) -> None:
    host.configure(adapter=ADAPTERS + "impostor")
    host.line("", "keeper: the fork server")
    assert host.event("importFailed")["type"] == "ForkServerEnded"


def test_without_descriptors_starts_fail_until_there_are_some(host: FakeHost, method: str) -> None:
    host.configure(method)
    host.start("w-1")
    limits = resource.prlimit(host.keeper.pid, resource.RLIMIT_NOFILE)
    open_now = len(list(Path(f"/proc/{host.keeper.pid}/fd").iterdir()))
    resource.prlimit(host.keeper.pid, resource.RLIMIT_NOFILE, (open_now, limits[1]))
    host.send("start", worker="w-2", token="idle")
    assert "Too many open files" in host.event("startFailed", worker="w-2")["message"]
    if method == "forkserver":
        host.send("roll")
        assert "Too many open files" in host.event("importFailed")["message"]
    resource.prlimit(host.keeper.pid, resource.RLIMIT_NOFILE, limits)
    host.start("w-3")
