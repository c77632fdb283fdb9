"""Room that a cgroup leaves of its memory, by files as the kernel has them, and what follows."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import memory_group
import pytest

from snakepit._keeper import cgroup
from snakepit._system import reserve, room
from snakepit._system.cgroup_memory import RESERVE_BYTES, CgroupMemory
from snakepit._tools.errors import CallError, Cancelled
from snakepit._tools.json_text import decode
from snakepit._tools.no_room import NoRoom
from snakepit._tools.pieces import Given, collect

MEBIBYTE = 1 << 20
LIMIT = 100 * MEBIBYTE


@pytest.fixture(autouse=True)
def unbound() -> Iterator[None]:
    yield
    room.bound_by("")


def left(directory: Path, wanted: int, limit: int | str, used: int, **stat: int) -> int:
    group = CgroupMemory(memory_group.make(directory, limit, used, **stat))
    try:
        return group.left(wanted)
    finally:
        group.close()


def test_what_is_left_is_the_limit_less_what_is_used_and_a_reserve(tmp_path: Path) -> None:
    found = left(tmp_path, MEBIBYTE, LIMIT, 30 * MEBIBYTE)
    assert found == 70 * MEBIBYTE - RESERVE_BYTES


def test_files_pages_count_as_left_and_what_lies_in_memory_alone_does_not(tmp_path: Path) -> None:
    """Red if only memory.current is looked at: a worker that has read files would take nothing."""
    stat = {
        "anon": 10 * MEBIBYTE,
        "file": 80 * MEBIBYTE,
        "shmem": 20 * MEBIBYTE,  # counted as a file's, with no file to go back to
        "inactive_anon": 30 * MEBIBYTE,
        "inactive_file": 50 * MEBIBYTE,
        "active_file": 10 * MEBIBYTE,
        "slab_reclaimable": 2 * MEBIBYTE,
    }
    found = left(tmp_path, 20 * MEBIBYTE, LIMIT, 95 * MEBIBYTE, **stat)
    assert found == (100 - 95 + 50 + 10 + 2) * MEBIBYTE - RESERVE_BYTES


def test_the_kernels_longer_file_is_read_only_where_the_rest_is_too_little(tmp_path: Path) -> None:
    directory = memory_group.make(tmp_path, LIMIT, 90 * MEBIBYTE)
    group = CgroupMemory(directory)
    (tmp_path / "memory.stat").write_text("inactive_file nonsense\n")
    assert group.left(MEBIBYTE) == 10 * MEBIBYTE - RESERVE_BYTES
    assert group.left(50 * MEBIBYTE) == 50 * MEBIBYTE, "what is not understood forbids nothing"
    group.close()


def test_what_is_left_follows_the_files(tmp_path: Path) -> None:
    """Fails if the limit is remembered: an operator may change it while the worker runs."""
    room.bound_by(memory_group.make(tmp_path, LIMIT, 0))
    room.require(50 * MEBIBYTE)
    (tmp_path / "memory.max").write_text(f"{40 * MEBIBYTE}\n")
    assert room.limit() == 40 * MEBIBYTE
    with pytest.raises(MemoryError):
        room.require(50 * MEBIBYTE)
    (tmp_path / "memory.max").write_text("max\n")
    assert room.limit() == 0
    room.require(1 << 40)


def test_nothing_is_left_beyond_the_limit(tmp_path: Path) -> None:
    assert left(tmp_path, MEBIBYTE, 10, 11, inactive_file=0, slab_reclaimable=0) == 0
    assert left(tmp_path, MEBIBYTE, "max", 11) == MEBIBYTE


def test_more_cache_than_there_is_at_all_is_no_more_than_all(tmp_path: Path) -> None:
    """The kernel's two files are not of the same moment."""
    assert left(tmp_path, LIMIT, LIMIT, MEBIBYTE, active_file=LIMIT) == LIMIT - RESERVE_BYTES


def test_who_has_no_such_directory_is_not_bound(tmp_path: Path) -> None:
    memory_group.make(tmp_path, 1, 1)
    (tmp_path / "memory.stat").unlink()
    with pytest.raises(FileNotFoundError):
        CgroupMemory(str(tmp_path))
    for directory in ("", str(tmp_path), "/nowhere"):
        room.bound_by(directory)
        room.require(1 << 40)
        assert room.limit() == reserve.limit()


def test_what_is_small_is_not_asked_for(tmp_path: Path) -> None:
    room.bound_by(memory_group.make(tmp_path, LIMIT, LIMIT, inactive_file=0, slab_reclaimable=0))
    room.require(room.LARGE_BYTES)
    with pytest.raises(MemoryError):
        room.require(room.LARGE_BYTES + 1)


def test_values_that_take_too_much_fail_and_the_process_is_bound_no_longer(tmp_path: Path) -> None:
    """Red without the limit while values are made: they take 20 times as much as their text."""
    room.bound_by(memory_group.make(tmp_path, LIMIT, 40 * MEBIBYTE))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(NoRoom) as error:
        decode(b"[" + b"{}," * 4_000_000 + b"0]")
    assert error.value.details == {"bytes": 12_000_003, "memoryBytes": LIMIT}
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert decode(b"[" + b"1," * 1_000_000 + b"0]") == [1] * 1_000_000 + [0]
    with pytest.raises(CallError, match="not valid JSON"):
        decode(b"[" + b"1," * 1_000_000)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_where_there_is_room_for_all_that_values_may_take_no_limit_is_set(tmp_path: Path) -> None:
    room.bound_by(memory_group.make(tmp_path, 1 << 40, 0))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    during = room.within(10 * MEBIBYTE, resource.getrlimit, resource.RLIMIT_DATA)
    assert during == before
    room.bound_by(memory_group.make(tmp_path, LIMIT, 0))
    during = room.within(10 * MEBIBYTE, resource.getrlimit, resource.RLIMIT_DATA)
    assert 0 < during[0] < 1 << 40
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_limit_stays_on_until_the_last_has_made_its_values(tmp_path: Path) -> None:
    room.bound_by(memory_group.make(tmp_path, LIMIT, 0))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    room._capped.add(-1)  # another thread
    try:
        room.within(10 * MEBIBYTE, len, "")
        assert resource.getrlimit(resource.RLIMIT_DATA) != before
    finally:
        room._capped.clear()
        resource.setrlimit(resource.RLIMIT_DATA, before)


def test_an_interruption_leaves_no_limit_on(tmp_path: Path) -> None:
    def interrupted(_: object) -> None:
        raise Cancelled

    room.bound_by(memory_group.make(tmp_path, LIMIT, 0))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(Cancelled):
        room.within(10 * MEBIBYTE, interrupted, None)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_pieces_are_not_joined_where_the_whole_has_no_room(tmp_path: Path) -> None:
    """Red without the question: each of them is small."""
    room.bound_by(memory_group.make(tmp_path, LIMIT, 80 * MEBIBYTE))
    piece = bytes(MEBIBYTE // 2)
    assert len(collect(Given([piece] * 20), 1 << 40)) == 10 * MEBIBYTE
    with pytest.raises(NoRoom) as error:
        collect(Given([piece] * 100), 1 << 40)
    assert error.value.details is not None
    assert 10 * MEBIBYTE < error.value.details["bytes"] < 25 * MEBIBYTE
    assert "limits.memoryBytes" in error.value.message


def test_a_cgroup_of_this_machine_is_read_as_the_model_is(tmp_path: Path) -> None:
    """Checks, where cgroups can be made here, that the model's files are the kernel's."""
    try:
        groups = cgroup.find(["memory"], "room", "test")
        procs = Path(groups.create("w-1", LIMIT, 0))
    except (cgroup.Unusable, OSError) as error:
        pytest.skip(f"this machine's cgroups are not ours: {error}")
    try:
        group = CgroupMemory(str(procs.parent))
        assert group.limit() == LIMIT
        assert group.left(MEBIBYTE) == LIMIT - RESERVE_BYTES
        group.close()
        memory_group.make(tmp_path, LIMIT, 0)
        for name in ("memory.max", "memory.current"):
            kernels, ours = ((place / name).read_text() for place in (procs.parent, tmp_path))
            assert kernels == ours
        kernels = (procs.parent / "memory.stat").read_text()
        named = {line.split()[0] for line in kernels.splitlines()}
        assert named >= {"inactive_file", "active_file", "slab_reclaimable"}
    finally:
        groups.remove("w-1")
