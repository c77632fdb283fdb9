"""Open descriptors: what each is, and what of it must not be shared by forked workers."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from auditing import run

from snakepit._forkserver import descriptors
from snakepit._forkserver.descriptors import Descriptor
from snakepit._system import pristine


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


def test_a_number_that_is_the_same_files_for_writing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "font").write_text("text")
    with (tmp_path / "font").open() as file:
        number = file.fileno()
        (found,) = [each for each in descriptors.read() if each.number == number]
    with (tmp_path / "font").open("a") as file:
        assert file.fileno() == number
        descriptors.part([found])
        file.write("more")
    assert (tmp_path / "font").read_text() == "textmore"


SHARED = """
import os
from snakepit._forkserver import descriptors
file = open("font", "rb", buffering=0)
file.read(2)
opened = [each for each in descriptors.read() if each.number == file.fileno()]
files = descriptors.for_reading(opened)
{change}
for worker in range(2):
    if os.fork() == 0:
        descriptors.part(files)
        os.write(1, file.read(3) + b"\\n")
        os._exit(0)
    os.wait()
"""


@pytest.mark.parametrize(
    "change",
    [
        "",
        "os.rename('newer', 'font')",
        "os.rename('font', 'older')",
        "os.unlink('font')",
        "os.unlink('font'); os.rename('newer', 'font')",
    ],
)
def test_a_file_that_has_changed_its_name_is_read_by_each_worker_alone(
    tmp_path: Path, change: str
) -> None:
    """Red where a file is known again by its name: the second would read on behind the first."""
    (tmp_path / "font").write_text("abcdefgh")
    (tmp_path / "newer").write_text("ABCDEFGH")

    assert run(tmp_path, SHARED.format(change=change)) == "cde\ncde\n"


def test_a_file_that_can_not_be_opened_again_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red where such a file stays shared, and nobody is told."""

    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    (tmp_path / "font").write_text("text")
    with (tmp_path / "font").open() as file:
        found = [each for each in descriptors.read() if each.number == file.fileno()]
        monkeypatch.setattr(pristine.os, "open", refuse)
        with pytest.raises(OSError, match=f"file {tmp_path}/font, which .*: Too many") as raised:
            descriptors.part(found)
    assert raised.value.errno == errno.EMFILE


def test_a_descriptor_that_only_names_a_file_has_no_place_to_part(tmp_path: Path) -> None:
    (tmp_path / "font").write_text("text")
    number = os.open(tmp_path / "font", os.O_PATH)
    try:
        found = [each for each in descriptors.read() if each.number == number]
        assert [each.is_plain_file for each in found] == [True]
        assert descriptors.for_reading(found) == []
    finally:
        os.close(number)


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
