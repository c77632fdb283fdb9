"""The floor: the least that a Python process can do for a call.

Dials the Unix socket that its only argument names, and answers frames in a bare loop: an id of
8 bytes and a length of 4, big-endian, then JSON, read and written by the standard library.
"""

from __future__ import annotations

import json
import socket
import struct
import sys

_HEADER = struct.Struct(">QI")
_START = _HEADER.size
_BUFFER_BYTES = 65536


def main(path: str) -> None:
    """Serves until the other side closes."""
    loads, dumps = json.loads, json.dumps
    pack, unpack = _HEADER.pack, _HEADER.unpack_from
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        receive, send = connection.recv, connection.sendall
        while frame := receive(_BUFFER_BYTES):
            identity, length = unpack(frame)
            value = loads(frame[_START : _START + length].decode())
            body = dumps(value).encode()
            send(pack(identity, len(body)) + body)


if __name__ == "__main__":
    main(sys.argv[1])
