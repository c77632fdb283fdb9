"""A package whose keeper and fork server are the real ones, and whose workers are stand-ins."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_host
import pytest
from keeper.fakehost import FakeHost
from keeper.onepool import Pool

import snakepit

REAL = (
    "_keeper*.py",
    "_lifeline.py",
    "_limits.py",
    "_proctable.py",
    "_reserved.py",
    "_forkserver.py",
    "_forked.py",
)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a package ``snakepit`` of links, which need no protobuf and no host."""
    directory = tmp_path_factory.mktemp("package")
    inner = directory / "snakepit"
    inner.mkdir()
    (inner / "__init__.py").touch()
    (source,) = snakepit.__path__
    for pattern in REAL:
        for file in Path(source).glob(pattern):
            (inner / file.name).symlink_to(file)
    for file in (Path(__file__).parent / "standins").glob("*.py"):
        (inner / file.name).symlink_to(file)
    return directory


@pytest.fixture(scope="session")
def without_cgroups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the real package, save that there are no cgroups to be had."""
    directory = tmp_path_factory.mktemp("without-cgroups")
    inner = directory / "snakepit"
    inner.mkdir()
    for file in (fake_host.SOURCES / "snakepit").iterdir():
        if file.name not in ("_keeper_cgroup.py", "__pycache__"):
            (inner / file.name).symlink_to(file)
    (inner / "_keeper_cgroup.py").symlink_to(Path(__file__).parent / "no_cgroups.py")
    return directory


@pytest.fixture
def new_host(package: Path) -> Iterator[Callable[..., FakeHost]]:
    """Makes hosts, and ends all that is below them after the test."""
    hosts: list[FakeHost] = []
    # Not pytest's own directory: the path of a Unix socket is short.
    with tempfile.TemporaryDirectory(prefix="keeper-") as directory:

        def make(*, package: Path = package, **environ: str) -> FakeHost:
            place = Path(directory) / str(len(hosts))
            place.mkdir()
            hosts.append(FakeHost(package, place, environ))
            return hosts[-1]

        try:
            yield make
        finally:
            for host in hosts:
                host.close()


@pytest.fixture
def host(new_host: Callable[..., FakeHost]) -> FakeHost:
    return new_host()


@pytest.fixture(params=["forkserver", "spawn"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_pool(
    new_host: Callable[..., FakeHost], tmp_path: Path, method: str
) -> Iterator[Callable[..., Pool]]:
    pools: list[Pool] = []

    def make(
        lifelines: str | None = None, *, package: Path = fake_host.SOURCES, **fields: object
    ) -> Pool:
        environ = {} if lifelines is None else {"SNAKEPIT_TEST_LIFELINES": lifelines}
        keeper = new_host(package=package, **environ)
        pools.append(Pool(keeper, tmp_path, method, **fields))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
