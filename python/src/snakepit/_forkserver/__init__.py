"""The fork server: a process that has imported the adapter, and forks a worker for each order.

``server`` is what the keeper starts; ``audit`` finds out whether what was imported can be forked;
``child`` is the first moments of each forked worker, which then runs ``snakepit._worker.main``. It
imports user code, and therefore may hang or crash: the keeper sees to that. It may use every room
but ``snakepit._keeper``, and has one thread, since a fork copies no other.
"""
