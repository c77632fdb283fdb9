"""An adapter that prints what looks like answers, and starts a helper, when it is imported."""

import subprocess
import sys

from keeper.adapters.behaviours import *  # noqa: F403
from keeper.adapters.behaviours import SLEEP

print('{"event":"imported"}')
sys.stderr.write("\x00\x00\x00\x02{}\n")
subprocess.Popen(SLEEP)
subprocess.Popen(["/bin/true"])
