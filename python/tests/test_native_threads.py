"""Threads that an import has left: whose they are, and what users are told of them."""

from __future__ import annotations

import os
import threading
from array import array

import pytest

from snakepit._forkserver import audit, native_threads
from snakepit._forkserver.memory_map import MemoryMap
from snakepit._forkserver.native_threads import NativeThread

# Made-up contents of /proc

MAP = """\
00400000-00500000 r-xp 00000000 fe:00 1          /usr/bin/python3.11
7f0000000000-7f0000100000 r-xp 00000000 fe:00 2  /lib/x86_64-linux-gnu/libc.so.6
7f0000200000-7f0000300000 r-xp 00000000 fe:00 3  /a b/numpy.libs/libscipy_openblas64_-1.so
7f0000400000-7f0000500000 r-xp 00000000 fe:00 4  /site-packages/libgomp-e9.so.1.0.0
7f0000600000-7f0000700000 rw-p 00000000 00:00 0 \n
7f0000800000-7f0000801000 rw-s 00000000 00:1b 9  /dev/shm/sem.abc (deleted)
7f0000900000-7f0000901000 rw-s 00000000 00:01 9  /dev/zero (deleted)
7f0000a00000-7f0000a01000 rw-s 00000000 fe:00 9  /data/mapped
7f0000b00000-7f0000b01000 r--s 00000000 fe:00 9  /usr/lib/gconv-modules.cache
"""
LIBC, BLAS, GOMP, STACK = 0x7F0000000000, 0x7F0000200000, 0x7F0000400000, 0x7F0000600000


class MadeUpMemory(native_threads.Memory):
    """Calls before the addresses that end with 0, none before others."""

    def __init__(self) -> None:
        super().__init__(-1)

    def at(self, address: int, length: int) -> bytes:
        is_call = (address + length) % 16 == 0
        return b"\xe8\0\0\0\0".rjust(length, b"\x90") if is_call else b"\x90" * length


def owner(words: list[int]) -> str:
    stack = array("Q", words).tobytes()
    return native_threads.owner_of(stack, STACK, MemoryMap.parse(MAP), MadeUpMemory())


def test_a_threads_owner_is_the_outermost_on_its_stack() -> None:
    assert owner([LIBC + 16, BLAS + 16, 7, LIBC + 32]) == "libscipy_openblas64_-1.so"
    assert owner([BLAS + 16, GOMP + 16, LIBC + 32]) == "libgomp-e9.so.1.0.0"
    assert owner([LIBC + 16, 0, STACK]) == ""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="knows calls of x86 alone")
def test_addresses_that_nobody_returns_to_are_no_owners() -> None:
    assert owner([BLAS + 16, GOMP + 8, LIBC + 32]) == "libscipy_openblas64_-1.so"


def test_what_lies_above_a_threads_own_record_is_anothers() -> None:
    record = STACK + 2 * 8
    assert owner([BLAS + 16, 5, record, 0, record, GOMP + 16]) == "libscipy_openblas64_-1.so"


@pytest.mark.parametrize(
    ("code", "is_call"),
    [
        ("90 90 e8 00 00 00 00", True),
        ("90 90 90 90 90 ff d0", True),
        ("90 90 90 90 ff 50 08", True),
        ("90 ff 15 00 00 00 00", True),
        ("ff 94 24 00 00 00 00", True),
        ("90 90 90 90 90 ff e0", False),
        ("90 90 90 90 90 90 c3", False),
    ],
)
def test_calls_are_known(code: str, is_call: bool) -> None:
    assert native_threads.is_after_call(bytes.fromhex(code)) is is_call


def test_shared_memory_is_told_from_mapped_files() -> None:
    shared = [region.path for region in MemoryMap.parse(MAP).regions if region.is_shared_memory]
    assert shared == ["/dev/shm/sem.abc (deleted)", "/dev/zero (deleted)"]


def test_native_threads_are_told_by_name_library_and_number() -> None:
    threads = [
        NativeThread(2, "polars-0", "_polars_runtime.abi3.so"),
        NativeThread(3, "polars-1", "_polars_runtime.abi3.so"),
        NativeThread(4, "jemalloc_bg_thd", "_polars_runtime.abi3.so"),
        NativeThread(5, "python3", "libgomp-e9.so.1.0.0"),
        NativeThread(6, "python3", "libscipy_openblas64_-1.so"),
        NativeThread(7, "python3", native_threads.RUNS),
        NativeThread(8, "python3", ""),
        NativeThread(9, "jemalloc_bg_thd", "libarrow.so.2600"),
        NativeThread(10, "python3", "libarrow.so.2600"),
    ]
    assert [each.what for each in audit.unknown_threads(threads, "python3")] == [
        "thread polars-0 and 1 more",
        "thread of libgomp-e9.so.1.0.0",
        "thread without a name, which is busy",
        "thread without a name",
    ]


def test_python_threads_are_told_by_name() -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait, name="poller")
    green = threading.Thread(name="no thread of the system")
    other.start()
    try:
        found = audit.python_threads([threading.main_thread(), other, green])
    finally:
        over.set()
        other.join()
    assert [str(each) for each in found] == [
        "thread poller, which runs after the import: start it in start()"
    ]
