"""Frames on a blocking Unix socket: one system call to read a small one, one to write it.

A frame is two big-endian uint32, the lengths of header and body, then the header (protobuf) and
the body (raw bytes). A link belongs to one thread; only `wake` and `close` may come from another.
"""

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import gc
import struct
import termios
import weakref
from typing import TYPE_CHECKING, NoReturn

from snakepit._system import fresh_bytes, reserve, room
from snakepit._system.pristine import os
from snakepit._system.sockets import Socket, socket
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
# Small frames go together up to here.
_TOGETHER_BYTES = 128 * 1024
# A socket that is not quite blocking needs some limit.
_PATIENCE_SECONDS = 24 * 3600.0
# Exit status of a tool's forked child that took itself for the worker (EX_SOFTWARE).
_CHILD_STATUS = 70

Frame = tuple[bytes, memoryview]


# To be closed in children.
_kept: weakref.WeakSet[Link] = weakref.WeakSet()


class ProtocolError(Exception):
    """A breach of the protocol by the other side, after which the connection must end."""


class TooLarge(ValueError):
    """A frame that the other side would not accept. It was not written: the connection goes on."""


class Unheld(ProtocolError):
    """A frame whose body found no memory, or no room: it was read to its end and dropped.

    Attributes: `header` is the frame's, `size` the bytes of its body. A breach only where nothing
    that large has a place.
    """

    def __init__(self, header: bytes, size: int) -> None:
        super().__init__(f"a body of {size} bytes found no memory")
        self.header = header
        self.size = size


class Link:
    """A connection to the host.

    Attributes: `max_frame_bytes` bounds a frame in either direction; `reads` counts the frames that
    have begun to come, for another thread to see whether there are any.
    """

    def __init__(self, connection: Socket, max_frame_bytes: int = 1 << 32) -> None:
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
        # Bytes of a begun frame that the buffer still has, from its beginning on; 0: as many as
        # were received at first, -1: some are there no more.
        self._begun = 0

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

        The body is valid until the next read. Raises ProtocolError for a frame that is too large,
        or that has found no memory amid its body, and Unheld for one whose body finds none at all.
        """
        size = -1
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
        except MemoryError:
            if not self._left:
                self._keep(self._begun or size)
            self._begun = 0
            if not reserve.spend():
                raise
            return self.read()

    def _keep(self, size: int) -> None:
        """Keeps what has come of a frame, for the next read. Raises ProtocolError if it can't."""
        if size < 0:
            raise ProtocolError("there was no memory amid a frame, of which some is lost") from None
        self._next, self._left = 0, size

    def _take(self, start: int, end: int, size: int) -> Frame:
        """Returns the frame at the buffer's beginning, of whose `size` bytes it is the first."""
        self._next, self._left = 0, size  # not read yet, if there is no memory
        frame = bytes(self._view[_LENGTHS.size : start]), self._view[start:end]
        self._next, self._left = end, size - end
        self._begun = 0
        return frame

    def write(self, header: bytes, body: Body = b"") -> None:
        """Writes a frame. Raises OSError if the connection has ended, TooLarge if it may not go."""
        size = len(body)
        if len(header) > MAX_HEADER_BYTES or size > self.max_frame_bytes - len(header):
            raise TooLarge(
                f"a header of {len(header)} bytes and a body of {size} are more than the host takes"
            )
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
        try:
            for part in parts:
                if sent < len(part):
                    self._send(memoryview(part)[max(sent, 0) :])
                sent -= len(part)
        except MemoryError:
            self.end()  # nothing may be written behind a part of a frame
            raise OSError(errno.ENOMEM, "there was no memory amid a frame") from None

    def write_all(self, frames: list[tuple[bytes, Body]]) -> None:
        """Writes frames, small ones together, and takes each off the list once it is written.

        Raises OSError if the connection has ended; MemoryError, and then those left are unwritten.
        """
        while frames:
            count, together = _small_ones(frames)
            if count:
                self._send(together)
            else:
                count = 1
                self.write(*frames[0])
            del frames[:count]

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
        size = self._left
        self._view[:size] = self._view[self._next : self._next + size]
        self._next = self._left = 0
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
        return self._take(start, end, size)

    def _read_large(self, size: int, start: int, length: int) -> Frame | None:
        """Reads a frame that exceeds the buffer: its body goes straight to memory of its own."""
        size = self._fill(size, start)
        if size < start:
            return None
        filled = size - start
        try:
            body, view = _hold(length)
            view[:filled] = self._view[start:size]
            # Made now: what has come can't be read once more.
            frame = bytes(self._view[_LENGTHS.size : start]), memoryview(body)
        except MemoryError:
            return self._drop(size, start, length)
        self._begun = -1
        while filled < length:
            got = self._socket.recv_into(view[filled:], 0, socket.MSG_WAITALL)
            if not got:
                return None
            filled += got
        self._begun = 0
        return frame

    def _drop(self, size: int, start: int, length: int) -> Frame | None:
        """Reads a body that can't be held, piece by piece. Raises Unheld. None: the end came."""
        header, _ = self._take(start, start, size)
        dropped = Unheld(header, length)
        self._left, self._begun = 0, -1
        left = length - (size - start)
        while left:
            got = self._receive(self._view[: min(left, _BUFFER_BYTES)])
            if not got:
                return None
            left -= got
        self._begun = 0
        raise dropped

    def _fill(self, size: int, wanted: int) -> int:
        """Receives until the buffer holds `wanted` bytes; fewer are returned if the peer ended."""
        while size < wanted:
            got = self._receive(self._view[size:])
            if not got:
                return size
            size += got
            self._begun = size
        return size


def _hold(length: int) -> tuple[bytes, memoryview]:
    """Makes a body and a view to fill it by. Raises MemoryError."""
    try:
        room.require(length)
        return fresh_bytes.make(length)
    except MemoryError:
        gc.collect()  # what earlier calls have left in circles is no reason to refuse this one
    room.require(length)
    return fresh_bytes.make(length)


def _small_ones(frames: list[tuple[bytes, Body]]) -> tuple[int, bytearray]:
    """Returns how many frames there are up to the first large one, and these in one piece."""
    together = bytearray()
    count = 0
    for header, body in frames:
        if (
            len(body) > _SMALL_BODY_BYTES
            or len(header) > MAX_HEADER_BYTES
            or len(together) > _TOGETHER_BYTES
        ):
            break
        together += _LENGTHS.pack(len(header), len(body)) + header + bytes(body)
        count += 1
    return count, together


def _end_child(*_: object) -> NoReturn:
    os._exit(_CHILD_STATUS)


def _after_fork() -> None:
    for link in list(_kept):
        link._disown()  # noqa: SLF001 - of this module


os.register_at_fork(after_in_child=_after_fork)
