"""The keeper: a small process that stands between the host and a pool's workers.

Run as ``python -I -S .../snakepit/_keeper.py SOCKET_PATH``. It starts workers and kills them on the
host's orders, reads their output, reports how they end, and when the host is gone, however that
came about, kills all below it before it ends itself. The host's end is the end of its standard
input: the kernel closes that pipe even for a host that got SIGKILL.

One thread, one poll loop, the standard library alone, and never a line of user code: what could
hang or crash happens in the fork server (``_forkserver.py``) and the workers. ``proto/README.md``
has the conversation with the host.

======================  =========================================================
``_keeper_loop``        the loop: who is ready, what is ordered
``_keeper_pool``        the life of each worker, from its order to its reported end
``_keeper_server``      a fork server as the keeper sees it
``_keeper_kill``        which process belongs to which worker; killing and reaping
``_keeper_launch``      fork and exec
``_keeper_limits``      how much memory and how many CPUs a worker may take
``_keeper_cgroup``      cgroups, where there are some to be had
``_keeper_output``      pipes to lines, within limits
``_keeper_frames``      frames of JSON on a socket
``_proctable``          ``/proc``
``_lifeline``           the kernel's ties between child and parent
``_limits``             limits, as a worker-to-be puts them on
======================  =========================================================

The modules are imported by their bare names, from beside this file: the package ``snakepit`` itself
would bring protobuf, and with ``-S`` there is no site-packages to find it in. This file is that
small since the script itself is compiled at each start, and modules are not.
"""

# pathlib takes longer to import than all of this.
# ruff: noqa: PTH100, PTH120

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from snakepit import _keeper_loop
else:
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    import _keeper_loop

if __name__ == "__main__":
    sys.exit(_keeper_loop.main())
