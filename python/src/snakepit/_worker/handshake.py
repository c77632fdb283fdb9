"""The handshake of a worker's two connections to its host, work and control."""

from __future__ import annotations

import platform

from snakepit._system.pristine import os
from snakepit._system.sockets import connection_to
from snakepit._version import __version__
from snakepit._worker import messages
from snakepit._worker.boot import Boot
from snakepit._worker.link import MAX_HEADER_BYTES, Link, ProtocolError
from snakepit._worker.messages import Refusal, Welcome

MIN_PROTOCOL = 1
MAX_PROTOCOL = 1


class Refused(Exception):
    """The refusal of a host to let this worker in, or to be reached. The message says why."""


def dial(boot: Boot, channel: int) -> tuple[Link, int]:
    """Opens one connection. Returns it with the most bytes that a result may have (0: no bound).

    Raises Refused.
    """
    try:
        connection = connection_to(boot.socket)
    except OSError as error:
        raise _unreached(boot, error) from error
    try:
        link = Link(connection)
        link.write(_hello(boot, channel))
        welcome = _read_welcome(link)
    except (OSError, ProtocolError) as error:
        connection.close()
        raise _unreached(boot, error) from error
    except Refused:
        connection.close()
        raise
    if not welcome.max_frame_bytes:
        return link, welcome.max_body_bytes
    link.max_frame_bytes = welcome.max_frame_bytes
    fitting = max(1, welcome.max_frame_bytes - MAX_HEADER_BYTES)
    return link, min(welcome.max_body_bytes or fitting, fitting)


def _unreached(boot: Boot, error: Exception) -> Refused:
    return Refused(f"can't reach the host at {boot.socket}: {error}")


def _hello(boot: Boot, channel: int) -> bytes:
    return messages.hello(
        token=boot.token,
        channel=channel,
        min_protocol=MIN_PROTOCOL,
        max_protocol=MAX_PROTOCOL,
        pid=os.getpid(),
        python_version=platform.python_version(),
        package_version=__version__,
    )


def _read_welcome(link: Link) -> Welcome:
    frame = link.read()
    if frame is None:
        raise Refused("the host closed the connection instead of answering the handshake")
    message = messages.read(frame[0])
    if isinstance(message, Refusal):
        raise Refused(f"the host refused this worker: {message.message}")
    if not isinstance(message, Welcome):
        raise Refused(f"the host answered the handshake with {message.kind}")
    if not MIN_PROTOCOL <= message.protocol <= MAX_PROTOCOL:
        raise Refused(
            f"the host chose protocol {message.protocol}, "
            f"this worker speaks {MIN_PROTOCOL} to {MAX_PROTOCOL}"
        )
    return message
