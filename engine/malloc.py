"""How glibc's malloc keeps memory: few heaps for all threads of a window, large freed blocks for a build's next ones.

Both hold for the whole process from then on; another C library does as it likes.
"""

import ctypes
import sys
from contextlib import suppress
from functools import cache

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # as malloc.h numbers them


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


def _set(parameter: int, value: int) -> None:
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(parameter, value)
