"""A task on a worker: done, or why this worker cannot do it; with freed memory kept, as any other process keeps it.

A nanny starts workers with MALLOC_TRIM_THRESHOLD_=65536, so that what is freed goes back to the system at once. With
that set, glibc maps every array of 128 KiB or more anew, and the system clears its pages again for each batch of
pictures: half of the processor time of a capture (docs/scale.md).
"""

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

SET_BY_DASK = ("MALLOC_TRIM_THRESHOLD_", "65536")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h
LARGEST = 32 * 2**20  # bytes from which arrays are mapped anew, where glibc itself ends; it trims from twice that on


@dataclass(frozen=True)
class Unfit:
    """What a worker answers that cannot do a task."""

    why: str


def attempt(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """The worker's address and what the function returns, or why this worker cannot do it."""
    from distributed import get_worker

    keep_freed_memory()
    address = str(get_worker().address)
    try:
        return address, function(*arguments)
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return address, Unfit(" ".join(named.split()) or type(error).__name__)


@cache
def keep_freed_memory() -> bool:
    """Set the thresholds of this process to where glibc ends by itself; whether that was done.

    Only where Dask has lowered them, and where there is glibc.
    """
    name, value = SET_BY_DASK
    if os.environ.get(name) != value or os.name != "posix":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, 2 * LARGEST))
