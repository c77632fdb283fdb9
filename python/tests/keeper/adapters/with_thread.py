"""An adapter that starts a thread when it is imported, after which forking is unsafe."""

import threading

from keeper.adapters.behaviours import *  # noqa: F403

threading.Thread(target=threading.Event().wait, name="poller", daemon=True).start()
