"""The threads and files that libraries leave, once imported or used, which survive a fork.

Each entry was measured: loaded and used, forked, and used again in several children, whose answers
were compared with those before. A library that is not here may survive as well, but nobody has
looked: then the pool starts fresh interpreters, which are always right.
"""

from __future__ import annotations

from snakepit._forkserver.native_threads import NativeThread

# Beginnings of names of libraries' files.
_OWNERS = (
    # numpy, scipy, OpenCV. Ends its threads before each fork, and starts them with the next use.
    "libscipy_openblas",
    "libopenblas",
    # pyarrow, also below pandas. Its pools start anew in a child; so does its memory allocator.
    "libarrow",
    # LLVM's and Intel's OpenMP, also below MKL, conda's in place of GNU's. Begins anew in a child.
    "libiomp",
    "libomp.",
    # scipy.fft with workers > 1. Ends and starts its threads as OpenBLAS does.
    "pypocketfft.",
    # DuckDB, in memory: a database in a file is told by its descriptor. Who asks computes alone.
    "_duckdb.",
    "duckdb.",
    # Takes back what its threads have not begun: who asks computes alone.
    "onnxruntime_pybind11_state.",
    # OpenCV: who asks computes alone.
    "cv2.",
    # Notes that it was forked, and computes on one thread from then on.
    "tokenizers.",
)

# polars as it is imported. Once it was used it has others besides, and hangs.
_POLARS = ("_polars_runtime", "polars.")
_POLARS_THREADS = ("jemalloc_bg_thd", "polars-ooc-clea")

# onnxruntime keeps a journal about itself, which no answer depends on.
_FILES = ("/Microsoft/DeveloperTools/.onnxruntime/",)


def survives(thread: NativeThread) -> bool:
    """Returns whether forked workers can do without that thread."""
    if thread.owner.startswith(_POLARS):
        return thread.name in _POLARS_THREADS
    return thread.owner.startswith(_OWNERS)


def may_be_shared(path: str) -> bool:
    """Returns whether that open file does no harm, though it is open for writing."""
    return any(part in path for part in _FILES)
