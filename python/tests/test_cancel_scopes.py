"""Cancel scopes interrupt a call at most once, only while it runs, and never the next one."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from fake_host import DEADLINE, TESTS, environment

from snakepit._system import pristine, signals
from snakepit._tools import thread_scope
from snakepit._tools.cancel_scope import CancelScope, SignalCancelScope
from snakepit._tools.errors import Cancelled
from snakepit._tools.event_loop import EventLoop
from snakepit._tools.reminder import Reminder
from snakepit._tools.thread_scope import ThreadCancelScope

TRIES = 10_000


def run_on_a_thread(job: Callable[[], None]) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told below
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not faults, faults


def run_where_it_belongs(make: Callable[[], CancelScope], job: Callable[[], None]) -> None:
    """On the main thread for the scope of that, on another one for the other."""
    if make is SignalCancelScope:
        job()
    else:
        run_on_a_thread(job)


@pytest.mark.parametrize("kind", ["signal", "thread"])
def test_a_scope_raises_nothing_once_it_is_left(kind: str) -> None:
    """10,000 cancels from another thread at about the moment at which the call ends."""
    command = [sys.executable, str(TESTS / "cancel_race.py"), kind, str(TRIES)]
    ran = subprocess.run(
        command,
        env=environment(measured=False),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    raised = int(ran.stdout)
    assert 0 < raised < TRIES


def test_an_interruption_that_has_not_arrived_reaches_whoever_is_handed_over_to() -> None:
    """Red without the look in `hand_over`: a thread that waits in C would never hear of it."""
    told: list[str] = []

    def job() -> None:
        scope = ThreadCancelScope()
        scope.enter(1, 1)
        scope.interrupted = scope._thrown = True  # raised, and still on its way
        scope.hand_over(lambda: told.append("told"))
        scope.leave()

    run_on_a_thread(job)
    assert told == ["told"]


def test_a_task_that_was_interrupted_before_its_loop_ran_never_runs() -> None:
    ran: list[str] = []

    async def tool() -> None:
        ran.append("ran")

    async def next_tool() -> None:
        await asyncio.sleep(0)

    class Late(SignalCancelScope):
        late = True

        def hand_over(
            self, interrupt: Callable[[], object] | None, reminder: Reminder | None = None
        ) -> Callable[[], object] | None:
            if interrupt is not None and self.late:
                self.late = False
                raise Cancelled
            return None

    loop = EventLoop(Late())
    with pytest.raises(Cancelled):
        loop.run(tool())
    loop.run(next_tool())
    loop.close()
    assert not ran


def test_what_has_been_raised_and_not_arrived_is_taken_back() -> None:
    """Red without `_take_back`: it would arrive in whatever comes next."""
    on_its_way: list[type[BaseException]] = []

    def job() -> None:
        scope = ThreadCancelScope()
        scope.enter(1, 1)
        scope.cancel(1)
        assert on_its_way
        scope.leave()
        assert not on_its_way

    def raise_in_thread(thread: int, error: type[BaseException]) -> None:
        """As CPython does it, yet as late as can be: what is raised next comes in its place."""
        if on_its_way:
            on_its_way.clear()
            really(thread, error)
        else:
            on_its_way.append(error)

    really = thread_scope._raise_in_thread
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thread_scope, "_raise_in_thread", raise_in_thread)
        run_on_a_thread(job)


def test_a_shield_holds_even_if_what_was_raised_has_not_arrived() -> None:
    """Red without the wait for it: it would arrive amid a frame."""
    steps: list[str] = []

    def job() -> None:
        scope = ThreadCancelScope()
        scope.enter(1, 1)
        scope.cancel(1)
        with scope.shield():
            steps.append("whole")
        scope.leave()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thread_scope, "_raise_in_thread", lambda *_: steps.append("raised"))
        patch.setattr(ThreadCancelScope, "_take_back", lambda scope: steps.append("taken back"))
        run_on_a_thread(job)
    assert steps == ["raised", "taken back", "whole", "taken back"]


def test_a_look_at_a_thread_that_takes_long_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread may have begun an import since. Red without the look at the clock."""

    def job() -> None:
        scope = ThreadCancelScope()
        scope.enter(1, 1)
        scope.cancel(1)
        assert not scope.interrupted
        assert scope.unwanted
        monkeypatch.undo()
        with pytest.raises(Cancelled):
            remind_and_go_on(scope)
        scope.leave()

    def look(_thread: int) -> bool:
        time.sleep(2 * thread_scope._GLANCE_SECONDS)
        return False

    monkeypatch.setattr(thread_scope, "thread_is_importing", look)
    run_on_a_thread(job)


def remind_and_go_on(scope: CancelScope) -> None:
    while scope.remind():  # a busy machine may make any look a long one
        pass
    sum(range(1000))


def test_an_interruption_that_tears_leave_itself_leaves_no_lock_behind() -> None:
    """As it may where a debugger traces each line."""

    class Torn(ThreadCancelScope):
        torn = False

        def _close(self) -> None:
            if not self.torn:
                self.torn = True
                self._lock.acquire()
                raise Cancelled
            super()._close()

    def job() -> None:
        scope = Torn()
        scope.enter(1, 1)
        scope.leave()
        assert not scope._lock._is_owned()
        assert not scope._first
        scope._thrown = True  # as if torn before that was forgotten
        scope.enter(2, 2)
        scope.hand_over(lambda: pytest.fail("an earlier call's interruption"))
        scope.leave()

    run_on_a_thread(job)


@pytest.mark.parametrize("step", range(1, 4))
def test_a_cancel_amid_the_beginning_of_its_call_is_heard(step: int) -> None:
    """Red where it looks what runs before it says what is wanted."""

    class Stepwise(SignalCancelScope):
        """Is cancelled after that step of `enter`."""

        left = 0

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if type(self).left:
                type(self).left -= 1
                if not type(self).left:
                    self.cancel(7)

    scope = Stepwise()
    scope.enter(6, 6)
    scope.leave()
    Stepwise.left = step
    with pytest.raises(Cancelled):
        scope.enter(7, 7)
    scope.leave()
    assert scope.interrupted


def cancel_and_go_on(scope: CancelScope, call: int) -> None:
    scope.cancel(call)
    sum(range(1000))


@pytest.mark.parametrize("make", [SignalCancelScope, ThreadCancelScope])
def test_a_call_is_interrupted_once(make: Callable[[], CancelScope]) -> None:
    """Before it begins or while it runs: its cleaning up is left alone."""

    def job() -> None:
        scope = make()
        scope.cancel(1)
        with pytest.raises(Cancelled):
            scope.enter(1, 1)
        scope.cancel(1)
        if make is SignalCancelScope:
            signal.raise_signal(signals.CANCEL)  # one that was under way
        scope.leave()
        scope.enter(2, 3)
        with pytest.raises(Cancelled):
            cancel_and_go_on(scope, 3)
        if make is SignalCancelScope:
            signal.raise_signal(signals.CANCEL)
        scope.cancel(2)
        with scope.shield():  # a call to the host
            scope.cancel(3)
        scope.leave()
        scope.enter(4, 4)
        scope.leave()
        assert not scope.interrupted

    run_where_it_belongs(make, job)


def test_no_signal_is_sent_for_a_call_that_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal would end system calls of the call that does run."""
    sent: list[int] = []
    monkeypatch.setattr(
        pristine.signal, "pthread_kill", lambda _thread, number: sent.append(number)
    )
    scope = SignalCancelScope()
    scope.cancel(2)
    scope.enter(1, 1)
    scope.leave()
    scope.cancel(1)
    scope.enter(3, 3)
    scope.leave()
    scope.enter(4, 5)
    scope.cancel(3)
    scope.cancel(6)
    assert not sent
    scope.cancel(5)
    assert set(sent) == {signals.CANCEL}


def test_a_signal_that_comes_just_before_a_system_call_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first ones are swallowed here: such a moment can't be met at will."""
    sent: list[int] = []

    def pthread_kill(thread: int, number: int) -> None:
        sent.append(number)
        if len(sent) > 3:
            really(thread, number)

    really = signal.pthread_kill
    monkeypatch.setattr(pristine.signal, "pthread_kill", pthread_kill)
    scope = SignalCancelScope()

    def cancel() -> None:
        scope.cancel(1)
        while scope.remind():
            time.sleep(0.001)

    canceller = threading.Thread(target=cancel)

    def wait() -> None:
        canceller.start()  # on a busy machine it has sent all before this returns
        time.sleep(DEADLINE)

    scope.enter(1, 1)
    with pytest.raises(Cancelled):
        wait()
    scope.leave()
    canceller.join()
    assert len(sent) >= 4


def test_a_signal_that_arrives_late_hits_nothing() -> None:
    """Whenever it does: between two calls, or in the next one."""
    scope = SignalCancelScope()
    scope.enter(1, 1)
    scope.leave()
    scope._wanted = 1
    signal.raise_signal(signals.CANCEL)
    scope.enter(2, 2)
    signal.raise_signal(signals.CANCEL)
    scope.leave()
    assert not scope.interrupted


@pytest.mark.parametrize("make", [SignalCancelScope, ThreadCancelScope])
def test_a_cancel_of_an_earlier_call_leaves_the_one_that_runs_alone(
    make: Callable[[], CancelScope],
) -> None:
    def try_it() -> None:
        scope = make()
        for call in range(1, 100):
            scope.enter(call, call)
            try:
                scope.cancel(call - 1)
            finally:
                scope.leave()

    run_where_it_belongs(make, try_it)


@pytest.mark.parametrize("make", [SignalCancelScope, ThreadCancelScope])
def test_a_shield_puts_an_interruption_off(make: Callable[[], CancelScope]) -> None:
    def job() -> None:
        scope = make()
        steps: list[str] = []

        def call() -> None:
            with scope.shield():
                canceller = threading.Thread(target=scope.cancel, args=(1,))
                canceller.start()
                canceller.join()
                sum(range(1000))
                steps.append("whole")
            steps.append("after")

        scope.enter(1, 1)
        with pytest.raises(Cancelled):
            call()
        scope.leave()
        assert steps == ["whole"]
        assert scope.interrupted
        scope.enter(2, 2)
        with scope.shield():
            pass
        scope.leave()
        assert not scope.interrupted

    run_where_it_belongs(make, job)
