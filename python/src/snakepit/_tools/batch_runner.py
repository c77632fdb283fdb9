"""The running of a batch: several calls of one tool, bound, run together and written each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from snakepit._system.pristine import time
from snakepit._tools import batch
from snakepit._tools.arguments import payload_of_batch
from snakepit._tools.batch import BatchRule, Outcome
from snakepit._tools.errors import CallError, raised
from snakepit._tools.loading import Tool
from snakepit._tools.request import Request
from snakepit._tools.results import Answer
from snakepit._tools.stream import Sink

Call = Callable[[Callable[..., Any], dict[str, Any]], Coroutine[Any, Any, Any]]
"""A way to call a tool's function with these arguments, and to wait for it if it is async."""

Write = Callable[[Any, Sink | None], Answer]
"""A way to write a result, to a sink if the call's answer is to be a stream."""


async def run_together(
    tool: Tool, rule: BatchRule, requests: list[Request], call: Call, write: Write
) -> list[Answer | CallError]:
    """Runs calls of one tool together, and tells what each is answered with.

    Those whose arguments make no sense are left out. Raises CallError if an interruption ends all.
    """
    begun = time.monotonic()
    answers: list[Answer | CallError] = []
    items, places = [], []
    for place, request in enumerate(requests):
        answers.append(("", b""))
        try:
            items.append(payload_of_batch(tool.name, request.content_type, request.body))
            places.append(place)
        except CallError as error:
            answers[place] = error
    if not items:
        return answers
    context = requests[places[0]].make_context() if rule.context is not None else None
    shared = {rule.context: context} if rule.context is not None else {}
    try:
        outcomes = await batch.run(
            lambda some: call(tool.function, {rule.items: some, **shared}),
            items,
            lambda item: requests[places[item]].is_unwanted(begun),
        )
    except BaseException as error:
        raise raised(error) from error
    finally:
        if context is not None:
            context.end()
    for place, outcome in zip(places, outcomes, strict=True):
        answers[place] = _written(outcome, requests[place].sink, write)
    return answers


def _written(outcome: Outcome, sink: Sink | None, write: Write) -> Answer | CallError:
    if isinstance(outcome, CallError):
        return outcome
    try:
        return write(outcome, sink)
    except CallError as error:
        return error
