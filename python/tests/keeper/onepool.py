"""A pool of one real worker below a real keeper; the pool's socket is served by the test."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing
from pathlib import Path

import fake_host
from keeper.running_keeper import RunningKeeper, eventually, is_gone

from snakepit._system import process_table
from snakepit.v1 import worker_pb2 as pb


class Pool:
    """A host of one worker."""

    def __init__(self, keeper: RunningKeeper, place: Path, method: str, **fields: object) -> None:
        self.keeper = keeper
        self.host = fake_host.FakeHost(place)
        fields = {"adapter": "samples.hostile", **fields}
        keeper.configure(method, socket=self.host.path, **fields)
        keeper.send("start", worker="w-1", token=fake_host.TOKEN)
        self.worker = self.host.attach()
        assert self.worker.receive()[0].HasField("ready")
        started = keeper.event("started", worker="w-1")
        self.key = (started["pid"], started["startTicks"])

    def start_another(self, worker: str) -> fake_host.Attached:
        self.keeper.send("start", worker=worker, token=fake_host.TOKEN)
        attached = self.host.attach()
        assert attached.receive()[0].HasField("ready")
        return attached

    def be_busy(self) -> None:
        self.worker.send_call("spin", {"seconds": 600})

    def send_ping(self) -> None:
        assert self.worker.control is not None
        ping = pb.HostMessage(ping=pb.Ping(sequence=1))
        self.worker.control.write(ping.SerializeToString())

    def stop(self) -> None:
        """Returns when no thread runs any more: what is sent from now on can't have been read."""
        os.kill(self.key[0], signal.SIGSTOP)
        eventually(self._is_stopped, lambda: "not stopped")

    def _is_stopped(self) -> bool:
        threads = Path(f"/proc/{self.key[0]}/task").glob("*/stat")
        return all(process_table.parse_stat(t.read_bytes()).state == "T" for t in threads)

    def lives_for(self, seconds: float) -> bool:
        threading.Event().wait(seconds)
        return not is_gone(self.key)

    def awaits_its_end(self) -> None:
        eventually(lambda: is_gone(self.key), lambda: f"the worker stays: {self.key}")

    def close(self) -> None:
        self.worker.close()
        self.host.close()


def refused_on_threads(
    keeper: RunningKeeper, folder: Path, method: str, adapter: str, profile: str
) -> None:
    """Has that adapter started in a profile that runs calls on threads, which must refuse it."""
    with closing(fake_host.FakeHost(folder)) as host:
        keeper.configure(method, adapter=adapter, profile=profile, socket=host.path)
        keeper.send("start", worker="w-1", token=fake_host.TOKEN)
        with closing(host.attach()) as attached:
            told = attached.receive()[0].start_failure.python.message
    assert told == (
        f"adapter {adapter}: profile {profile} runs calls on threads, and a library has put "
        "its own in their place, as gevent's and eventlet's monkey patching does: "
        "set profile: process"
    )
