"""An adapter that writes into every socket it finds when it is imported."""

import contextlib
import os

for fd in range(3, 64):
    with contextlib.suppress(OSError):
        if os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):  # noqa: PTH115
            os.write(fd, b"\0\0\0\2[]")
