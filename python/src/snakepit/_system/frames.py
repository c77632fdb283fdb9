"""Frames on a Unix socket: a big-endian uint32 length and that many bytes of a JSON object.

Used between host and keeper, and between keeper and fork server, where descriptors may travel with
a frame. Nothing here blocks: what can't be sent now waits in a queue whose size is known, and the
owner of the queue decides what to leave out.
"""

from __future__ import annotations

import array
from collections import deque

from snakepit._system.pristine import json, os
from snakepit._system.sockets import Socket, socket

LARGEST_FRAME = 1 << 20
"""Bytes of the largest frame that is read; a larger one is skipped and reported as malformed."""

LOST = -1
"""Stands for a descriptor that the kernel could not hand over: this process has too many open."""

PER_FRAME = 2
"""Descriptors that travel with a frame, if any do: where some are lost, so are both."""

_CHUNK = 65536
_CUT = 8192  # characters of each text of a message that is too large
_DESCRIPTORS = 64
_LENGTH = 4
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Malformed(ValueError):
    """A frame whose content is no JSON object. The conversation goes on after it."""


def encode(message: dict[str, object]) -> bytes:
    """Makes a frame of a message. Lone surrogates, as of odd file names, become question marks.

    The other side ends the conversation at a frame that is too large: one that would be has its
    texts cut.
    """
    body = _written(message)
    if len(body) > LARGEST_FRAME:
        texts = {k: v[:_CUT] if isinstance(v, str) else v for k, v in message.items()}
        body = _written(texts)
    return len(body).to_bytes(_LENGTH, "big") + body


def _written(message: dict[str, object]) -> bytes:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


class FrameReader:
    """A reader that takes bytes and gives whole frames. Pure: knows no socket."""

    def __init__(self, largest: int = LARGEST_FRAME) -> None:
        self._largest = largest
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> list[bytes | Malformed]:
        """Returns the bodies that are whole by now; in place of one too large, its complaint."""
        self._buffer += data
        found: list[bytes | Malformed] = []
        while True:
            if self._skip:
                dropped = min(self._skip, len(self._buffer))
                del self._buffer[:dropped]
                self._skip -= dropped
            if self._skip or len(self._buffer) < _LENGTH:
                return found
            length = int.from_bytes(self._buffer[:_LENGTH], "big")
            if length > self._largest:
                self._skip = _LENGTH + length
                found.append(Malformed(f"frame of {length} bytes, at most {self._largest} allowed"))
                continue
            if len(self._buffer) < _LENGTH + length:
                return found
            found.append(bytes(self._buffer[_LENGTH : _LENGTH + length]))
            del self._buffer[: _LENGTH + length]


def decode(body: bytes | Malformed) -> dict[str, object]:
    """Returns the JSON object in a frame. Raises Malformed."""
    if isinstance(body, Malformed):
        raise body
    try:
        message = json.loads(body)
    except ValueError as error:
        raise Malformed(f"no JSON: {error}: {body[:200]!r}") from None
    if not isinstance(message, dict):
        raise Malformed(f"no JSON object: {body[:200]!r}")
    return message


class Channel:
    """One non-blocking connection that carries frames both ways."""

    def __init__(self, connection: Socket) -> None:
        connection.settimeout(0)
        self._socket = connection
        self._reader = FrameReader()
        self._outgoing: deque[tuple[bytes, tuple[int, ...]]] = deque()
        self.queued = 0
        """Bytes that wait to be sent."""
        self.ended = False
        """True once the other side has closed, or sending failed. Frames may still be returned."""
        self.descriptors: deque[int] = deque()
        """Descriptors that came with frames, in order."""

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: dict[str, object], descriptors: tuple[int, ...] = ()) -> None:
        """Queues a frame. The descriptors are ours from now on, and closed once they are sent."""
        frame = encode(message)
        self._outgoing.append((frame, descriptors))
        self.queued += len(frame)

    def flush(self) -> None:
        """Sends as much as the socket takes."""
        while self._outgoing and not self.ended:
            data, descriptors = self._next_outgoing()
            try:
                sent = self._send(data, descriptors)
            except BlockingIOError:
                self._outgoing.appendleft((data, descriptors))
                return
            except OSError:
                self.ended = True
                _close_all(descriptors)
                return
            self.queued -= sent
            _close_all(descriptors)
            if sent < len(data):
                self._outgoing.appendleft((data[sent:], ()))

    def receive(self) -> list[bytes | Malformed]:
        """Returns the frames that one read completes; sets ``ended`` at the connection's end."""
        try:
            data, descriptors = self._receive()
        except BlockingIOError:
            return []
        except OSError:
            data, descriptors = b"", []
        self.descriptors.extend(descriptors)
        if not data:
            self.ended = True
        return self._reader.feed(data)

    def close(self) -> None:
        for _, descriptors in self._outgoing:
            _close_all(descriptors)
        self._outgoing.clear()
        _close_all(tuple(self.descriptors))
        self.descriptors.clear()
        self._socket.close()
        self.ended = True

    def _next_outgoing(self) -> tuple[bytes, tuple[int, ...]]:
        """Takes the first frame, with those after it as far as they carry no descriptors."""
        data, descriptors = self._outgoing.popleft()
        if descriptors or not self._outgoing:
            return data, descriptors
        parts = [data]
        size = len(data)
        while self._outgoing and not self._outgoing[0][1] and size < _CHUNK:
            parts.append(self._outgoing.popleft()[0])
            size += len(parts[-1])
        return b"".join(parts), ()

    def _send(self, data: bytes, descriptors: tuple[int, ...]) -> int:
        if not descriptors:
            return self._socket.send(data)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        return self._socket.sendmsg([data], [rights])

    def _receive(self) -> tuple[bytes, list[int]]:
        room = socket.CMSG_SPACE(_DESCRIPTORS * array.array("i").itemsize)
        data, ancillary, flags, _ = self._socket.recvmsg(_CHUNK, room, _CLOSE_ON_EXEC)
        received = array.array("i")
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received.frombytes(content[: len(content) - len(content) % received.itemsize])
        if flags & socket.MSG_CTRUNC:
            _close_all(tuple(received))
            return data, [LOST] * PER_FRAME
        return data, list(received)


def _close_all(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        if descriptor != LOST:
            os.close(descriptor)
