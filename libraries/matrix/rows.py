"""The rows of the matrix: one adapter each, and what is expected of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

PROCESS = ("process",)
EVERY = ("process", "thread", "async")


class Expected(enum.Enum):
    """How a row's workers are to start with the default settings."""

    WARM = "warm"
    """Forked: there is nothing in it that does not survive that."""

    FRESH = "fresh"
    """By a fresh interpreter, with an event that names the reason."""


class Check(enum.Enum):
    """What makes an answer right."""

    SAME = "same"
    """A plain interpreter gives the same one to the same argument."""

    DISTINCT = "distinct"
    """No two calls get the same one, whichever workers run them."""

    TOLD = "told"
    """Forked workers may give the same ones, and a notice tells; fresh ones give distinct ones."""

    STORED = "stored"
    """As SAME; and what was answered is found in the database when the host has stopped."""


@dataclass(frozen=True)
class Row:
    """One library as users use it.

    Attributes:
        name: also in the table of docs/libraries.md.
        adapter: module in ``adapters/``.
        needs: packages of ``requirements.txt``, without what they need themselves.
        expected: how its workers start by default.
        told: pattern of what an event says: why a fresh interpreter, or what to mind.
        check: what makes its answers right.
        profiles: where it makes sense.
        files: which of ``files.py`` its adapter loads.
        size: workers of each of its pools.
        idle_s: seconds without a call before the calls.
        few: whether the plain test command runs it.
    """

    name: str
    adapter: str
    needs: tuple[str, ...] = ()
    expected: Expected = Expected.WARM
    told: str = ""
    check: Check = Check.SAME
    profiles: tuple[str, ...] = PROCESS
    files: tuple[str, ...] = ()
    size: int = 2
    idle_s: float = 0.0
    few: bool = False


ROWS = (
    Row("numpy", "numpy_used", ("numpy",), profiles=EVERY, few=True),
    Row("scipy", "scipy_used", ("scipy",), profiles=EVERY),
    Row("pandas", "pandas_used", ("pandas",), profiles=EVERY, files=("sales",)),
    Row(
        "polars, a file read and grouped",
        "polars_used",
        ("polars",),
        Expected.FRESH,
        "polars",
        profiles=EVERY,
        files=("sales",),
        few=True,
    ),
    Row("polars, imported", "polars_imported", ("polars",), profiles=EVERY, files=("sales",)),
    Row(
        "lightgbm, a model used",
        "lightgbm_used",
        ("lightgbm",),
        profiles=EVERY,
        files=("lightgbm",),
        few=True,
    ),
    Row(
        "xgboost, a model used",
        "xgboost_used",
        ("xgboost-cpu",),
        profiles=EVERY,
        files=("xgboost",),
    ),
    Row(
        "scikit-learn, HistGradientBoosting used",
        "sklearn_boosting",
        ("scikit-learn",),
        profiles=EVERY,
        files=("scikit-learn",),
    ),
    Row(
        "scikit-learn, KMeans used",
        "sklearn_kmeans",
        ("scikit-learn",),
        profiles=EVERY,
        files=("scikit-learn",),
    ),
    Row(
        "scikit-learn, RandomForest used",
        "sklearn_forest",
        ("scikit-learn",),
        profiles=EVERY,
        files=("scikit-learn",),
    ),
    Row("pyarrow", "pyarrow_used", ("pyarrow",), profiles=EVERY, files=("sales",)),
    Row(
        "onnxruntime, a session used",
        "onnxruntime_used",
        ("onnxruntime", "onnx"),
        profiles=EVERY,
        files=("onnx",),
    ),
    Row("OpenCV", "opencv_used", ("opencv-python-headless",), profiles=EVERY),
    Row("DuckDB in memory", "duckdb_memory", ("duckdb",), profiles=EVERY),
    Row("tokenizers", "tokenizers_used", ("tokenizers",), profiles=EVERY, files=("tokenizer",)),
    Row("spaCy, a blank pipeline", "spacy_used", ("spacy",), profiles=EVERY),
    Row("matplotlib", "matplotlib_used", ("matplotlib",)),
    Row(
        "psycopg, imported",
        "psycopg_imported",
        ("psycopg", "psycopg-binary"),
        profiles=EVERY,
    ),
    Row(
        "jax, a function called",
        "jax_used",
        ("jax",),
        Expected.FRESH,
        r"XLA \(jax\) was used",
        profiles=EVERY,
    ),
    Row(
        "TensorFlow, a function called",
        "tensorflow_used",
        ("tensorflow-cpu",),
        Expected.FRESH,
        r"XLA \(TensorFlow\) was used",
        profiles=EVERY,
    ),
    Row(
        "numba with `parallel=True`",
        "numba_parallel",
        ("numba",),
        Expected.FRESH,
        r"numba's threads \(parallel=True\) was used",
    ),
    Row(
        "`ProcessPoolExecutor(2)`",
        "process_pool",
        (),
        Expected.FRESH,
        "ProcessPoolExecutor EXECUTOR in module process_pool",
        profiles=EVERY,
        few=True,
    ),
    Row(
        "`requests.Session` with a kept connection",
        "kept_session",
        ("requests",),
        Expected.FRESH,
        r"socket to 127\.0\.0\.1",
        few=True,
    ),
    Row("a TCP connection", "kept_socket", (), Expected.FRESH, r"socket to 127\.0\.0\.1"),
    Row("an event loop", "event_loop", (), Expected.FRESH, "epoll|event ?loop"),
    Row(
        "a file, open for reading",
        "open_file",
        told=r"records\.bin",
        files=("records",),
        few=True,
    ),
    Row("a zip file", "zip_file", told=r"records\.zip", files=("records",)),
    Row(
        "a DuckDB file",
        "duckdb_file",
        ("duckdb",),
        Expected.FRESH,
        r"rows\.duckdb",
        check=Check.STORED,
        size=1,
    ),
    Row(
        "generators of random numbers",
        "generators",
        ("numpy",),
        told="RNG.*|CHANCE.*",
        check=Check.TOLD,
    ),
    Row(
        "numpy's and Python's global generators", "global_random", ("numpy",), check=Check.DISTINCT
    ),
    Row("the same, seeded on import", "seeded_random", ("numpy",)),
    Row("`socket.setdefaulttimeout(10)`", "socket_timeout", (), profiles=EVERY, idle_s=12),
    Row("gevent, patched", "gevent_patched", ("gevent",), few=True),
    Row("eventlet, patched", "eventlet_patched", ("eventlet",), Expected.FRESH, "epoll"),
    Row("grpc, a channel used", "grpc_used", ("grpcio",), Expected.FRESH, "grpc", profiles=EVERY),
    Row(
        "OpenTelemetry, a batch processor",
        "opentelemetry_used",
        ("opentelemetry-sdk",),
        Expected.FRESH,
        "thread",
        profiles=("process", "thread"),
    ),
    Row("a Python thread", "python_thread", (), Expected.FRESH, "answering"),
)
