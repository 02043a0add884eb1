"""How glibc's malloc keeps memory: few heaps for all threads of a window, large freed blocks for a build's next ones,
and in workers of Dask as in any other process.

All hold for the whole process from then on; another C library does as it likes.
"""

import ctypes
import os
import sys
from contextlib import suppress
from functools import cache

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # as malloc.h numbers them
SET_BY_DASK = ("MALLOC_TRIM_THRESHOLD_", "65536")
LARGEST = 32 * 2**20  # bytes from which arrays are mapped anew, where glibc itself ends; it trims from twice that on


@cache
def share_heaps() -> None:
    """Have the threads that come share two heaps.

    They would get nearly one each, up to eight a core, and each heap keeps the most that its threads ever needed: a
    window's threads come and go by the dozen.
    """
    _set(ARENA_MAX, 2)


@cache
def keep_freed() -> None:
    """Keep blocks of up to 128 MiB that are freed, for the next of their size.

    Otherwise every layer's output is fresh memory of the system, page by page: a sixth of GoogLeNet's time here.
    """
    _set(MMAP_THRESHOLD, 128 * 2**20)
    _set(TRIM_THRESHOLD, 512 * 2**20)


def give_back() -> None:
    """Give the system what is kept of freed blocks."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


@cache
def restore_thresholds() -> bool:
    """In a worker that Dask started, set glibc's thresholds to what it arrives at by itself; whether that was done.

    A nanny starts workers with MALLOC_TRIM_THRESHOLD_=65536, so that what is freed goes back to the system at once.
    With that set, glibc maps every array of 128 KiB or more anew, and the system clears its pages again for each batch
    of pictures: half of the processor time of a capture (docs/scale.md).
    """
    name, value = SET_BY_DASK
    return os.environ.get(name) == value and _set(MMAP_THRESHOLD, LARGEST) and _set(TRIM_THRESHOLD, 2 * LARGEST)


def _set(parameter: int, value: int) -> bool:
    """Set a parameter of glibc's malloc; False where there is none."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            return bool(ctypes.CDLL(None).mallopt(parameter, value))
    return False
