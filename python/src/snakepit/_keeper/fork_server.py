"""The keeper's side of a fork server: its process, its channel, and how far it is."""

from __future__ import annotations

import itertools
import os
import socket

from snakepit._keeper.launch import interpreter_command, launch
from snakepit._system.frames import Channel, decode

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakepit._keeper.configuration import Configuration
    from snakepit._keeper.output import Outputs

_numbers = itertools.count(1)


class ForkServer:
    """A process that has imported the adapter, or is about to, and forks workers on order."""

    def __init__(self, pid: int, channel: Channel, owner: str, now: float) -> None:
        self.pid = pid
        self.channel = channel
        self.owner = owner
        """The name that its output pipes are kept under."""
        self.started_at = now
        self.imports = True
        self.retired = False
        """True once the server forks no more, and its end is expected."""
        self.watched = True
        self.forking = 0
        """Orders to fork that are not answered yet."""

    @staticmethod
    def start(
        configuration: Configuration, environ: dict[str, str], outputs: Outputs, now: float
    ) -> ForkServer:
        """Starts a fork server and has it import.

        :raises OSError: it could not be started.
        """
        owner = f"fork server {next(_numbers)}"
        ours, theirs = socket.socketpair()
        descriptors: list[int] = []
        try:
            descriptors.extend(outputs.open(owner, now, worker=""))
            null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
            descriptors.append(null)
            command = interpreter_command(
                "_forkserver.server", configuration.python_path, str(theirs.fileno())
            )
            stdio = (null, descriptors[0], descriptors[1])
            pid = launch(command, environ, stdio, kept=theirs.fileno(), new_session=False)
        except OSError:
            ours.close()
            outputs.finish(owner, now)
            raise
        finally:
            theirs.close()
            for fd in descriptors:
                os.close(fd)
        channel = Channel(ours)
        channel.send(
            {
                "profile": configuration.profile,
                "preload": configuration.preload,
                "adapter": configuration.adapter,
            }
        )
        return ForkServer(pid, channel, owner, now)

    def messages(self) -> Iterator[dict[str, object]]:
        """Reads what it has said since, until there is nothing more.

        :raises ValueError: it has said nonsense.
        """
        while frames := self.channel.receive():
            for frame in frames:
                yield decode(frame)
