"""Handlers may raise anywhere but in green threads that a hub runs."""

from __future__ import annotations

import sys

import greenlet

from snakepit._tools import green_threads


def look() -> object:
    return green_threads.from_elsewhere(sys._getframe())


def test_the_main_green_thread_is_interrupted_at_once() -> None:
    assert look() is None


def test_so_are_those_that_no_hub_runs() -> None:
    """As of libraries that switch among a few of their own: it reaches the main one."""
    inner = greenlet.greenlet(look)
    outer = greenlet.greenlet(inner.switch)
    assert outer.switch() is None
