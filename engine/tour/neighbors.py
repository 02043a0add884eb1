"""The nearest neighbours of every point in a layer's embedding, exact, without torch: a k-d tree, found once a layer.

A k-d tree is exact in any dimension and quick here, since an embedding of a few thousand neighbourhoods fills far
fewer dimensions than it has. The 50,000 points of a published layer take 0.5 to 3 seconds of one core
(benchmarks/findings.py).
"""

import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .tour import Layer

COUNT = 15  # neighbours
ROWS = 500  # queried at a time; between two of them other threads run

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The nearest neighbours of n points, nearest first, the point itself left out."""

    ids: Ids
    """(n, k)."""
    distances: NDArray[np.float64]
    """(n, k), Euclidean, in data units."""


def nearest(points: ArrayLike, *, count: int = COUNT) -> Neighbors:
    """The `count` nearest of each of `points` (n, d), or all others where there are fewer."""
    from sklearn.neighbors import KDTree

    x = np.asarray(points, dtype=np.float64)
    count = min(count, len(x) - 1)
    if count < 1:
        return Neighbors(np.zeros((len(x), 0), dtype=np.int32), np.zeros((len(x), 0)))
    tree: Any = KDTree(x)
    ids, distances = np.empty((len(x), count), dtype=np.int32), np.empty((len(x), count))
    for first in range(0, len(x), ROWS):
        rows = np.arange(first, min(first + ROWS, len(x)))
        there, found = tree.query(x[rows], k=count + 1)
        own = found == rows[:, None]
        own[~own.any(axis=1), -1] = True  # among more doubles than are asked for, a point may not find itself
        ids[rows], distances[rows] = found[~own].reshape(-1, count), there[~own].reshape(-1, count)
    return Neighbors(ids, distances)


_found: "WeakKeyDictionary[Layer, Neighbors]" = WeakKeyDictionary()
_one_at_a_time = threading.Lock()


def known(layer: Layer) -> Neighbors | None:
    """The neighbours of a layer's points, if they were found before."""
    return _found.get(layer)


def neighbors_of(layer: Layer) -> Neighbors:
    """The neighbours of a layer's points, worked out at the first call; may take seconds."""
    with _one_at_a_time:
        there = _found.get(layer)
        if there is None:
            layer.check()
            there = _found[layer] = nearest(layer.points)
        return there
