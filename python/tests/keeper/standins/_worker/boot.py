"""Stands in for snakepit._worker.boot: the same keys, nothing else."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Boot:
    worker: str
    pool: str
    token: str
    socket: str
    adapter: str
    on_unserializable: str = "error"
    parent: int = 0
    silence_ms: int = 0
    profile: str = "process"
    concurrency: int = 1
    tell_memory: bool = False

    @classmethod
    def from_json(cls, text: str) -> "Boot":
        return cls(**json.loads(text))
