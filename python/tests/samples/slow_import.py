"""Takes its time to be imported, unless it has been interrupted before."""

import builtins
from collections.abc import Callable

wait: Callable[[], object] | None = vars(builtins).pop("slow_import_waits", None)
if wait is not None:
    wait()

VALUE = "whole"
