"""Runs a program whose standard input is a terminal, and types a file into it, then Ctrl-D.

Usage: ``typist.py FILE PROGRAM ARGUMENT...``. Output and exit code are the program's; a signal to
end goes on to it.
"""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading


def lead_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def drain(terminal: int) -> None:
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass  # nobody has it open any more


def main() -> int:
    with open(sys.argv[1], "rb") as file:
        text = file.read()
    ours, theirs = pty.openpty()
    child = subprocess.Popen(sys.argv[2:], stdin=theirs, preexec_fn=lead_terminal)
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    os.close(theirs)
    threading.Thread(target=drain, args=(ours,), daemon=True).start()
    ends_line = not text or text.endswith(b"\n")
    os.write(ours, text + (b"\x04" if ends_line else b"\x04\x04"))
    status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
