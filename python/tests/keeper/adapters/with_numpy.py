"""An adapter that has numpy loaded, and has drawn from it, before it is forked."""

import numpy as np
from keeper.adapters.behaviours import *  # noqa: F403

# numpy loads its module random with the first use: without one there is nothing to seed anew.
DRAWN = np.random.rand()


def multiply(boot: object) -> int:
    """Uses the BLAS library with its threads, which have not survived the fork."""
    matrix = np.ones((400, 400))
    print("product", float((matrix @ matrix).sum()), "random", np.random.rand())
    return 0
