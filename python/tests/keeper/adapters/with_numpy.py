"""An adapter that has numpy loaded before it is forked."""

import numpy as np  # type: ignore[import-not-found, unused-ignore]
from keeper.adapters.behaviours import *  # noqa: F403


def multiply(boot: object) -> int:
    matrix = np.random.rand(400, 400)
    print("product", float((matrix @ matrix).sum()))
    return 0
