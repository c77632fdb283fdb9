"""One worker: its two connections to the host, and the loop that runs calls.

Enter at ``main``: it dials (``handshake``), starts the adapter, and runs the loop of the pool's
profile: ``process_loop``, ``thread_loop`` or ``async_loop``, which has ``snakepit._tools`` run each
call. A stream leaves by ``chunk_sender``, an upload comes by ``upload``, and a tool's calls to the
host go by ``host`` or, where calls share the connection, by ``shared_host``.

It may use ``snakepit._tools``, ``snakepit._system`` and the messages of ``snakepit.v1``. The loop
owns the work connection, on the main thread; ``control`` has the control connection and a thread of
its own.
"""
