"""An adapter whose import hangs in C code with the GIL held."""

import ctypes

print("importing", flush=True)
ctypes.PyDLL(None).sleep(600)
