"""The audit before the first fork: what an import has left, and what is made of it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from auditing import AUDITED, audited, run

from snakepit._forkserver import findings, runtimes
from snakepit._forkserver.findings import Finding

# What is left by a module, and what is told of it. One group is imported by one interpreter.
LEFT = {
    "descriptors": {
        "file": ("F = open('db', 'w')", "/db, open for writing (F in module file): open it in"),
        "appended": ("F = open('log', 'a')", "/log, open for writing"),
        "database": (
            "import sqlite3; C = sqlite3.connect('sql'); C.execute('create table t(a)')",
            "/sql, open for writing",
        ),
        "connection": (
            (
                "import socket as s; L = s.create_server(('127.0.0.1', 0)); "
                "C = s.create_connection(L.getsockname())"
            ),
            "(C in module connection): connect in start()",
        ),
        "listener": (
            "import socket as s; L = s.create_server(('127.0.0.1', 0))",
            "(L in module listener): connect in start()",
        ),
        "loop": ("import asyncio; LOOP = asyncio.new_event_loop()", "epoll, the heart"),
        "pair": ("import socket as s; P = s.socketpair()[0]", "socket, one of a pair"),
        "ends": ("import os; ENDS = os.pipe()", "pipe: make it in start()"),
        "device": ("import os; D = os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)", "device /dev/"),
        "impatient": (
            "import socket as s; s.setdefaulttimeout(10); U = s.socket(s.AF_INET, s.SOCK_DGRAM)",
            "socket, not connected (U in module impatient)",
        ),
    },
    "sight": {
        "pool": (
            "from concurrent.futures import ProcessPoolExecutor as P; E = P(2)",
            "ProcessPoolExecutor E in module pool: make it in start(), and give all its processes",
        ),
        "queue_": ("import multiprocessing as m; Q = m.Queue()", "Queue Q in module queue_"),
        "lock": ("import multiprocessing as m; K = m.Lock()", "Lock K in module lock"),
        "thread": (
            (
                "from concurrent.futures import ThreadPoolExecutor as T\n"
                "E = T(1, 'poller'); E.submit(print).result()"
            ),
            "thread poller_0, which runs after the import: start it in start()",
        ),
        "child": (
            "import subprocess as s; P = s.Popen(['timeout', '5', 'sleep', '5'])",
            "Popen P in module child: make it in start()",
        ),
        "adapter": (
            "class Kind:\n from concurrent.futures import ProcessPoolExecutor as P; pool = P(2)",
            "ProcessPoolExecutor pool in class Kind",
        ),
    },
    "out of sight": {
        "pool": (
            "from concurrent.futures import ProcessPoolExecutor as P; E = [P(2)]",
            "pipe: ",
        ),
        "lock": ("import multiprocessing as m; K = [m.Lock()]", "lock of multiprocessing"),
        "value": ("import multiprocessing as m; V = [m.Value('i')]", "shared memory"),
        "child": (
            "import os\nif os.fork() == 0: os.execvp('timeout', ['timeout', '5', 'sleep', '5'])",
            ", a child of the import",
        ),
        "thread": (
            "import _thread, threading; _thread.start_new_thread(threading.Event().wait, ())",
            "thread of ",
        ),
    },
    "mapped": {"mapped": ("import mmap; M = mmap.mmap(-1, 4096)", "shared memory: make it")},
}


@pytest.mark.parametrize("group", LEFT)
def test_what_workers_must_not_share_is_a_reason(group: str, tmp_path: Path) -> None:
    told = audited(tmp_path, {name: code for name, (code, _) in LEFT[group].items()})
    for _, reason in LEFT[group].values():
        assert any(reason in each for each in told["reasons"]), (reason, told)
    assert not any("snakepit" in each for each in told["reasons"]), "none of ours"


HARMLESS = {
    "blas": "import numpy as n; A = n.ones((400, 400)); B = A @ A; n.linalg.svd(A[:50, :50])",
    "plain_devices": "N = open('/dev/null', 'w'); R = open('/dev/urandom', 'rb')",
    "log": "import logging as l; l.getLogger().addHandler(l.FileHandler('a.log'))",
    "rotating": (
        "import logging.handlers as h, logging\n"
        "logging.getLogger('a').addHandler(h.RotatingFileHandler('b.log', maxBytes=9))"
    ),
    "closed": (
        "import socket, os\nwith socket.create_server(('127.0.0.1', 0)) as l: pass\n"
        "with open('x', 'w') as f: pass"
    ),
    "cancelled": "import threading; T = threading.Timer(60, print); T.start(); T.cancel()",
    "unused": "from concurrent.futures import ThreadPoolExecutor as T; E = T(2)",
    "mapped": "import mmap\nwith open(__file__) as f: M = mmap.mmap(f.fileno(), 0, prot=1)",
    "folder": "import os; D = os.open('.', os.O_RDONLY)",
    "ended": "import subprocess; subprocess.run(['true'])",
    "common": "import random as r, numpy as n; X = r.random(), n.random.rand(), r.SystemRandom()",
}


def test_what_survives_a_fork_raises_no_alarm(tmp_path: Path) -> None:
    told = audited(tmp_path, HARMLESS)
    assert told["reasons"] == []
    assert [each for each in told["notices"] if "open for reading" not in each] == []


def test_files_for_reading_and_generators_are_told(tmp_path: Path) -> None:
    told = audited(
        tmp_path,
        {
            "helper": "import random\nrng = random.Random(5)\nsame = rng\n",
            "adapter": (
                "import numpy\nfrom helper import rng\nF = open(__file__)\n"
                "class Base:\n    old = numpy.random.RandomState(1)\n"
                "class Kind(Base):\n    gen = numpy.random.default_rng()\n"
            ),
        },
    )
    assert told["reasons"] == []
    same = ": every worker draws the same numbers; make it in start()"
    own = "each worker reads on from where the import has left it; open it in start()"
    assert set(told["notices"]) == {
        f"rng in module helper{same}",
        f"gen in class Kind{same}",
        f"old in class Base{same}",
        f"file {tmp_path}/adapter.py, open for reading: {own}",
    }


REPLACED = (
    "numpy.random, which the import has given another bit generator: "
    "every worker draws the same numbers; set it in start()"
)


@pytest.mark.parametrize(
    ("code", "notices"),
    [
        ("n.set_bit_generator(n.PCG64())", [REPLACED]),
        ("n.seed(7); n.set_bit_generator(n.MT19937(7))", [REPLACED]),
        ("old = n.get_bit_generator(); n.set_bit_generator(n.PCG64())", [REPLACED]),
        (
            (
                "old = n.get_bit_generator(); n.set_bit_generator(n.PCG64())\n"
                "n.set_bit_generator(old); del old"
            ),
            [],
        ),
    ],
)
def test_another_generator_below_numpys_functions_is_told(
    tmp_path: Path, code: str, notices: list[str]
) -> None:
    told = audited(tmp_path, {"adapter": f"import numpy.random as n\n{code}\n"})

    assert told["reasons"] == []
    assert [each for each in told["notices"] if not each.startswith("old ")] == notices


def test_a_file_that_only_garbage_holds_is_not_told(tmp_path: Path) -> None:
    lost = (
        "class Cycle: pass\nlost = Cycle()\nlost.own, lost.file = lost, open(__file__)\ndel lost\n"
    )
    told = audited(tmp_path, {"fonts": f"import gc\ngc.disable()\n{lost}"})

    assert told == {"reasons": [], "notices": []}


def test_a_socket_is_left_as_it_is(tmp_path: Path) -> None:
    """Red if the socket is looked at while a default timeout is set: it were non-blocking then."""
    code = (
        "import atexit, os, socket\nL = socket.socketpair()\nsocket.setdefaulttimeout(10)\n"
        "class Kind: pass\n"
    )
    (tmp_path / "adapter.py").write_text(code)
    checked = AUDITED.replace(
        "import os; os._exit(0)",
        "import os; assert os.get_blocking(adapter.L[0].fileno()), 'changed'\n"
        "assert adapter.socket.getdefaulttimeout() == 10",
    )
    run(tmp_path, checked, tmp_path)


@pytest.mark.parametrize(
    ("name", "variables", "what"),
    [
        ("grpc", {}, "the library grpc is loaded, which does not survive a fork"),
        ("jax._src.xla_bridge", {"_backends": {"cpu": 1}}, "XLA (jax) was used"),
        ("numba.np.ufunc.parallel", {"_is_initialized": True}, "numba's threads"),
    ],
)
def test_runtimes_that_were_used_are_reasons(
    name: str, variables: dict[str, Any], what: str
) -> None:
    module = ModuleType(name)
    vars(module).update(variables)
    found = runtimes.unsafe({name: module})
    assert len(found) == 1
    assert what in str(found[0])
    assert runtimes.unsafe({"jax._src.xla_bridge": ModuleType("x")}) == []


def test_tensorflow_is_used_once_it_has_a_context() -> None:
    module = ModuleType("context")
    vars(module)["_context"] = type("Context", (), {"_context_handle": None})()
    assert runtimes.unsafe({"tensorflow.python.eager.context": module}) == []
    vars(module)["_context"]._context_handle = object()
    found = runtimes.unsafe({"tensorflow.python.eager.context": module})
    assert "XLA (TensorFlow)" in str(found[0])


def test_no_more_is_told_than_people_read() -> None:
    many = [Finding(f"file {n}" + "x" * 600, "open it in start()") for n in range(30)]
    told = findings.told(many * 2)
    assert len(told) == 21
    assert told[-1] == "and 10 more"
    assert len(told[0]) < 600
