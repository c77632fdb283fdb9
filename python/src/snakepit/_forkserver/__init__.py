"""The fork server: a process that has imported the adapter, and forks a worker for each order.

``server`` is what the keeper starts; ``child`` is the first moments of each forked worker, which
then runs ``snakepit._worker.main``. It imports user code, and therefore may hang or crash: the
keeper sees to that. It may use every room but ``snakepit._keeper``, and has one thread, since a
fork copies no other.
"""
