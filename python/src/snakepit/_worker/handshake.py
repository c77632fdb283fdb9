"""The handshake of a worker's two connections to its host, work and control."""

from __future__ import annotations

import os
import platform
import socket

from google.protobuf.message import DecodeError

from snakepit._system import reserve
from snakepit._version import __version__
from snakepit._worker.boot import Boot
from snakepit._worker.link import MAX_HEADER_BYTES, Link, ProtocolError
from snakepit.v1 import worker_pb2 as pb

MIN_PROTOCOL = 1
MAX_PROTOCOL = 1


class Refused(Exception):
    """The refusal of a host to let this worker in, or to be reached. The message says why."""


def dial(boot: Boot, channel: pb.Channel) -> tuple[Link, int]:
    """Opens one connection. Returns it with the most bytes that a result may have (0: no bound).

    Raises Refused.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(boot.socket)
        link = Link(connection)
        link.write(_hello(boot, channel).SerializeToString())
        welcome = _read_welcome(link)
    except (OSError, ProtocolError) as error:
        connection.close()
        raise Refused(f"can't reach the host at {boot.socket}: {error}") from error
    except Refused:
        connection.close()
        raise
    if not welcome.max_frame_bytes:
        return link, welcome.max_body_bytes
    link.max_frame_bytes = welcome.max_frame_bytes
    fitting = max(1, welcome.max_frame_bytes - MAX_HEADER_BYTES)
    return link, min(welcome.max_body_bytes or fitting, fitting)


def parse(header: bytes, into: pb.HostMessage | None = None) -> pb.HostMessage:
    """Parses a header, into a message that is there already, if one is given.

    Raises ProtocolError.
    """
    message = pb.HostMessage() if into is None else into
    try:
        message.ParseFromString(header)
    except (DecodeError, MemoryError) as error:
        # For want of memory, too, protobuf says that it can't be parsed.
        if not reserve.spend():
            raise ProtocolError(f"a header of {len(header)} bytes can't be parsed") from error
        return parse(header, into)
    return message


def _hello(boot: Boot, channel: pb.Channel) -> pb.WorkerMessage:
    return pb.WorkerMessage(
        hello=pb.Hello(
            token=boot.token,
            channel=channel,
            min_protocol=MIN_PROTOCOL,
            max_protocol=MAX_PROTOCOL,
            pid=os.getpid(),
            python_version=platform.python_version(),
            package_version=__version__,
        )
    )


def _read_welcome(link: Link) -> pb.Welcome:
    frame = link.read()
    if frame is None:
        raise Refused("the host closed the connection instead of answering the handshake")
    message = parse(frame[0])
    kind = message.WhichOneof("kind")
    if kind == "refusal":
        raise Refused(f"the host refused this worker: {message.refusal.message}")
    if kind != "welcome":
        raise Refused(f"the host answered the handshake with {kind}")
    if not MIN_PROTOCOL <= message.welcome.protocol <= MAX_PROTOCOL:
        raise Refused(
            f"the host chose protocol {message.welcome.protocol}, "
            f"this worker speaks {MIN_PROTOCOL} to {MAX_PROTOCOL}"
        )
    return message.welcome
