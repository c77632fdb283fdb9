"""The operating system's side of processes: what keeper, fork server and workers have in common.

Each module is an entry of its own: ``lifeline`` ties a process to its parent, ``process_table``
reads ``/proc``, ``killing`` ends processes without hitting a stranger, ``frames`` carries JSON over
a Unix socket, ``limits`` bounds a process, ``signals`` names the reserved ones, ``fresh_bytes``
fills ``bytes`` without a copy, ``room`` tells whether something large may be held. ``pristine``,
``sockets`` and ``threads`` have what user code can't patch any more, ``standard_streams`` writes to
streams that it may have closed, and ``orderly_end`` runs what it has registered for the end.
``origins`` tells whose code a file holds, ``thread_clock`` how much a thread has computed.

Only the standard library may be imported here, and none of the other rooms: the keeper, which is
started without site-packages, uses these modules. They have no threads of their own.
"""
