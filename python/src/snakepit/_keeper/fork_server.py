"""The keeper's side of a fork server: its process, its channel, and how far it is."""

from __future__ import annotations

import itertools
import math
import os
import socket

from snakepit._keeper.launch import interpreter_command, launch
from snakepit._system.frames import Channel, decode

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        """True until it can fork; it stays so if its import was in vain."""
        self.retired = False
        """True once the server forks no more, and its end is expected."""
        self.ending = False
        """True once it ends in order."""
        self.end_by = math.inf
        """Seconds of the clock by which it has to end, once it has been told so."""
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
                "forced": configuration.forced,
            }
        )
        return ForkServer(pid, channel, owner, now)

    def end(self, by: float) -> None:
        """Has it end in order, which runs what the imports have registered for the end."""
        self.ends_itself(by)
        self.channel.send({"op": "end"})

    def ends_itself(self, by: float) -> None:
        """Notes that it ends in order, without having been told."""
        self.ending, self.end_by = True, by

    @property
    def is_in_the_way(self) -> bool:
        """True while it is about to end for having imported in vain: it forks none, and never will.

        Until then it may hold what another import needs, such as a file's lock or a port.
        """
        return self.retired and self.imports

    def messages(self) -> Iterator[dict[str, object]]:
        """Reads what it has said since, until there is nothing more.

        :raises ValueError: it has said nonsense.
        """
        while frames := self.channel.receive():
            for frame in frames:
                yield decode(frame)


class Servers:
    """All fork servers of one keeper: the one that forks, and the old ones of a roll.

    Attributes: ``current`` forks, if there is one; ``by_channel`` has all, by the descriptors of
    their channels, which are watched by ``watching``: how that begins, and how it ends.
    """

    def __init__(self, watching: tuple[Callable[[int], None], Callable[[int], None]]) -> None:
        self._watch, self._unwatch = watching
        self.current: ForkServer | None = None
        self.by_channel: dict[int, ForkServer] = {}

    def all(self) -> list[ForkServer]:
        """Returns those that have not been removed."""
        return list(self.by_channel.values())

    def add(self, server: ForkServer) -> None:
        """Adds a new one, which is the current one."""
        self.current = server
        self.by_channel[server.channel.fileno()] = server
        self._watch(server.channel.fileno())

    def retire(self, server: ForkServer) -> None:
        """Has one fork no more: its end is expected."""
        server.retired = True
        if self.current is server:
            self.current = None

    def unwatch(self, server: ForkServer) -> None:
        """Listens to one no more."""
        if server.watched:
            server.watched = False
            self._unwatch(server.channel.fileno())

    def remove(self, server: ForkServer) -> None:
        """Removes one that has ended."""
        del self.by_channel[server.channel.fileno()]
        self.unwatch(server)
        server.channel.close()
