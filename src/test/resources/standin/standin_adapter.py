"""Behaviours of workers in the keeper's tests; the worker's name says which."""

import os
import subprocess
import sys
import time

SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]


def run(worker):
    what = worker.split("-")[0]
    if what == "talk":
        print("hello from", worker)
        print("a complaint", file=sys.stderr)
        return 3
    if what == "leave":
        subprocess.Popen(SLEEP, start_new_session=True, stdout=subprocess.DEVNULL)
        subprocess.Popen(SLEEP)
    time.sleep(600)
