"""The running of calls whose chunks are pulled by who calls, for `snakepit.testing`."""

from __future__ import annotations

import contextlib
from collections.abc import Coroutine, Generator
from types import CoroutineType
from typing import Any

from snakepit._tools.call_contexts import awaited_in
from snakepit._tools.errors import raised
from snakepit._tools.request import Request
from snakepit._tools.results import Answer
from snakepit._tools.runner import STREAMS, Runner
from snakepit._tools.stream import pull


class PulledRunner(Runner):
    """A runner that also runs streams where no host grants any chunks."""

    def run_pulled(self, request: Request) -> Generator[Answer, None, None]:
        """Yields the chunks of a call as they are asked for, where no host grants any."""
        tool = self._tools.get(request.tool)
        request = self._collected(tool, request)
        if tool is not None and tool.batch is not None:
            yield self.run_streamed(request)
            return
        own = self.fresh_context()
        function, arguments, context = own.run(self._prepare, tool, request)

        def await_(coroutine: Coroutine[Any, Any, Any]) -> Any:
            return self._await(awaited_in(own, coroutine))

        try:
            try:
                result = own.run(function, **arguments)
                while isinstance(result, CoroutineType):
                    result = await_(result)
            except BaseException as error:
                raise raised(error) from error
            if not isinstance(result, STREAMS):
                yield own.run(self.write, result)
                return
            with contextlib.closing(pull(result, own.run, await_)) as chunks:
                for chunk in chunks:
                    yield own.run(self.write, chunk)
        finally:
            if context is not None:
                context.end()
