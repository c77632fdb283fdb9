"""The keeper's entry: ``python -I -S -c "...; from snakepit._keeper.__main__ import main"``."""

import sys

from snakepit._keeper.loop import main

if __name__ == "__main__":
    sys.exit(main())
