"""New processes: fork and exec, with everything set that must be set before the program runs."""

# pathlib takes longer to import than all of the keeper.
# ruff: noqa: PTH100, PTH120

from __future__ import annotations

import os
import signal
import sys

from snakepit._system import lifeline
from snakepit._system.limits import put_on

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn

_MOST_DESCRIPTORS = 1 << 20

# Host and workers must never differ in version: the package beside this file comes first. Then the
# standard library, the pool's paths, those of PYTHONPATH, what is installed, and the working
# directory: a user's json.py must not hide the interpreter's. What was imported before we have a
# say, as by a sitecustomize.py, may be a user's all the same: then this tells, by functions that no
# code of a user's has replaced yet.
_BOOTSTRAP = """\
import os, sys
write, leave = os.write, os._exit
mark = sys.argv.index("--")
if sys.path and sys.path[0] == "":
    del sys.path[0]
own = os.path.dirname(os.__file__)
archive = "%s/python%d%d.zip" % (os.path.dirname(own), *sys.version_info[:2])
parts = (archive, own, own + "/lib-dynload")
library = [path for path in sys.path if path in parts]
rest = [path for path in sys.path if path not in library]
sys.path[:] = [sys.argv[1], *library, *sys.argv[2:mark], *rest, os.getcwd()]
del sys.argv[1:mark + 1]
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
try:
    from snakepit.{module} import main
    sys.exit(main())
except Exception:
    sys.excepthook(*sys.exc_info())
    for name, loaded in sorted(sys.modules.items()):
        file = getattr(loaded, "__file__", None) or own
        if name in sys.stdlib_module_names and not file.startswith(own):
            said = f"{{file}} hides the interpreter's own module {{name}}: rename it\\n"
            write(2, said.encode("utf-8", "backslashreplace"))
    try:
        sys.stdout.flush()
    finally:
        leave(1)
"""


def interpreter_command(module: str, python_path: list[str], *arguments: str) -> list[str]:
    """Returns the command of a fresh interpreter that runs ``snakepit.{module}.main()``."""
    package_directory = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = _BOOTSTRAP.format(module=module)
    return [sys.executable, "-c", code, package_directory, *python_path, "--", *arguments]


def launch(
    command: list[str],
    environ: dict[str, str],
    stdio: tuple[int, int, int],
    *,
    kept: int | None = None,
    limits: dict[str, object] | None = None,
    new_session: bool,
) -> int:
    """Starts a program and returns its pid, once ``exec`` has succeeded.

    It leads a session (or just a group) of its own, dies with this process, has fresh signal
    dispositions, inherits no descriptor beyond ``stdio`` and ``kept``, and has put on ``limits``
    (see :func:`put_on`).

    :raises OSError: it could not be started.
    """
    parent = os.getpid()
    failure, failure_write = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(failure)
        os.close(failure_write)
        raise
    if pid == 0:
        _become(
            command,
            environ,
            stdio,
            (parent, failure_write),
            kept=kept,
            limits=limits or {},
            new_session=new_session,
        )
    os.close(failure_write)
    try:
        complaint = os.read(failure, 4096)  # end-of-file as soon as exec has closed the other end
    finally:
        os.close(failure)
    if complaint:
        _await_end(pid)
        number, _, text = complaint.decode("utf-8", "replace").partition(" ")
        raise OSError(int(number), text)
    return pid


def _await_end(pid: int) -> None:
    """Reaps a child that is about to end."""
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:  # gone is gone
        return


def _become(
    command: list[str],
    environ: dict[str, str],
    stdio: tuple[int, int, int],
    origin: tuple[int, int],
    *,
    kept: int | None,
    limits: dict[str, object],
    new_session: bool,
) -> NoReturn:
    """Makes a child the program. ``origin``: its parent's pid, and where it tells a failure."""
    parent, failure = origin
    try:
        signal.set_wakeup_fd(-1)
        # First of all: as long as this process holds the write ends of other workers' lifelines,
        # the keeper's death would not end their groups.
        _close_all_but({*stdio, failure} | ({kept} if kept is not None else set()))
        reset_signals()
        if new_session:
            os.setsid()
        else:
            os.setpgid(0, 0)
        lifeline.set_parent_death_signal(parent)
        for target, source in enumerate(stdio):
            os.dup2(source, target)
        if kept is not None:
            os.set_inheritable(kept, True)  # noqa: FBT003 - the function's own way
        put_on(limits)
        os.execve(command[0], command, environ)  # noqa: S606 - a shell would stand between
    except OSError as error:
        os.write(
            failure, f"{error.errno} {error.strerror}: {error.filename or command[0]}".encode()
        )
    except BaseException as error:  # noqa: BLE001 - nothing may get back into the keeper's code
        os.write(failure, f"0 {error!r}".encode("utf-8", "replace"))
    finally:
        os._exit(127)


def _close_all_but(wanted: set[int]) -> None:
    """Closes all descriptors but the standard ones and those."""
    first = 3
    for fd in sorted(wanted):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, _MOST_DESCRIPTORS)


def reset_signals() -> None:
    """Resets dispositions and mask: a signal ignored or blocked would stay so after ``exec``."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except OSError:  # noqa: PERF203 - some are reserved by the C library
            continue
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
