"""The floor: the least that a Python process can do for a call.

Dials the Unix socket named by its only argument, and answers frames in a bare loop: a fixed 12-byte
header (an id of 8 bytes, a length of 4, big-endian) and a JSON body, parsed and written by the standard library.
"""

from __future__ import annotations

import json
import socket
import struct
import sys

_HEADER = struct.Struct(">QI")


def main(path: str) -> None:
    """Serves until the other side closes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        buffer = bytearray(65536)
        while True:
            size = connection.recv_into(buffer)
            if not size:
                return
            identity, length = _HEADER.unpack_from(buffer)
            start = _HEADER.size
            value = json.loads(buffer[start : start + length])
            body = json.dumps(value).encode()
            connection.sendall(_HEADER.pack(identity, len(body)) + body)


if __name__ == "__main__":
    main(sys.argv[1])
