"""Stacks as users know them: their own frames, not ours."""

from __future__ import annotations

import traceback
from types import FrameType

from snakepit._system.origins import LIBRARY, is_library, is_ours

# What leads from our frames to the user's: the event loop, and an import.
_BETWEEN = (f"{LIBRARY}asyncio/", f"{LIBRARY}importlib/", "<frozen importlib")


def visible(stack: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Returns the frames of a stack, the innermost last, that users know."""
    ours = [is_ours(frame.filename) for frame in stack]
    if not any(ours):
        return stack
    if stack[0].filename == "<string>" and ours[1:2] == [True]:  # what has started all of us
        ours[0] = True
    first = next(
        (i for i, frame in enumerate(stack) if not ours[i] and not _leads_to(frame.filename)),
        len(stack),
    )
    return [frame for i, frame in enumerate(stack) if i >= first and not ours[i]]


def _leads_to(filename: str) -> bool:
    """Tells whether a file's frames lead from ours to the user's: the event loop's, an import's."""
    return filename.startswith(_BETWEEN)


def visible_stack(text: str) -> str:
    """Cuts our frames out of a stack's text, as logging shows it: the innermost frame is last."""
    head, *frames = text.split('\n  File "')
    files = [frame.partition('"')[0] for frame in frames]
    summaries = [traceback.FrameSummary(file, None, "") for file in files]
    kept = {id(frame) for frame in visible(summaries)}
    shown_ = (frame for frame, one in zip(frames, summaries, strict=True) if id(one) in kept)
    return '\n  File "'.join((head, *shown_))


def stack_of(frame: FrameType | None) -> str:
    """Returns where a thread is, without our frames, the innermost last; empty if it is in ours.

    Args:
        frame: the innermost; None: not known, which is empty as well.
    """
    frames = [] if frame is None else list(traceback.walk_stack(frame))[::-1]
    try:
        stack = traceback.StackSummary.extract(iter(frames))
        return "".join(traceback.StackSummary.from_list(visible(list(stack))).format())
    except Exception:  # noqa: BLE001 - foreign code: whoever loads sources may raise anything
        return "".join(f"  {each.f_code.co_filename}:{line}\n" for each, line in frames)


def is_users_code(frame: FrameType | None) -> bool:
    """Tells whether a frame is of the user's, or of the standard library as the user has called it.

    Code of an event loop is neither.
    """
    while frame is not None:
        filename = frame.f_code.co_filename
        if is_ours(filename) or _leads_to(filename):
            return False
        if not is_library(filename):
            return True
        frame = frame.f_back
    return False
