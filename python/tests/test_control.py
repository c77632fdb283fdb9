"""The control connection in this process: what is called when, and who is killed."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import pytest
from fake_host import DEADLINE

from snakepit._system import pristine
from snakepit._worker.control import Control, end_process_group
from snakepit._worker.host_watch import HostWatch
from snakepit._worker.link import Link
from snakepit.v1 import worker_pb2 as pb


def control_of(
    ours: socket.socket, on_lost: Callable[[], None], watch: HostWatch | None = None
) -> Control:
    # Its own connection stands in for the work connection.
    watch = watch or HostWatch(0, 0, 0)
    return Control(Link(ours), Link(ours), watch, lambda: None, on_lost)


def test_a_closed_control_loses_nothing() -> None:
    ours, theirs = socket.socketpair()
    lost: list[str] = []
    control = control_of(ours, lambda: lost.append("lost"))
    control.start()
    control.close()
    theirs.close()
    assert not lost


def test_the_end_without_a_shutdown_is_a_loss() -> None:
    ours, theirs = socket.socketpair()
    lost = threading.Event()
    control = control_of(ours, lost.set)
    control.start()
    theirs.close()
    assert lost.wait(DEADLINE)
    assert not control.wait_for_shutdown(0)
    control.close()


def test_after_a_shutdown_the_end_is_no_loss() -> None:
    ours, theirs = socket.socketpair()
    lost: list[str] = []
    control = control_of(ours, lambda: lost.append("lost"))
    control.start()
    Link(theirs).write(pb.HostMessage(shutdown=pb.Shutdown()).SerializeToString())
    assert control.wait_for_shutdown(DEADLINE)
    theirs.close()
    control.close()
    assert not lost


def test_a_closed_control_that_has_lost_its_connection_ends_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SNAKEPIT_TEST_LIFELINES", "")
    ours, theirs = socket.socketpair()
    lost: list[str] = []
    control = control_of(ours, lambda: lost.append("lost"))
    control.start()
    theirs.close()
    control.close()
    assert not lost


def test_what_came_along_with_the_welcome_is_not_left_unread() -> None:
    """Red without the look at `has_more`: the socket is empty then, and poll waits in vain."""
    ours, theirs = socket.socketpair()
    link, host = Link(ours), Link(theirs)
    ours.settimeout(DEADLINE)
    theirs.settimeout(DEADLINE)
    for sequence in (1, 2):
        host.write(pb.HostMessage(ping=pb.Ping(sequence=sequence)).SerializeToString())
    assert link.read()
    assert link.has_more
    control = Control(link, link, HostWatch(0, 0, 0), lambda: None, lambda: None)
    control.start()
    try:
        frame = host.read()
        assert frame
        assert pb.WorkerMessage.FromString(frame[0]).pong.sequence == 2
    finally:
        control.close()
        theirs.close()


def test_who_does_not_hear_of_a_cancel_is_reminded_until_he_does() -> None:
    """Pings are answered in between."""
    ours, theirs = socket.socketpair()
    host = Link(theirs)
    theirs.settimeout(DEADLINE)
    reminders: list[float] = []
    heard = threading.Event()

    def remind() -> bool:
        reminders.append(time.monotonic())
        if len(reminders) == 8:
            heard.set()
        return len(reminders) < 8

    control = Control(
        Link(ours), Link(ours), HostWatch(0, 0, 0), lambda: None, lambda: None, remind=remind
    )
    control.start()
    try:
        host.write(pb.HostMessage(cancel=pb.Cancel(id=7)).SerializeToString())
        host.write(pb.HostMessage(ping=pb.Ping(sequence=1)).SerializeToString())
        frame = host.read()
        assert frame
        assert heard.wait(DEADLINE)
    finally:
        control.close()
        theirs.close()
    assert len(reminders) == 8
    assert reminders[-1] - reminders[0] >= 0.06, "in pauses that grow"


def test_another_parent_is_a_loss() -> None:
    ours, theirs = socket.socketpair()
    lost = threading.Event()
    control = control_of(ours, lost.set, HostWatch(os.getppid() + 1, 0, 0))
    control.start()
    assert lost.wait(DEADLINE)
    control.close()
    theirs.close()


def test_silence_is_a_loss_at_the_second_look() -> None:
    watch = HostWatch(0, 15, now=100)
    assert watch.pause == 1
    assert not watch.is_silent((1, 1, 0), 101)
    assert not watch.is_silent((1, 1, 0), 115.9)
    assert not watch.is_silent((1, 1, 0), 116)
    assert watch.is_silent((1, 1, 0), 117)


@pytest.mark.parametrize("sign", [(2, 1, 0), (1, 2, 0), (1, 1, 20)])
def test_any_frame_between_the_looks_is_a_sign_of_life(sign: tuple[int, ...]) -> None:
    """As after a stop: what waits unread in a socket has been sent by somebody."""
    watch = HostWatch(0, 2, now=100)
    assert watch.pause == 0.5
    assert not watch.is_silent((1, 1, 0), 100.5)
    assert not watch.is_silent((1, 1, 0), 3000)
    assert not watch.is_silent(sign, 3000.5)
    assert not watch.is_silent(sign, 3002.5)
    assert watch.is_silent(sign, 3003)


def test_without_a_limit_silence_is_no_loss() -> None:
    watch = HostWatch(0, 0, now=100)
    assert not any(watch.is_silent((0, 0, 0), now) for now in (101, 9000, 9001))


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

    monkeypatch.setattr(pristine.os, "getpgrp", lambda: os.getpid() if leads else 1)
    monkeypatch.setattr(pristine.os, "killpg", kill_group)
    monkeypatch.setattr(pristine.os, "kill", kill)
    end_process_group()
    assert done == killed
