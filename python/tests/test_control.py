"""The control connection in this process: what is called when, and who is killed."""

from __future__ import annotations

import os
import signal
import socket
import threading

import pytest
from fake_host import DEADLINE

from snakepit._control import Control, end_process_group
from snakepit._link import Link
from snakepit.v1 import worker_pb2 as pb


def test_a_closed_control_loses_nothing() -> None:
    ours, theirs = socket.socketpair()
    lost: list[str] = []
    control = Control(Link(ours), lambda: None, lambda: lost.append("lost"))
    control.start()
    control.close()
    theirs.close()
    assert not lost


def test_the_end_without_a_shutdown_is_a_loss() -> None:
    ours, theirs = socket.socketpair()
    lost = threading.Event()
    control = Control(Link(ours), lambda: None, lost.set)
    control.start()
    theirs.close()
    assert lost.wait(DEADLINE)
    assert not control.wait_for_shutdown(0)
    control.close()


def test_after_a_shutdown_the_end_is_no_loss() -> None:
    ours, theirs = socket.socketpair()
    lost: list[str] = []
    control = Control(Link(ours), lambda: None, lambda: lost.append("lost"))
    control.start()
    Link(theirs).write(pb.HostMessage(shutdown=pb.Shutdown()).SerializeToString())
    assert control.wait_for_shutdown(DEADLINE)
    theirs.close()
    control.close()
    assert not lost


@pytest.mark.parametrize(("leads", "killed"), [(True, ["group", "self"]), (False, ["self"])])
def test_only_a_group_of_its_own_is_killed(
    monkeypatch: pytest.MonkeyPatch, leads: bool, killed: list[str]
) -> None:
    done: list[str] = []

    def kill_group(pgid: int, number: int) -> None:
        assert (pgid, number) == (0, signal.SIGKILL)
        done.append("group")

    def kill(pid: int, number: int) -> None:
        assert (pid, number) == (os.getpid(), signal.SIGKILL)
        done.append("self")

    monkeypatch.setattr(os, "getpgrp", lambda: os.getpid() if leads else 1)
    monkeypatch.setattr(os, "killpg", kill_group)
    monkeypatch.setattr(os, "kill", kill)
    end_process_group()
    assert done == killed
