"""The keeper: a small process that stands between the host and a pool's workers.

It starts workers and kills them on the host's orders, reads their output, reports how they end, and
when the host is gone, however that came about, kills all below it before it ends itself. The host's
end is the end of its standard input: the kernel closes that pipe even for a host that got SIGKILL.
``proto/README.md`` has the conversation with the host.

Enter at ``__main__``, then ``guard`` and ``loop``. The host runs it with ``python -I -S -c``:
neither the environment nor site-packages decide what a keeper is. It may use the standard library
and ``snakepit._system``, and no line of user code: what could hang or crash happens in the fork
server and the workers. One thread and one poll loop run all of it, in the keeper and in its guard.
Modules that take long to import, such as ``typing`` and ``pathlib``, are left out: a pool's start
waits for its keeper.

=================  ==============================================================
``guard``          the keeper's parent, which kills all below when the keeper can't
``loop``           the poll loop: who is ready, what is ordered
``wakeup``         signals as bytes in a pipe
``configuration``  the host's ``configure`` order
``workers``        the host's orders, and how workers are spawned
``forking``        how workers are forked, and what fork servers say of them
``outfit``         what a worker is given before it exists
``reports``        what the host is told of workers that begin
``ends``           how workers end
``worker``         what is known of one worker
``fork_server``    a fork server as the keeper sees it
``launch``         fork and exec
``limits``         how much memory and how many CPUs a worker may take
``cgroup``         cgroups, where there are some to be had
``output``         the pipes of workers and fork servers
``lines``          bytes to lines, within limits
``stacks``         stacks in these lines, cut to the user's frames
=================  ==============================================================
"""
