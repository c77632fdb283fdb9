"""Frames on a blocking Unix socket: one system call to read a small one, one to write it.

A frame is two big-endian uint32, the lengths of header and body, then the header (protobuf) and
the body (raw bytes). A link belongs to one thread; only `wake` and `close` may come from another.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import socket
import struct
import termios
import weakref
from typing import TYPE_CHECKING, NoReturn

from snakepit._system import fresh_bytes
from snakepit._tools.bodies import Body, Gathered

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_LENGTHS = struct.Struct(">II")
MAX_HEADER_BYTES = 64 * 1024
# Holds any header, and with it the body of a small frame.
_BUFFER_BYTES = 2 * MAX_HEADER_BYTES
# Up to here one copy into one buffer is cheaper than a send of two.
_SMALL_BODY_BYTES = 16 * 1024
# A socket that is not quite blocking needs some limit.
_PATIENCE_SECONDS = 24 * 3600.0
# Exit status of a tool's forked child that took itself for the worker (EX_SOFTWARE).
_CHILD_STATUS = 70

Frame = tuple[bytes, memoryview]


# To be closed in children.
_kept: weakref.WeakSet[Link] = weakref.WeakSet()


class ProtocolError(Exception):
    """A breach of the protocol by the other side, after which the connection must end."""


class Link:
    """A connection to the host.

    Attributes: `max_frame_bytes` bounds a frame in either direction; `reads` counts the frames that
    have begun to come, for another thread to see whether there are any.
    """

    def __init__(self, connection: socket.socket, max_frame_bytes: int = 1 << 32) -> None:
        self.max_frame_bytes = max_frame_bytes
        self.reads = 0
        self._socket = connection
        self._receive: Callable[..., int] = connection.recv_into
        self._send: Callable[..., None] = connection.sendall
        self._send_parts: Callable[..., int] = connection.sendmsg
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        # Where in the buffer the next frame has begun, if some of it came with the last.
        self._next = 0
        self._left = 0

    @property
    def has_more(self) -> bool:
        """True if bytes of the next frame have been received already."""
        return self._left > 0

    def unread(self) -> int:
        """Counts the bytes that wait in the socket, unread. From any thread, until it is closed."""
        count = array.array("i", [0])
        fcntl.ioctl(self._socket.fileno(), termios.FIONREAD, count)
        return count[0]

    def fileno(self) -> int:
        """Returns the socket's descriptor, to be polled."""
        return self._socket.fileno()

    def watch(self, loop: asyncio.AbstractEventLoop, on_readable: Callable[[], object]) -> None:
        """Has an event loop call this whenever there is something to read. On the loop's thread.

        A loop may make the descriptor non-blocking, as uvloop does. So until `unwatch` reads and
        writes wait by `poll`, one system call more, instead of failing.
        """
        self._socket.settimeout(_PATIENCE_SECONDS)
        loop.add_reader(self._socket.fileno(), on_readable)

    def unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends a watch that `watch` has begun."""
        loop.remove_reader(self._socket.fileno())
        self._socket.settimeout(None)

    def read(self) -> Frame | None:
        """Waits for a frame. None: the connection has ended.

        The body is valid until the next read. Raises ProtocolError for a frame that is too large.
        """
        try:
            size = self._shift() if self._left else self._receive(self._buffer)
            self.reads += 1
            if size >= _LENGTHS.size:
                header, body = _LENGTHS.unpack_from(self._buffer)
                start = _LENGTHS.size + header
                if size == start + body <= self.max_frame_bytes and header <= MAX_HEADER_BYTES:
                    view = self._view
                    return bytes(view[_LENGTHS.size : start]), view[start:size]
            return self._read_rest(size) if size else None
        except ConnectionResetError:
            return None

    def write(self, header: bytes, body: Body = b"") -> None:
        """Writes a frame. Raises OSError if the connection has ended."""
        size = len(body)
        head = _LENGTHS.pack(len(header), size) + header
        if type(body) is Gathered:
            self._write_parts((head, *body.parts))
        elif size <= _SMALL_BODY_BYTES:
            self._send(head + body)  # type: ignore[operator] # nothing else is left
        else:
            self._write_parts((head, body))  # type: ignore[arg-type] # as above

    def _write_parts(self, parts: tuple[bytes | bytearray | memoryview, ...]) -> None:
        """Writes parts with one system call, unless that takes only some of them."""
        sent = self._send_parts(parts)
        for part in parts:
            if sent < len(part):
                self._send(memoryview(part)[max(sent, 0) :])
            sent -= len(part)

    def write_all(self, frames: list[tuple[bytes, Body]]) -> None:
        """Writes frames, small ones together. Raises OSError if the connection has ended."""
        together = bytearray()
        for header, body in frames:
            if len(body) > _SMALL_BODY_BYTES:
                self._send(together)
                together = bytearray()
                self.write(header, body)
            else:
                together += _LENGTHS.pack(len(header), len(body)) + header + bytes(body)
        if together:
            self._send(together)

    def wake(self) -> None:
        """Ends a wait in `read`, from any thread: it returns None, once the buffers are empty."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)

    def end(self) -> None:
        """Ends the connection in both directions, from any thread. The descriptor stays open."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def keep_from_children(self) -> None:
        """Leaves the link to this process alone: a fork's copy is closed, and of no use.

        Where a tool forks, and its child returns or raises instead of ending, that would answer the
        call a second time and go on as a second worker. It ends at the first try.
        """
        _kept.add(self)

    def _disown(self) -> None:
        """Closes the copy of a child."""
        self._socket.close()
        self._send = self._send_parts = self._receive = _end_child

    def _shift(self) -> int:
        """Moves the beginning of the next frame to the buffer's, and returns its size."""
        size, self._left = self._left, 0
        self._buffer[:size] = self._buffer[self._next : self._next + size]
        return size

    def _read_rest(self, size: int) -> Frame | None:
        """Reads the rest of a frame of which `size` bytes are in the buffer, perhaps with more."""
        size = self._fill(size, _LENGTHS.size)
        if size < _LENGTHS.size:
            return None
        header, body = _LENGTHS.unpack_from(self._buffer)
        start = _LENGTHS.size + header
        end = start + body
        if header > MAX_HEADER_BYTES or end > self.max_frame_bytes:
            raise ProtocolError(
                f"a frame with a header of {header} bytes and a body of {body} is too large: "
                f"at most {MAX_HEADER_BYTES}, and {self.max_frame_bytes} together"
            )
        if end > _BUFFER_BYTES:
            return self._read_large(size, start, body)
        size = self._fill(size, end)
        if size < end:
            return None
        self._next, self._left = end, size - end
        return bytes(self._view[_LENGTHS.size : start]), self._view[start:end]

    def _read_large(self, size: int, start: int, length: int) -> Frame | None:
        """Reads a frame that exceeds the buffer: its body goes straight to memory of its own."""
        size = self._fill(size, start)
        if size < start:
            return None
        body, room = fresh_bytes.make(length)
        filled = size - start
        room[:filled] = self._view[start:size]
        while filled < length:
            got = self._socket.recv_into(room[filled:], 0, socket.MSG_WAITALL)
            if not got:
                return None
            filled += got
        return bytes(self._view[_LENGTHS.size : start]), memoryview(body)

    def _fill(self, size: int, wanted: int) -> int:
        """Receives until the buffer holds `wanted` bytes; fewer are returned if the peer ended."""
        while size < wanted:
            got = self._receive(self._view[size:])
            if not got:
                return size
            size += got
        return size


def _end_child(*_: object) -> NoReturn:
    os._exit(_CHILD_STATUS)


def _after_fork() -> None:
    for link in list(_kept):
        link._disown()  # noqa: SLF001 - of this module


os.register_at_fork(after_in_child=_after_fork)
