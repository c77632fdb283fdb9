"""Places in files, and random numbers: what forked workers must not share, or must."""

from __future__ import annotations

from pathlib import Path

import pytest
from keeper.running_keeper import ADAPTERS, RunningKeeper
from keeper.test_fork_server import assert_forked, write_adapter


def test_each_worker_reads_a_file_of_the_import_by_itself(keeper: RunningKeeper) -> None:
    """Red without `descriptors.part`: the second worker would read on where the first was."""
    keeper.configure("auto", adapter=ADAPTERS + "with_file")
    assert "open for reading" in keeper.event("forkNotice")["notices"][0]
    keeper.event("imported")
    for worker in ("w-1", "w-2"):
        keeper.start(worker, "read_on", ready="line 1001, at 2000 after 4000 bytes")
        assert keeper.event("exited", worker=worker)["status"] == 0


@pytest.mark.parametrize("seeded", [False, True])
def test_workers_draw_the_same_numbers_if_the_user_has_seeded(
    keeper: RunningKeeper, seeded: bool
) -> None:
    """Forked ones and a fresh one. Red without `Seeds.plant`: seeded ones differed if forked."""
    seeds = "random.seed(7)\nnp.random.seed(7)\n" if seeded else ""
    text = (
        "import random\nimport numpy as np\nfrom keeper.adapters.behaviours import *\n"
        f"{seeds}DRAWN = np.random.rand(), random.random(), random.gauss(0, 1)\n"
        "def draw(boot):\n    say(f'drew {random.random()} {np.random.rand()}')\n"
    )
    keeper.configure("auto", adapter=write_adapter(keeper, text))
    keeper.event("imported")
    assert_forked(keeper, "w-0")

    def draw(worker: str) -> list[str]:
        keeper.start(worker, "draw", ready="drew")
        keeper.event("exited", worker=worker)
        return keeper.lines(worker)[0].split()[1:]

    forked = [draw("w-1"), draw("w-2")]
    keeper.send("spawn")
    fresh = draw("w-3")
    assert [e for e in keeper.events if e["event"] == "fallback"] == []
    for numbers in zip(*forked, fresh, strict=True):
        assert len(set(numbers)) == (1 if seeded else 3)


def test_workers_draw_the_same_numbers_from_what_the_import_has_given_numpy(
    keeper: RunningKeeper,
) -> None:
    """Red where it is seeded anew in each worker: a seed of its own would hold by spawn alone."""
    text = (
        "import numpy.random as n\nfrom keeper.adapters.behaviours import *\n"
        "n.set_bit_generator(n.MT19937(7))\n"
        "def draw(boot):\n    say(f'drew {n.rand()}')\n"
    )
    keeper.configure("auto", adapter=write_adapter(keeper, text))
    assert "another bit generator" in keeper.event("forkNotice")["notices"][0]
    for worker in ("w-1", "w-2"):
        keeper.start(worker, "draw", ready="drew")
        keeper.event("exited", worker=worker)
    assert keeper.lines("w-1") == keeper.lines("w-2")


def test_a_worker_that_would_share_a_place_in_a_file_does_not_start(
    keeper: RunningKeeper, tmp_path: Path
) -> None:
    """Red where a worker that may not open it again says nothing and reads on with the others.

    What is called like gevent's is run late enough: our own pipes can be opened by then.
    """
    (tmp_path / "font").write_text("text")
    text = (
        "import os, sys, types\nfrom keeper.adapters.behaviours import *\n"
        f"FONT = open({str(tmp_path / 'font')!r})\n"
        "def lose_rights():\n"
        "    os.chmod(FONT.name, 0)\n"
        "    if os.geteuid() == 0: os.seteuid(65534)\n"
        "sys.modules['gevent'] = types.SimpleNamespace(reinit=lose_rights)\n"
    )
    keeper.configure("auto", adapter=write_adapter(keeper, text))
    keeper.event("imported")
    keeper.send("start", worker="w-1", token="idle")
    assert keeper.event("exited", worker="w-1")["status"] == 70
    said = keeper.line("w-1", "snakepit worker w-1: ")["text"]
    assert f"file {tmp_path}/font, which the import has opened for reading, can't" in said
