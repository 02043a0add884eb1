"""The fair order of points: a seeded shuffle of which every beginning is a fair sample of them all."""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WHOLE = 1_000_000
"""Points, up to which every frame draws them all; of more a window draws as many as its frames have time for."""
SAMPLE = 262_144
"""Of more than those, how many are kept together as well (`Sample`), so that the first frames read no others."""


@lru_cache(maxsize=4)
def shuffled(n: int) -> NDArray[np.uint32]:
    """The numbers of n points in the fair order, uint32: random, always the same; every beginning is a fair sample."""
    order = np.arange(n, dtype=np.uint32)
    np.random.default_rng(0).shuffle(order)
    return order


@lru_cache(maxsize=4)
def ranks(n: int) -> NDArray[np.uint32]:
    """The place of each of n points in that order."""
    places = np.empty(n, dtype=np.uint32)
    places[shuffled(n)] = np.arange(n, dtype=np.uint32)
    return places


def few(n: int, most: int) -> NDArray[np.intp]:
    """Rows of n points, `most` of them at most, that stand for all: every so many, of very many the first in order."""
    if n > max(WHOLE, most):
        return np.sort(shuffled(n)[:most]).astype(np.intp)
    return np.arange(0, n, -(-n // most))


@lru_cache(maxsize=4)
def mark(n: int, count: int) -> str:
    """SHA-256 of the first numbers in the order of n points: a sample of another order is not to be taken for ours.

    NumPy may shuffle otherwise one day, and a sample lies in files.
    """
    return hashlib.sha256(shuffled(n)[:count].astype("<u4").tobytes()).hexdigest()
