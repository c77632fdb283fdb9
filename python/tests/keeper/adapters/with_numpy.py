"""An adapter that has numpy loaded before it is forked."""

import numpy as np
from keeper.adapters.behaviours import *  # noqa: F403


def multiply(boot: object) -> int:
    """Uses the BLAS library with its threads, which have not survived the fork."""
    matrix = np.ones((400, 400))
    print("product", float((matrix @ matrix).sum()), "random", np.random.rand())
    return 0
