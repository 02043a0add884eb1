"""Memory that threads leave behind: few heaps for all of them."""

import ctypes
import sys
from contextlib import suppress

ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)
FEW = 2


def share() -> None:
    """Have the threads of this process share two heaps from now on, where its C library is glibc.

    It would give nearly each a heap of its own, up to eight a core, and each keeps the most that its threads ever
    needed: a window's threads come and go by the dozen.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # of other C libraries
            ctypes.CDLL(None).mallopt(ARENA_MAX, FEW)
