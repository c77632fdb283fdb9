"""The form of log lines in a worker whose user has set up no logging: their stacks without us."""

from __future__ import annotations

import logging
from types import TracebackType

from snakepit._tools.errors import PythonFault
from snakepit._tools.stacks import visible_stack

FORMAT = "%(levelname)s %(name)s: %(message)s"


def set_up() -> None:
    """Has records of level INFO and above written to standard error, unless the user has done so.

    A root logger that has a handler already is left as it is.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class Formatter(logging.Formatter):
    """A formatter that cuts frames of this package out of tracebacks and stacks."""

    def formatException(  # noqa: N802 - the base's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Returns a traceback from the user's first frame on."""
        error = ei[1]
        if error is None:
            return super().formatException(ei)
        return PythonFault(error).traceback.rstrip("\n")

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the base's name
        """Returns a stack from the user's first frame on."""
        return visible_stack(stack_info)
