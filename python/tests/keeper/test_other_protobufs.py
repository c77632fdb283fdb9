"""Workers in interpreters that have another protobuf than the tests', or none at all."""

from __future__ import annotations

import platform
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_host
import pytest
from keeper.running_keeper import RunningKeeper

# One of each that libraries pin, the first without C code for today's interpreters.
VERSIONS = ["3.20.3", "4.25.8", "5.29.5", "6.31.1", "7.36.2"]

NOT_TO_BE_HAD = """pip can't install protobuf {} for Python {}: {}
These tests prove nothing without it. Let pip reach a package index, or name one, or a folder with
the wheels, by PIP_INDEX_URL or PIP_FIND_LINKS."""


def make_interpreter(place: Path, version: str | None) -> Path:
    """Makes an environment that holds that protobuf and nothing else."""
    venv.create(place, with_pip=False, symlinks=True)
    if version is not None:
        packages = next(place.glob("lib/python*/site-packages"))
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        where = ["--disable-pip-version-check", "--target", str(packages)]
        done = subprocess.run(
            [*install, *where, f"protobuf=={version}"], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.fail(
                NOT_TO_BE_HAD.format(version, platform.python_version(), done.stderr[-500:])
            )
    return place / "bin" / "python"


@pytest.fixture(scope="module", params=[*VERSIONS, None])
def interpreter(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str | None, Path]:
    return request.param, make_interpreter(tmp_path_factory.mktemp("interpreter"), request.param)


@pytest.fixture
def attach(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str
) -> Iterator[Callable[[Path, str], tuple[RunningKeeper, fake_host.Attached]]]:
    """Starts a worker below a real keeper, both in that interpreter."""
    host = fake_host.FakeHost(tmp_path)
    workers: list[fake_host.Attached] = []

    def start(python: Path, profile: str) -> tuple[RunningKeeper, fake_host.Attached]:
        keeper = new_keeper(package=fake_host.SOURCES, python=str(python))
        own = {"adapter": "samples.pinned", "socket": host.path}
        keeper.configure(method, **own, profile=profile, concurrency=2)
        keeper.send("start", worker="w-1", token=fake_host.TOKEN)
        workers.append(host.attach())
        message, _ = workers[-1].receive()
        assert message.WhichOneof("kind") == "ready", message
        return keeper, workers[-1]

    yield start
    for worker in workers:
        worker.close()
    host.close()


@pytest.mark.parametrize("profile", ["process", "thread", "async"])
def test_calls_streams_and_batches_are_served(
    interpreter: tuple[str | None, Path],
    attach: Callable[[Path, str], tuple[RunningKeeper, fake_host.Attached]],
    profile: str,
) -> None:
    """Fails if a worker needs the library, or one of its versions, or says a word about it."""
    version, python = interpreter
    keeper, worker = attach(python, profile)
    assert worker.call("version") == version
    if version is not None:
        assert worker.call("parsed", {"text": "é"}) == "é"
        assert worker.call("shipped", {"number": 2**63}) == 2**63
    assert worker.end_stream(worker.send_stream("numbers", {"n": 40}, 4)) == list(range(40))
    calls = worker.send_batch("double", *({"n": n} for n in range(5)))
    assert worker.answers(5) == {call: 2 * n for n, call in enumerate(calls)}
    assert worker.fail("nope").code == "TOOL_NOT_FOUND"
    assert worker.ping(7) == 7
    worker.shut_down()
    keeper.event("exited", worker="w-1")
    assert keeper.lines("w-1") == []
    assert keeper.lines("") == []
