"""Filters a picture on import."""

import cv2
import numpy as np
from snakepit import tool

__snakepit_thread_safe__ = True

PICTURE = (np.arange(3 * 480 * 640) % 251).astype(np.uint8).reshape(480, 640, 3)
FIRST = cv2.GaussianBlur(PICTURE, (9, 9), 0)


@tool
def answer(n: int) -> int:
    """Filters and resizes, which OpenCV does on several threads."""
    blurred = cv2.GaussianBlur(PICTURE + np.uint8(n), (9, 9), 0)
    return int(cv2.resize(blurred, (320, 240)).astype(int).sum() + FIRST[0, 0, 0])


@tool
async def answer_on_loop(n: int) -> int:
    """Does the same on the event loop's thread."""
    return answer(n)
