"""Open descriptors of this process: what each is, and what forked workers would make of it."""

from __future__ import annotations

import _socket  # the module socket may have been patched by what was imported
import errno
import fcntl
import stat
from collections.abc import Iterable
from typing import NamedTuple

from snakepit._forkserver.findings import Finding
from snakepit._forkserver.survivors import may_be_shared
from snakepit._system.pristine import os

_OPEN = "open it in start()"
_MAKE = "make it in start()"
_CONNECT = "connect in start()"
_STANDARD = 2
# Of a descriptor that only names a file, and can't read it.
_NO_PLACE = getattr(os, "O_PATH", 0)
# Devices that answer everybody alike.
_PLAIN_DEVICES = frozenset(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom"))
_PIPES = "pipe:["
_SHARED = ("/dev/shm/", "/memfd:")  # noqa: S108 - files of others
_INODES = {
    "anon_inode:[eventpoll]": "epoll, the heart of an event loop",
    "anon_inode:[eventfd]": "eventfd, which wakes an event loop",
    "anon_inode:[timerfd]": "timerfd",
    "anon_inode:[signalfd]": "signalfd",
    "anon_inode:inotify": "inotify, a watch on files",
    "anon_inode:[io_uring]": "io_uring",
    "anon_inode:[pidfd]": "pidfd, a hold on a process",
}


class Descriptor(NamedTuple):
    """An open descriptor. Two with the same ``target`` may be ends of one pipe."""

    number: int
    target: str
    """The target of its link in ``/proc/self/fd``: a path, or such as ``pipe:[4711]``."""
    flags: int
    """As ``F_GETFL`` tells them."""
    mode: int
    """Type and rights of the file, as ``fstat`` tells them."""
    detail: str = ""
    """The description of a socket, such as ``socket to 10.0.0.5:5432``."""
    identity: tuple[int, int] = (0, 0)
    """Device and inode: a file keeps them when it is renamed or deleted, unlike ``target``."""

    @property
    def writes(self) -> bool:
        return _writes(self.flags)

    @property
    def is_plain_file(self) -> bool:
        return stat.S_ISREG(self.mode)


class NotReopened(OSError):
    """A file of the import can't be opened again, so that workers would share a place in it."""


def _writes(flags: int) -> bool:
    return flags & os.O_ACCMODE != os.O_RDONLY


def read() -> list[Descriptor]:
    """Returns what is open, but for the standard streams. Raises OSError if nobody tells."""
    numbers = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    found = (_read(number) for number in numbers if number > _STANDARD)
    return [descriptor for descriptor in found if descriptor is not None]


def _read(number: int) -> Descriptor | None:
    """Returns what a descriptor is; None if it was closed meanwhile."""
    try:
        target = os.readlink(f"/proc/self/fd/{number}")
        flags = fcntl.fcntl(number, fcntl.F_GETFL)
        status = os.fstat(number)
    except OSError:
        return None
    detail = _of_socket(number) if stat.S_ISSOCK(status.st_mode) else ""
    identity = (status.st_dev, status.st_ino)
    return Descriptor(number, target, flags, status.st_mode, detail, identity)


def _of_socket(number: int) -> str:
    """Tells whom a socket is connected to. Leaves it as it is."""
    default = _socket.getdefaulttimeout()
    _socket.setdefaulttimeout(None)  # else the socket would be made non-blocking
    try:
        found = _socket.socket(fileno=number)
    except OSError:
        return "socket"
    finally:
        _socket.setdefaulttimeout(default)
    try:
        return _described(found)
    finally:
        found.detach()


def _described(found: _socket.socket) -> str:
    if found.family == _socket.AF_NETLINK:
        return "socket to the kernel (netlink)"
    try:
        own = _address(found.getsockname())
        if found.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN):
            return f"listening socket on {own}"
    except OSError:
        return "socket"
    try:
        peer = _address(found.getpeername())
    except OSError:
        return f"socket on {own}" if own and not own.endswith(":0") else "socket, not connected"
    if peer or own:
        return f"socket to {peer or 'a peer of ' + own}"
    return "socket, one of a pair"


def _address(address: object) -> str:
    if isinstance(address, tuple):
        host = str(address[0])
        return f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"
    if isinstance(address, bytes):  # an abstract one
        return "@" + address.removeprefix(b"\0").decode("utf-8", "replace")
    return str(address)


def new(before: Iterable[Descriptor], after: Iterable[Descriptor]) -> list[Descriptor]:
    """Returns those that were not there before."""
    known = {(each.number, each.target) for each in before}
    return [each for each in after if (each.number, each.target) not in known]


def dangers(opened: list[Descriptor], harmless: set[int], names: dict[int, str]) -> list[Finding]:
    """Returns what of that must not be shared by workers.

    ``harmless`` are descriptors of log files, and such as libraries' own threads wait for, with
    the other ends of their pipes; ``names`` says of some which variables hold them.
    """
    pipes = {each.target for each in opened if each.number in harmless and _is_pipe(each)}
    found: list[Finding] = []
    for each in opened:
        if each.number in harmless or each.target in pipes or may_be_shared(each.target):
            continue
        finding = _danger(each)
        if finding is not None:
            name = names.get(each.number)
            found.append(finding._replace(what=f"{finding.what} ({name})") if name else finding)
    return found


def _danger(each: Descriptor) -> Finding | None:
    if each.detail:
        return Finding(each.detail, _CONNECT)
    if _is_pipe(each):
        return Finding("pipe", _MAKE)
    if not each.target.startswith("/"):
        return Finding(_INODES.get(each.target, each.target), _MAKE)
    if stat.S_ISFIFO(each.mode):
        return Finding(f"pipe {each.target}", _OPEN)
    if stat.S_ISCHR(each.mode) or stat.S_ISBLK(each.mode):
        return None if each.target in _PLAIN_DEVICES else Finding(f"device {each.target}", _OPEN)
    if each.writes:
        what = "shared memory" if each.target.startswith(_SHARED) else "file"
        return Finding(f"{what} {each.target}, open for writing", _OPEN)
    if each.is_plain_file and not _can_be_reopened(each):
        return Finding(f"file {each.target}, which can't be opened a second time", _OPEN)
    return None


def _is_pipe(each: Descriptor) -> bool:
    return each.target.startswith(_PIPES)


def _can_be_reopened(each: Descriptor) -> bool:
    try:
        os.close(_reopen(each))
    except OSError:
        return False
    return True


def _reopen(each: Descriptor) -> int:
    flags = os.O_RDONLY | os.O_CLOEXEC | each.flags & os.O_NONBLOCK
    return os.open(f"/proc/self/fd/{each.number}", flags)


def for_reading(opened: Iterable[Descriptor]) -> list[Descriptor]:
    """Returns the plain files that are open for reading only."""
    return [
        each
        for each in opened
        if each.is_plain_file and not each.writes and not each.flags & _NO_PLACE
    ]


def part(files: Iterable[Descriptor]) -> None:
    """Gives this worker a place of its own in each file: else all would read on from one.

    Each goes on where the import has left it, also if the file was renamed, replaced or deleted
    meanwhile. One that is no longer open is left alone: its number may be that of a descriptor of
    ours. Raises NotReopened if there is no place of its own to be had.
    """
    for each in files:
        _part(each)


def _part(each: Descriptor) -> None:
    try:
        if _is_still_there(each):
            _replace(each)
    except OSError as error:
        text = (
            f"file {each.target}, which the import has opened for reading, "
            f"can't be opened a second time: {error.strerror}"
        )
        raise NotReopened(error.errno, text) from error


def _is_still_there(each: Descriptor) -> bool:
    try:
        status = os.fstat(each.number)
    except OSError as error:
        if error.errno == errno.EBADF:
            return False
        raise
    flags = fcntl.fcntl(each.number, fcntl.F_GETFL)
    return (status.st_dev, status.st_ino) == each.identity and not _writes(flags)


def _replace(each: Descriptor) -> None:
    own = _reopen(each)
    try:
        os.lseek(own, os.lseek(each.number, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(own, each.number, inheritable=os.get_inheritable(each.number))
    finally:
        os.close(own)
