"""Loads a tokenizer and encodes a batch on import, which starts threads."""

import os
from pathlib import Path

from snakepit import tool
from tokenizers import Tokenizer

__snakepit_thread_safe__ = True

TOKENIZER = Tokenizer.from_file(str(Path(os.environ["MATRIX_FILES"]) / "tokenizer.json"))
FIRST = [encoded.ids for encoded in TOKENIZER.encode_batch(["one two", "three"] * 8)]


@tool
def answer(n: int) -> list[list[int]]:
    """Encodes a batch."""
    texts = [f"the shop number {n} sold {each} apples" for each in range(8)]
    return [list(encoded.ids) for encoded in TOKENIZER.encode_batch(texts)]


@tool
async def answer_on_loop(n: int) -> list[list[int]]:
    """Does the same on the event loop's thread."""
    return answer(n)
