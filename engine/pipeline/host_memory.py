"""Bytes of the host's memory: what there is, and what is free now, of a container what its control groups allow.

Linux tells a container of the whole machine's memory (/proc/meminfo, sysconf), and ends what takes more than its limit.
Limits stand in the files of its control group and of those above, of version 1 or 2 (Documentation/admin-guide/
cgroup-v1/memory.rst and cgroup-v2.rst of the kernel).
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")  # of the files that say it
ELSEWHERE = 8 * 2**30  # of systems that do not say
FILES = {  # limit, use, and of the use the files that are dropped where memory is short
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    "": ("memory.max", "memory.current", "inactive_file"),
}


def total_memory() -> int:
    """Of the machine, or as much of it as the container may have."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else ELSEWHERE
    return min([machine, *(limit for limit, _ in _limits())])


def free_memory() -> int:
    """What programs may take and none has; no bound, where the system does not say."""
    available = _number(ROOT / "proc/meminfo", "MemAvailable:")
    machine = sys.maxsize if available is None else 1024 * available
    return max(0, min([machine, *(limit - used for limit, used in _limits())]))


def _limits() -> Iterator[tuple[int, int]]:
    """Of each control group that this process is in and that has one: its limit, and what of it cannot be dropped."""
    for folder, (most, now, droppable) in _groups():
        limit, used = _number(folder / most), _number(folder / now)
        if limit is not None and used is not None:
            yield limit, max(0, used - (_number(folder / "memory.stat", droppable) or 0))


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The folder of each control group for memory, from this process's own upwards, and its files.

    A container may be told its group's place on the machine, of which it sees nothing: then its root is its own.
    """
    try:
        lines = (ROOT / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, place = line.split(":", 2)
        kind = "memory" if "memory" in kinds.split(",") else kinds
        if kind in FILES:
            mounts = ROOT / "sys/fs/cgroup", ROOT / "sys/fs/cgroup/unified"
            for mount in (mounts[0] / kind,) if kind else mounts:
                own = mount / place.strip("/")
                for folder in (own, *own.parents)[: len(own.parts) - len(mount.parts) + 1]:
                    yield folder, FILES[kind]


def _number(file: Path, name: str | None = None) -> int | None:
    """The number in a file, or behind a name in it; None where there is none, as of a group without a limit."""
    try:
        words = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return None
    found = [each[-1 if name is None else 1] for each in words if each and name in (None, each[0])]
    return int(found[0]) if found and found[0].isdigit() else None
