"""Workers of the sample streams; their fixtures are in conftest.py."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from fake_host import Attached, process

PROFILES = ["process", "thread", "async"]


def start(folder: Path, profile: str, **fields: Any) -> AbstractContextManager[Attached]:
    """A worker with room for four calls at a time, where its profile knows that."""
    return process(folder, "samples.streams", profile=profile, concurrency=4, **fields)
