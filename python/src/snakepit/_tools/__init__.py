"""Tools: how they are declared, found, bound to their arguments, run and interrupted.

All that a user's code meets: ``adapter`` and ``context`` hold the public classes, ``errors`` what
can go wrong, and ``runner`` runs one call, with ``arguments`` before it and ``results`` after it.
Both a worker and ``snakepit.testing`` run calls by it.

No sockets and no protocol here: what a call needs of its host comes by an object that the worker
hands in. It may use ``snakepit._system``. Calls run on the thread that the worker's loop chooses;
``cancel_scope`` alone is called from other threads.
"""
