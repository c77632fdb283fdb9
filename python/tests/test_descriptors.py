"""Open descriptors: what each is, and what of it must not be shared by forked workers."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from snakepit._forkserver import descriptors
from snakepit._forkserver.descriptors import Descriptor


def test_a_number_that_is_anothers_by_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "font").write_text("text")
    with (tmp_path / "font").open() as file:
        number = file.fileno()
        (found,) = [each for each in descriptors.read() if each.number == number]
    reading, writing = os.pipe()
    try:
        assert reading == number
        descriptors.part([found])
        os.write(writing, b"ours")
        assert os.read(reading, 10) == b"ours"
    finally:
        os.close(reading)
        os.close(writing)


def descriptor(
    number: int, target: str, flags: int, kind: int = stat.S_IFREG, detail: str = ""
) -> Descriptor:
    return Descriptor(number, target, flags, kind, detail)


def test_descriptors_are_told_by_kind() -> None:
    opened = [
        descriptor(3, "/dev/nvidia0", os.O_RDWR, stat.S_IFCHR),
        descriptor(4, "anon_inode:[io_uring]", os.O_RDWR, 0),
        descriptor(5, "anon_inode:[new kind]", os.O_RDWR, 0),
        descriptor(6, "pipe:[1]", os.O_RDONLY, stat.S_IFIFO),
        descriptor(7, "pipe:[1]", os.O_WRONLY, stat.S_IFIFO),
        descriptor(8, "pipe:[2]", os.O_WRONLY, stat.S_IFIFO),
        descriptor(9, "/run/fifo", os.O_RDWR, stat.S_IFIFO),
        descriptor(10, "/memfd:x (deleted)", os.O_RDWR),
        descriptor(11, "/home/u/.cache/Microsoft/DeveloperTools/.onnxruntime/x.db", os.O_RDWR),
        descriptor(12, "/var/log/a.log", os.O_WRONLY),
        descriptor(13, "socket:[3]", os.O_RDWR, stat.S_IFSOCK, "socket to 10.0.0.5:5432"),
        descriptor(9999, "/gone", os.O_RDONLY),
    ]
    found = descriptors.dangers(opened, {6, 12}, {13: "C in module app"})
    assert [each.what for each in found] == [
        "device /dev/nvidia0",
        "io_uring",
        "anon_inode:[new kind]",
        "pipe",
        "pipe /run/fifo",
        "shared memory /memfd:x (deleted), open for writing",
        "socket to 10.0.0.5:5432 (C in module app)",
        "file /gone, which can't be opened a second time",
    ]
    assert descriptors.new(opened[:3], opened[2:4]) == opened[3:4]
