"""Tells how many threads pyarrow computes with, asked on import and later."""

from __future__ import annotations

import pyarrow as pa

from snakepit import tool

ON_IMPORT = pa.cpu_count()


@tool
def counts() -> list[int]:
    return [ON_IMPORT, pa.cpu_count()]
