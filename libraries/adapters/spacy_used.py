"""Makes a pipeline and uses it on import."""

import spacy
from snakepit import tool

__snakepit_thread_safe__ = True

PIPELINE = spacy.blank("en")
PIPELINE.add_pipe("sentencizer")
FIRST = len(PIPELINE("One. Two."))


@tool
def answer(n: int) -> list[int]:
    """Splits a text."""
    document = PIPELINE(f"Shop {n} sold {n} apples. " * (n % 5 + 1))
    return [FIRST, len(document), len(list(document.sents))]


@tool
async def answer_on_loop(n: int) -> list[int]:
    """Does the same on the event loop's thread."""
    return answer(n)
