"""Fork and exec that fail: the caller learns why, and nothing is left open."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from snakepit._keeper import launch


@pytest.fixture
def stdio() -> Iterator[tuple[int, int, int]]:
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    yield null, null, null
    os.close(null)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    ("environ", "said"), [({}, "No such file or directory: /no/such"), ({"": "\0"}, "ValueError")]
)
def test_a_program_that_can_not_be_executed_is_told(
    stdio: tuple[int, int, int], environ: dict[str, str], said: str
) -> None:
    before = open_descriptors()
    warnings.simplefilter("ignore", DeprecationWarning)  # of pytest's own threads
    with pytest.raises(OSError, match=said):
        launch.launch(["/no/such"], environ, stdio, new_session=True)
    assert open_descriptors() == before


def test_a_fork_that_fails_is_told(
    stdio: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_fork() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    before = open_descriptors()
    monkeypatch.setattr(os, "fork", no_fork)
    with pytest.raises(OSError, match="Resource temporarily unavailable"):
        launch.launch(["/no/such"], {}, stdio, new_session=False)
    assert open_descriptors() == before
