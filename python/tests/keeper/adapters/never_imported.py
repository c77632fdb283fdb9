"""An adapter whose import does not end."""

import threading

print("importing", flush=True)
threading.Event().wait()
