"""An adapter that leaves half a line in the buffers of standard output and error."""

import sys

from keeper.adapters.behaviours import *  # noqa: F403

for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(line_buffering=False, write_through=False)  # type: ignore[union-attr]
    stream.write("half a line")
