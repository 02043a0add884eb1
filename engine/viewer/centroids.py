"""The middles of sets of points, among many points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROWS = 8192  # of points at a time, which stay in the cache
SPARSE = 8  # points to each one that is asked for, from which on it is sooner fetched by itself


def centroids(points: NDArray[np.floating], sets: Sequence[NDArray[np.integer]]) -> NDArray[np.float64]:
    """The means (h, d) of sets of rows of points (n, d); a set may share rows with others.

    Fetching scattered rows waits for memory at every one of them. Where much of the points is asked for, they are
    read from end to end instead, and every point is added to the set that owns it.
    """
    n, dims = points.shape
    if SPARSE * sum(map(len, sets)) < n:
        means = [points[rows].mean(axis=0, dtype=np.float64) for rows in sets]
        return np.array(means).reshape(len(sets), dims)
    sums = np.zeros((dims, len(sets) + 1))  # the last is of the points that nobody owns
    left = list(range(len(sets)))
    while left:
        owner = np.full(n, len(sets), dtype=np.intp)
        shared = []
        for k in left:
            if (owner[sets[k]] == len(sets)).all():
                owner[sets[k]] = k
            else:
                shared.append(k)
        left = shared
        for first in range(0, n, ROWS):
            columns = points[first : first + ROWS].T.astype(np.float64)
            for j, column in enumerate(columns):
                sums[j] += np.bincount(owner[first : first + ROWS], weights=column, minlength=len(sets) + 1)
    return sums.T[:-1] / np.array([len(rows) for rows in sets])[:, None]
