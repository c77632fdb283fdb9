"""A package whose keeper and fork server are the real ones, and whose workers are stand-ins."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_host
import pytest
from keeper.fakehost import FakeHost
from keeper.onepool import Pool

REAL = ("_keeper", "_system", "_forkserver")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a package ``snakepit`` of links, which need no protobuf and no host."""
    directory = tmp_path_factory.mktemp("package")
    inner = directory / "snakepit"
    inner.mkdir()
    (inner / "__init__.py").touch()
    for name in REAL:
        (inner / name).symlink_to(fake_host.SOURCES / "snakepit" / name)
    for room in (Path(__file__).parent / "standins").iterdir():
        (inner / room.name).symlink_to(room)
    return directory


@pytest.fixture(scope="session")
def without_cgroups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the real package, save that there are no cgroups to be had."""
    directory = tmp_path_factory.mktemp("without-cgroups")
    keeper = directory / "snakepit" / "_keeper"
    keeper.mkdir(parents=True)
    for room in (fake_host.SOURCES / "snakepit").iterdir():
        if room.name not in ("_keeper", "__pycache__"):
            (directory / "snakepit" / room.name).symlink_to(room)
    for file in (fake_host.SOURCES / "snakepit" / "_keeper").glob("*.py"):
        if file.name != "cgroup.py":
            (keeper / file.name).symlink_to(file)
    (keeper / "cgroup.py").symlink_to(Path(__file__).parent / "no_cgroups.py")
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
