"""Sockets of our own, and how to wait for them: no patch reaches them, nor a default timeout.

:class:`Socket` is C's class: unlike that of the module ``socket`` its methods can't be replaced.
"""

from __future__ import annotations

from _socket import socket as Socket  # noqa: N812 - a class

from snakepit._system.pristine import copy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import select
    import socket
else:
    import select as _select
    import socket as _socket

    select, socket = copy_of(_select), copy_of(_socket)

__all__ = ["Socket", "connection_to", "select", "socket"]


def connection_to(path: str) -> Socket:
    """Connects to a Unix socket; the connection blocks, whatever is the default.

    :raises OSError: that can't be done.
    """
    made = Socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(None)
        made.connect(path)
    except OSError:
        made.close()
        raise
    return made
