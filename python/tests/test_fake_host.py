"""The host of the tests closes what it has opened, whatever happens.

Else a test that fails takes others with it: those in which its sockets are collected.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fake_host import Attached, process, worker


class Failed(Exception):
    pass


@pytest.mark.parametrize("start", [worker, process])
def test_a_test_that_fails_leaves_no_connection(
    tmp_path: Path, start: Callable[..., AbstractContextManager[Attached]]
) -> None:
    """Red for `process` while only a test that passes closed them."""
    with pytest.raises(Failed), start(tmp_path, "samples.plain") as attached:
        raise Failed
    assert attached.control is not None
    assert (attached.work.fileno(), attached.control.fileno()) == (-1, -1)
