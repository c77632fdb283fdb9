"""The looks that follow the arming of a lifeline: what has happened before, no signal tells.

Each runs in processes of its own, since what fails here is killed. One that lives on says so.
"""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from fake_host import DEADLINE, SOURCES

BEGIN = f"""
import os, sys
sys.path.append({str(SOURCES)!r})
from snakepit._system import lifeline
"""

# A grandchild of the test, whose parent has surely ended before it goes on.
ORPHAN = """
if os.fork() == 0:
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent:
            pass
        print("begins", flush=True)
        {act}
        print("lives on", flush=True)
    os._exit(0)
os.wait()
"""


def output(program: str) -> str:
    """All that a program and its descendants print."""
    command = [sys.executable, "-I", "-S", "-c", BEGIN + program]
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, timeout=DEADLINE, check=False
    )  # until the last of them has closed its output
    return ran.stdout


def test_a_parent_that_died_between_fork_and_arming_is_noticed() -> None:
    """Red without the look at the parent's pid in `set_parent_death_signal`."""
    program = ORPHAN.format(act="lifeline.set_parent_death_signal(parent)")
    assert output(program) == "begins\n"


def test_an_orphan_that_looks_for_nobody_lives_on() -> None:
    assert output(ORPHAN.format(act="pass")) == "begins\nlives on\n"


def test_a_guard_that_died_between_fork_and_arming_is_noticed() -> None:
    """Red without the look at the parent's pid in `stop_with_parent`."""
    program = ORPHAN.format(act="print(lifeline.stop_with_parent(parent), flush=True)")
    assert output(program) == "begins\nFalse\nlives on\n"


PIPE = """
os.setsid()
reading, writing = os.pipe()
os.dup2(reading, 0)
{act}
print("lives on", flush=True)
"""


@pytest.mark.parametrize(
    "arm", ["lifeline.arm_pipe(reading)", "os.close(reading); lifeline.adopt_parent_pipe()"]
)
def test_a_pipe_that_ended_before_it_was_armed_is_noticed(arm: str) -> None:
    """Red without the look at the pipe's end in `arm_pipe`."""
    assert output(PIPE.format(act=f"os.close(writing); {arm}")) == ""


def test_a_pipe_that_lives_on_ends_nobody() -> None:
    assert output(PIPE.format(act="lifeline.arm_pipe(reading)")) == "lives on\n"


def test_a_pipe_that_ends_after_it_was_armed_kills_the_group() -> None:
    """Red without `_signal_at_end` in `arm_pipe`."""
    program = PIPE.format(act="kept = lifeline.arm_pipe(reading); os.close(writing)")
    command = [sys.executable, "-I", "-S", "-c", BEGIN + program + "\nimport time; time.sleep(600)"]
    ran = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False)
    assert ran.returncode == -signal.SIGKILL
