"""Tells how many threads OpenBLAS computes with, where the import has set OpenMP's variable."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from snakepit import tool

MADE = np.ones((8, 8)) @ np.ones((8, 8))
ASK = ("openblas_get_num_threads", "scipy_openblas_get_num_threads")


@tool
def counts() -> list[int]:
    maps = Path("/proc/self/maps").read_text().splitlines()
    files = {line.split()[-1] for line in maps if "openblas" in line}
    libraries = [ctypes.CDLL(file) for file in files]
    names = [f"{name}{suffix}" for name in ASK for suffix in ("", "64_")]
    return [getattr(each, name)() for each in libraries for name in names if hasattr(each, name)]
