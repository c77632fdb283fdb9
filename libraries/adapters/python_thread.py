"""Starts a thread on import that answers by queues."""

import queue
import threading

from snakepit import tool

ASKED: "queue.Queue[tuple[int, queue.Queue[int]]]" = queue.Queue()


def serve() -> None:
    """Answers until the end of the process."""
    while True:
        n, answers = ASKED.get()
        answers.put(n * 3)


threading.Thread(target=serve, name="answering", daemon=True).start()


@tool
def answer(n: int) -> int:
    """Asks the thread."""
    answers: queue.Queue[int] = queue.Queue()
    ASKED.put((n, answers))
    return answers.get(timeout=5)
