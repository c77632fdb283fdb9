"""Compiles and calls a function on import, which starts the threads of XLA."""

import jax
import jax.numpy as jnp
from snakepit import tool

__snakepit_thread_safe__ = True

FUNCTION = jax.jit(lambda x: jnp.tanh(x @ x.T).sum())
FIRST = float(FUNCTION(jnp.ones((64, 64))))


@tool
def answer(n: int) -> float:
    """Calls the function."""
    rows = jnp.arange(4096.0).reshape(64, 64) % (n + 2) / 4096.0
    return round(float(FUNCTION(rows)) + FIRST, 1)


@tool
async def answer_on_loop(n: int) -> float:
    """Does the same on the event loop's thread."""
    return answer(n)
