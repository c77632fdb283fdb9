"""The keeper: a small process that stands between the host and a pool's workers.

It starts workers and kills them on the host's orders, reads their output, reports how they end, and
when the host is gone, however that came about, kills all below it before it ends itself. The host's
end is the end of its standard input: the kernel closes that pipe even for a host that got SIGKILL.
``proto/README.md`` has the conversation with the host.

Enter at ``__main__``, then ``loop``. The host runs it with ``python -I -S -c``: neither the
environment nor site-packages decide what a keeper is. It may use the standard library and
``snakepit._system``, and no line of user code: what could hang or crash happens in the fork server
and the workers. One thread and one poll loop run all of it. Modules that take long to import, such
as ``typing`` and ``pathlib``, are left out: a pool's start waits for its keeper.

=================  ==============================================================
``loop``           the poll loop: who is ready, what is ordered
``configuration``  the host's ``configure`` order
``workers``        how workers are started, and what fork servers say of them
``ends``           how workers end
``worker``         what is known of one worker
``fork_server``    a fork server as the keeper sees it
``launch``         fork and exec
``limits``         how much memory and how many CPUs a worker may take
``cgroup``         cgroups, where there are some to be had
``output``         pipes to lines, within limits
=================  ==============================================================
"""
