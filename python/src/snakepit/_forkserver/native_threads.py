"""Native threads of this process: their names, and the libraries that have started them.

Most libraries don't name their threads. Whose a thread is says its stack: a thread that waits has
left its stack pointer in ``/proc``, and the outermost return address on its stack, but for those of
the C library that every thread has there, lies in the code of the library that has started it.
"""

from __future__ import annotations

from array import array
from collections.abc import Container
from typing import NamedTuple

from snakepit._forkserver.memory_map import MemoryMap
from snakepit._system.pristine import open_file, os

RUNS = "?"
"""Owner of a thread that was not waiting when it was looked at: its stack can't be read."""

# Bytes of a stack that are looked at: threads that wait for work are a few calls deep.
_MOST_STACK = 64 * 1024
_WORD = 8
# A return address has a call before it, and that has at most so many bytes.
_LONGEST_CALL = 7
_X86 = os.uname().machine == "x86_64"
_READ_CALL = {"x86_64": "0", "aarch64": "63"}.get(os.uname().machine)
_EVERYBODYS = (
    "libc.so",
    "libc-",
    "libc.musl",
    "ld-",
    "libpthread",
    "libstdc++",
    "libgcc_s",
    "libm.so",
    "[vdso]",
)


class NativeThread(NamedTuple):
    """A thread as the system sees it."""

    id: int
    name: str
    """Up to 15 characters; that of the process unless somebody has given it another."""
    owner: str
    """Name of the library's file; :data:`RUNS`, or empty where the stack does not tell."""
    reads: int = -1
    """The descriptor that it waits for to be readable by ``read``, or -1."""


class Memory:
    """The memory of this process. Its errors are OSError."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def at(self, address: int, length: int) -> bytes:
        """Returns what is there."""
        return os.pread(self._fd, length, address)


def owner_of(stack: bytes, stack_pointer: int, memory_map: MemoryMap, memory: Memory) -> str:
    """Returns the name of the library that has started the thread with that stack, or nothing."""
    words = array("Q")
    words.frombytes(stack[: len(stack) // _WORD * _WORD])
    outermost = ""
    for index, word in enumerate(words):
        if word == stack_pointer + index * _WORD and words[index + 2 : index + 3] == array(
            "Q", [word]
        ):
            break  # the head of the thread's own record, which lies above its stack
        region = memory_map.code(word)
        if region is not None and not region.name.startswith(_EVERYBODYS):
            if _X86 and not is_after_call(memory.at(word - _LONGEST_CALL, _LONGEST_CALL)):
                continue
            outermost = region.name
    return outermost


def is_after_call(code: bytes) -> bool:
    """Returns whether those bytes of x86 code, the last before an address, end with a call."""
    if code[-5:-4] == b"\xe8":
        return True
    calls = (code[-length:] for length in (2, 3, 4, 6, 7))
    return any(call[:1] == b"\xff" and (call[1] >> 3) & 7 == 2 for call in calls)  # noqa: PLR2004


def read(memory_map: MemoryMap, known: Container[object]) -> list[NativeThread]:
    """Returns the threads of this process but for its first and the known ones.

    Raises OSError where the system does not tell them.
    """
    ids = [int(name) for name in os.listdir("/proc/self/task")]
    fd = os.open("/proc/self/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = (
            _read(thread, memory_map, Memory(fd))
            for thread in sorted(ids)
            if thread not in known and thread != os.getpid()
        )
        return [thread for thread in found if thread is not None]
    finally:
        os.close(fd)


def _read(thread: int, memory_map: MemoryMap, memory: Memory) -> NativeThread | None:
    """Returns a thread; None if it has ended meanwhile."""
    try:
        name = text(f"/proc/self/task/{thread}/comm")
    except OSError:
        return None
    try:
        call = text(f"/proc/self/task/{thread}/syscall").split()
        if call[0] == "running":
            return NativeThread(thread, name, RUNS)
        stack_pointer = int(call[-2], 16)
        region = memory_map.find(stack_pointer)
        if region is None:
            return NativeThread(thread, name, "")
        length = min(region.end - stack_pointer, _MOST_STACK)
        stack = memory.at(stack_pointer, length)
        owner = owner_of(stack, stack_pointer, memory_map, memory)
    except (OSError, IndexError, ValueError):
        return NativeThread(thread, name, "")
    return NativeThread(thread, name, owner, int(call[1], 16) if call[0] == _READ_CALL else -1)


def text(path: str) -> str:
    """Returns what a small file of the system's holds, without the line's end."""
    with open_file(path, encoding="utf-8", errors="replace") as file:  # a tenth of pathlib's time
        return file.read().strip()
