"""Limits of memory and CPUs: by the kernel's older means with real workers, by cgroups in a model.

The model is a directory tree that looks like cgroupfs; what differs is patched in.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from keeper.onepool import Pool
from keeper.running_keeper import RunningKeeper

from snakepit._keeper import cgroup
from snakepit._keeper import limits as keeper_limits
from snakepit._keeper.limits import WorkerLimits, share
from snakepit._system import limits as system_limits

MEBIBYTE = 1 << 20
FILES = ("cgroup.procs", "memory.max", "memory.swap.max", "memory.oom.group", "cpu.max")
CPUS = sorted(os.sched_getaffinity(0))


def test_a_tool_that_wants_too_much_memory_fails_and_the_worker_goes_on(
    new_pool: Callable[..., Pool], without_cgroups: Path
) -> None:
    """Red without `put_on` in `_become` (spawn) and in `child.live` (forkserver)."""
    pool = new_pool(package=without_cgroups, limits={"memoryBytes": 512 * MEBIBYTE})
    limits = pool.keeper.event("limits")
    assert (limits["memory"], limits["cpus"]) == ("rlimit", "off")
    assert limits["detail"] == "no cgroups: hidden by a test"
    failure = pool.worker.fail("allocate", {"size": 1024 * MEBIBYTE})
    assert (failure.code, failure.python.type) == ("PYTHON_EXCEPTION", "MemoryError")
    assert pool.worker.call("allocate", {"size": 16 * MEBIBYTE}) == 16 * MEBIBYTE
    assert pool.worker.call("ok") is True


def test_a_worker_runs_on_as_many_cpus_as_it_may(
    new_pool: Callable[..., Pool], without_cgroups: Path
) -> None:
    pool = new_pool(package=without_cgroups, limits={"memoryBytes": 0, "cpus": 0.5})
    limits = pool.keeper.event("limits")
    assert (limits["memory"], limits["cpus"]) == ("off", "affinity")
    assert pool.worker.call("cpus") == CPUS[:1]


def test_without_limits_nothing_is_said_and_nothing_bound(new_pool: Callable[..., Pool]) -> None:
    pool = new_pool()
    assert pool.worker.call("cpus") == CPUS
    assert not [event for event in pool.keeper.events if event["event"] == "limits"]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ([], "limits must be an object"),
        ({"memoryBytes": -1}, "memoryBytes must be a whole number, 0 or more: got -1"),
        ({"memoryBytes": 1.5}, "memoryBytes must be a whole number, 0 or more: got 1.5"),
        ({"cpus": "2"}, "cpus must be a number, 0 or more: got '2'"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    keeper: RunningKeeper, limits: object, said: str
) -> None:
    keeper.configure(limits=limits)
    assert said in keeper.line("", "keeper: order not understood")["text"]


def test_workers_are_spread_over_the_cpus() -> None:
    assert [share([0, 2, 4], 1, place) for place in range(4)] == [[0], [2], [4], [0]]
    assert [share([0, 2, 4], 2, place) for place in range(3)] == [[0, 2], [4, 0], [2, 4]]
    assert share([0, 2], 9, 1) == [0, 2]


def test_the_cpus_of_a_worker_that_has_gone_are_the_next_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cgroup, "find", unusable)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    limits = WorkerLimits("", "run")
    limits.configure(0, 1)
    assert [limits.open(worker)["cpus"] for worker in "abc"] == [[0], [1], [2]]
    assert limits.close("b", {"status": 0}) == ""
    assert limits.open("d")["cpus"] == [1]


def test_elsewhere_than_on_linux_limits_are_off_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cgroup, "find", unusable)
    monkeypatch.setattr(keeper_limits, "LINUX", False)
    monkeypatch.delattr(os, "sched_setaffinity")
    assert WorkerLimits("", "run").configure(5, 1) == {
        "event": "limits",
        "memory": "off",
        "cpus": "off",
        "detail": "no cgroups: not here",
    }


def unusable(*_: object) -> cgroup.Cgroups:
    raise cgroup.Unusable("not here")


class Tree:
    """Stands in for cgroupfs: new directories are full of files, and can be removed with them."""

    def __init__(self, root: Path) -> None:
        self.base = root / "mount" / "app"
        self.host = self.base / "host"
        self.host.mkdir(parents=True)
        self.proc = root / "proc"
        (self.proc / "self").mkdir(parents=True)
        mounts = (
            f"1 0 0:1 / / rw - ext4 x rw\n31 1 0:28 / {root}/mount rw shared:4 - cgroup2 c rw\n"
        )
        (self.proc / "self" / "mountinfo").write_text(mounts)
        (self.proc / "self" / "cgroup").write_text("9:name=systemd:/x\n0::/app/host\n")
        for group in (self.base, self.host):
            (group / "cgroup.procs").touch()
            (group / "cgroup.controllers").write_text("cpu memory pids\n")
            (group / "cgroup.subtree_control").write_text("pids")

    def find(self, *wanted: str) -> cgroup.Cgroups:
        return cgroup.find(list(wanted), "one", "run", str(self.proc))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    found = Tree(tmp_path)
    make, remove = os.mkdir, os.rmdir

    def make_group(path: str, mode: int = 0o777) -> None:
        make(path, mode)
        for name in FILES:
            (Path(path) / name).touch()

    def remove_group(path: str) -> None:
        if (Path(path) / "busy").exists():
            raise OSError(16, "Device or resource busy")
        for file in Path(path).iterdir():
            file.unlink()
        remove(path)

    monkeypatch.setattr(os, "mkdir", make_group)
    monkeypatch.setattr(os, "rmdir", remove_group)
    monkeypatch.setattr(cgroup, "delegated", lambda base: True)
    return found


def test_a_workers_cgroup_is_a_sibling_of_the_hosts(tree: Tree) -> None:
    cgroups = tree.find("memory", "cpu")
    assert cgroups.base == str(tree.base)
    assert (tree.base / "cgroup.subtree_control").read_text() == "+memory +cpu"
    procs = Path(cgroups.create("w/1", 100, 1.5))
    assert procs.parent == tree.base / "snakepit-one-run-w_1"
    said = [(procs.parent / name).read_text() for name in FILES]
    assert said == ["", "100", "0", "1", "150000 100000"]
    system_limits.put_on({"cgroup": str(procs)})
    assert procs.read_text() == "0"


def test_what_can_not_be_limited_leaves_no_cgroup(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    cgroups = tree.find("cpu")
    monkeypatch.setattr(system_limits, "write", refuse)
    with pytest.raises(OSError, match="Invalid argument"):
        cgroups.create("w-1", 0, 1)
    assert not list(tree.base.glob("snakepit-*"))


def refuse(path: str, text: str) -> None:
    raise OSError(22, "Invalid argument")


def test_the_kernel_is_asked_for_no_less_than_it_takes(tree: Tree) -> None:
    procs = Path(tree.find("cpu").create("w-1", 0, 0.001))
    assert (procs.parent / "cpu.max").read_text() == "1000 100000"
    assert (procs.parent / "memory.max").read_text() == ""


def test_controllers_that_are_enabled_are_left_alone(tree: Tree) -> None:
    (tree.base / "cgroup.subtree_control").write_text("cpu memory")
    tree.find("memory")
    assert (tree.base / "cgroup.subtree_control").read_text() == "cpu memory"


def test_every_place_that_was_tried_is_named_with_its_fault(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree.base / "cgroup.controllers").write_text("pids")
    monkeypatch.setattr(cgroup, "delegated", lambda base: False)
    with pytest.raises(cgroup.Unusable) as error:
        tree.find("memory", "cpu")
    assert str(error.value) == (
        f"{tree.base}: no controller memory, cpu; {tree.host}: not delegated to this user"
    )
    (tree.proc / "self" / "mountinfo").write_text("")
    with pytest.raises(cgroup.Unusable, match=r"there is no cgroup v2"):
        tree.find("cpu")


def test_what_belongs_to_others_is_not_delegated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes: dict[str, bytes] = {}

    def attribute(path: str, name: str) -> bytes:
        if name not in attributes:
            raise OSError(61, "No data available")
        return attributes[name]

    monkeypatch.setattr(os, "getxattr", attribute)
    assert not cgroup.delegated(str(tmp_path)), "no cgroup"
    (tmp_path / "cgroup.procs").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cgroup.delegated(str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not cgroup.delegated(str(tmp_path)), "root may write anywhere"
    attributes["user.delegate"] = b"1"
    assert cgroup.delegated(str(tmp_path))


def test_an_end_by_the_memory_limit_is_told_and_the_cgroup_removed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tree.find("memory", "cpu")
    monkeypatch.setattr(cgroup, "find", lambda *_: found)
    limits = WorkerLimits("one", "run")
    told = limits.configure(100, 2)
    assert told == {
        "event": "limits",
        "memory": "cgroup",
        "cpus": "cgroup",
        "detail": str(tree.base),
    }
    for worker, kills, reason in [
        ("w-1", 1, "was killed by its memory limit (limits.memoryBytes=100, cgroup)"),
        ("w-2", 0, ""),
    ]:
        place = Path(str(limits.open(worker)["cgroup"])).parent
        (place / "memory.events").write_text(f"low 0\noom 3\noom_kill {kills}\n")
        assert limits.close(worker, {"signal": signal.SIGKILL}) == reason
        assert not place.exists()


def test_a_cgroup_that_is_busy_is_removed_with_the_next(tree: Tree) -> None:
    cgroups = tree.find("cpu")
    for worker in ("w-1", "w-2"):
        cgroups.create(worker, 0, 1)
    busy = tree.base / "snakepit-one-run-w-1" / "busy"
    busy.touch()
    cgroups.remove("w-1")
    assert busy.exists()
    busy.unlink()
    cgroups.remove("w-2")
    assert not list(tree.base.glob("snakepit-*"))
    cgroups.remove("w-2")


def test_what_dead_runs_have_left_is_removed_if_it_is_empty_and_old(tree: Tree) -> None:
    names = ("one-old-w", "one-old-busy", "one-new-w", "one-run-w", "two-old-w")
    groups = {name: tree.base / f"snakepit-{name}" for name in names}
    for name, group in groups.items():
        group.mkdir()
        if name.endswith("busy"):
            (group / "busy").touch()
        if "new" not in name:
            os.utime(group, (1, 1))
    tree.find("cpu").sweep()
    left = [name for name, group in groups.items() if group.exists()]
    assert left == ["one-old-busy", "one-new-w", "one-run-w", "two-old-w"]
