"""The number of threads that libraries in workers compute with, as variables of workers."""

from __future__ import annotations

OPENMP = "OMP_NUM_THREADS"

FOLLOWERS = (
    "OPENBLAS_NUM_THREADS",  # numpy and scipy
    "MKL_NUM_THREADS",  # the same from conda, and PyTorch
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",  # pandas.eval
)
"""Variables whose libraries ask for OpenMP's if they are not set."""

OTHERS = (
    "VECLIB_MAXIMUM_THREADS",  # numpy on macOS
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",  # what is written in Rust, such as tokenizers
    "OPENCV_FOR_THREADS_NUM",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""Variables of libraries that otherwise take as many threads as there are processors."""


def variables(threads: int, environ: dict[str, str]) -> dict[str, str]:
    """Returns the variables to add to an environment. 0 threads: none.

    What is set there stays. Who has set OpenMP's has set that of libraries that would follow it.
    """
    if threads <= 0:
        return {}
    wanted = [*OTHERS] if OPENMP in environ else [OPENMP, *FOLLOWERS, *OTHERS]
    return {name: str(threads) for name in wanted if name not in environ}
