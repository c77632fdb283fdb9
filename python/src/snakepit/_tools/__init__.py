"""Tools: how they are declared, found, bound to their arguments, run and interrupted.

All that a user's code meets: ``adapter`` and ``context`` hold the public classes, ``errors`` all
that can go wrong, ``loading`` finds an adapter and compiles its tools, and ``runner`` runs one
call, with ``arguments`` before it and ``results`` after it, both in a worker and in
``snakepit.testing``.

No sockets and no protocol here: what a call needs of its host comes by an object that the worker
hands in. It may use ``snakepit._system``. Calls run on the thread that the worker's loop chooses;
``cancel_scope`` alone is called from other threads.
"""
