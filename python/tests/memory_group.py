"""A directory that looks like a cgroup's (v2), as far as its memory goes: the kernel's own formats.

The files don't change by themselves, so that what is left is what the test says.
"""

from __future__ import annotations

from pathlib import Path

# The lines that the kernel's documentation lists, in its order; the numbers are a small service's.
STAT = """\
anon 18944000
file 204800
kernel 2142208
kernel_stack 65536
pagetables 360448
sec_pagetables 0
percpu 1728
sock 4096
vmalloc 0
shmem 0
zswap 0
zswapped 0
file_mapped 0
file_dirty 0
file_writeback 0
swapcached 0
anon_thp 0
file_thp 0
shmem_thp 0
inactive_anon 18911232
active_anon 32768
inactive_file 204800
active_file 0
unevictable 0
slab_reclaimable 1106192
slab_unreclaimable 518576
slab 1624768
workingset_refault_anon 0
workingset_refault_file 0
workingset_activate_anon 0
workingset_activate_file 0
workingset_restore_anon 0
workingset_restore_file 0
workingset_nodereclaim 0
pgscan 0
pgsteal 0
pgscan_kswapd 0
pgscan_direct 0
pgsteal_kswapd 0
pgsteal_direct 0
pgfault 6302
pgmajfault 0
pgrefill 0
pgactivate 0
pgdeactivate 0
pglazyfree 0
pglazyfreed 0
thp_fault_alloc 0
thp_collapse_alloc 0
"""
CACHED = 204800 + 1106192


def make(directory: Path, limit: int | str, used: int, **stat: int) -> str:
    """Makes the directory; `stat` are lines of memory.stat that differ. Returns its path."""
    directory.mkdir(exist_ok=True)
    lines = dict(line.split() for line in STAT.splitlines())
    assert lines.keys() >= stat.keys()
    lines.update((name, str(count)) for name, count in stat.items())
    (directory / "memory.max").write_text(f"{limit}\n")
    (directory / "memory.current").write_text(f"{used}\n")
    (directory / "memory.stat").write_text("".join(f"{n} {c}\n" for n, c in lines.items()))
    return str(directory)
