"""Tools that compute with GNU's OpenMP, by its own calls, as compiled code would.

`TEAM_ON_IMPORT` says with how many threads that is done on import: 0 is whatever the runtime takes.
`SET_ON_IMPORT` is a variable that is set before, with its value; `DEFAULT_ON_IMPORT` is one that is
set unless it is there.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import Callable

from snakepit import tool

__snakepit_thread_safe__ = True

if own := os.environ.get("SET_ON_IMPORT"):
    name, _, os.environ[name] = own.partition("=")
if own := os.environ.get("DEFAULT_ON_IMPORT"):
    name, _, value = own.partition("=")
    os.environ.setdefault(name, value)

GETENV = ctypes.CDLL(None).getenv
GETENV.restype = ctypes.c_char_p


def variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "_THREADS" in name}


def in_c() -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    found = {name: GETENV(name.encode()) for name in names}
    return {name: value.decode() for name, value in found.items() if value is not None}


VARIABLES_ON_IMPORT = variables()
IN_C_ON_IMPORT = in_c()
RUNTIME = ctypes.CDLL("libgomp.so.1")
REGION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def run(team: int = 0) -> int:
    """Runs a parallel region of so many threads, and counts those that were there."""
    members: list[int] = []
    region = REGION(lambda _: members.append(RUNTIME.omp_get_thread_num()))
    RUNTIME.GOMP_parallel(region, None, team, 0)
    return len(members)


ON_IMPORT = run(int(os.environ.get("TEAM_ON_IMPORT", "0")))


def answer(team: Callable[[], int] = run) -> dict[str, object]:
    return {
        "import": ON_IMPORT,
        "team": team(),
        "variables": variables(),
        "variablesOnImport": VARIABLES_ON_IMPORT,
        "inC": in_c(),
        "inCOnImport": IN_C_ON_IMPORT,
    }


@tool
def here() -> dict[str, object]:
    return answer()


@tool
async def in_a_task() -> dict[str, object]:
    return answer()


@tool
async def on_a_thread() -> dict[str, object]:
    return await asyncio.to_thread(answer)


@tool
def processors() -> int:
    return int(RUNTIME.omp_get_num_procs())
