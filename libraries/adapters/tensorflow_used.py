"""Calls a function on import, which starts the threads of TensorFlow."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf  # after the variable that it reads
from snakepit import tool

__snakepit_thread_safe__ = True

FUNCTION = tf.function(lambda x: tf.reduce_sum(tf.tanh(tf.matmul(x, x))))
FIRST = float(FUNCTION(tf.ones((64, 64))))


@tool
def answer(n: int) -> float:
    """Calls the function."""
    rows = tf.reshape(tf.range(4096.0) % (n + 2.0) / 4096.0, (64, 64))
    return round(float(FUNCTION(rows)) + FIRST, 1)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
