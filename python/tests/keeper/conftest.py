"""A package whose keeper and fork server are the real ones, and whose workers are stand-ins."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_host
import pytest
from keeper.onepool import Pool
from keeper.running_keeper import RunningKeeper

REAL = ("_keeper", "_system", "_forkserver")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a package ``snakepit`` of links, which need no host."""
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
    return with_cgroups_of("no_cgroups.py", tmp_path_factory.mktemp("without-cgroups"))


@pytest.fixture(scope="session")
def with_cgroups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the real package, save that its cgroups are a model's."""
    return with_cgroups_of("model_cgroups.py", tmp_path_factory.mktemp("with-cgroups"))


def with_cgroups_of(module: str, directory: Path) -> Path:
    keeper = directory / "snakepit" / "_keeper"
    keeper.mkdir(parents=True)
    for room in (fake_host.SOURCES / "snakepit").iterdir():
        if room.name not in ("_keeper", "__pycache__"):
            (directory / "snakepit" / room.name).symlink_to(room)
    for file in (fake_host.SOURCES / "snakepit" / "_keeper").glob("*.py"):
        if file.name != "cgroup.py":
            (keeper / file.name).symlink_to(file)
    (keeper / "cgroup.py").symlink_to(Path(__file__).parent / module)
    return directory


@pytest.fixture
def new_keeper(package: Path) -> Iterator[Callable[..., RunningKeeper]]:
    """Makes keepers, and ends all that is below them after the test."""
    keepers: list[RunningKeeper] = []
    # Not pytest's own directory: the path of a Unix socket is short.
    with tempfile.TemporaryDirectory(prefix="keeper-") as directory:

        def make(
            *, package: Path = package, python: str = sys.executable, **environ: str
        ) -> RunningKeeper:
            place = Path(directory) / str(len(keepers))
            place.mkdir()
            keepers.append(RunningKeeper(package, place, environ, python))
            return keepers[-1]

        try:
            yield make
        finally:
            for keeper in keepers:
                keeper.close()


@pytest.fixture
def keeper(new_keeper: Callable[..., RunningKeeper]) -> RunningKeeper:
    return new_keeper()


@pytest.fixture(params=["forkserver", "spawn"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_pool(
    new_keeper: Callable[..., RunningKeeper], tmp_path: Path, method: str
) -> Iterator[Callable[..., Pool]]:
    pools: list[Pool] = []

    def make(
        lifelines: str | None = None,
        *,
        package: Path = fake_host.SOURCES,
        groups: str = "",
        **fields: object,
    ) -> Pool:
        environ = {} if lifelines is None else {"SNAKEPIT_TEST_LIFELINES": lifelines}
        environ["SNAKEPIT_TEST_GROUPS"] = groups
        keeper = new_keeper(package=package, **environ)
        place = tmp_path / f"pool-{len(pools)}"
        place.mkdir()
        pools.append(Pool(keeper, place, method, **fields))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
