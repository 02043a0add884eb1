"""Where a class, or without classes a cluster, is dense: the few places of a layer that deserve a name.

A place is found once per layer, in d-space, from a sample: the densest ball of each class, and the next densest ones as
far as they hold a good part of it. What is not dense beside other classes, a class scattered among all, gets none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE = 12_000  # points that are looked at
LEAST = 8  # of a class in the sample
NEAR = 0.1  # of a class: its median point has so many of its own within the radius of a ball
PART = 0.12  # of a class, that a ball has to hold
PURE = 0.3  # of the points in a ball, that have to be of its class
MOST = 3  # balls of a class
CLUSTERED = 5_000  # points in which clusters are looked for


@dataclass(frozen=True, eq=False)
class Region:
    """A ball in d-space where many of one class lie."""

    row: int
    """The class, or the cluster."""
    center: NDArray[np.float64]
    """(d,), of those in it."""
    radius: float
    count: int
    """How many of all n points of its class it stands for."""


def regions(points: NDArray[np.floating], classes: NDArray[np.integer]) -> list[Region]:
    """The dense places of points (n, d) whose classes (n,) are numbered from 0, or -1 for none; largest first."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(points))[:SAMPLE])
    some, of = np.asarray(points[chosen], dtype=np.float64), np.asarray(classes)[chosen]
    share = len(points) / len(chosen)
    found = []
    for row in np.unique(of[of >= 0]).tolist():
        own = np.flatnonzero(of == row)
        if len(own) >= LEAST:
            found += _balls(some, own, row, share)
    return sorted(found, key=lambda each: -each.count)


def _balls(points: NDArray[np.float64], own: NDArray[np.intp], row: int, share: float) -> list[Region]:
    """The dense balls of the points numbered `own` of a sample, each of which stands for `share` of all."""
    apart = _squares(points[own], points[own])
    near = max(2, round(NEAR * len(own)))
    square = float(np.median(np.partition(apart, near, axis=1)[:, near])) * 4.0  # the ball is twice as wide
    within = apart <= square
    free = np.ones(len(own), dtype=bool)
    found: list[Region] = []
    while len(found) < MOST:
        counts = (within & free).sum(axis=1) * free
        best = int(np.argmax(counts))
        if counts[best] < max(LEAST // 2, PART * len(own)):
            break
        inside = within[best] & free
        center = points[own[inside]].mean(axis=0)
        around = (_squares(center[None], points)[0] <= square).sum()
        mine = (_squares(center[None], points[own])[0] <= square).sum()
        if mine >= PURE * around:
            found.append(Region(row, center, square**0.5, round(int(counts[best]) * share)))
        free &= ~(apart[best] <= 4.0 * square)  # the next one is a place of its own
    return found


def _squares(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances (len(a), len(b)); near zero they may be a little off."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * (a @ b.T)
    return np.maximum(squares, 0.0)


def clusters(points: NDArray[np.floating]) -> NDArray[np.int64]:
    """The cluster of each of points (n, d), largest first from 0, or -1: HDBSCAN of a sample, then the nearest."""
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KNeighborsClassifier

    chosen = np.sort(np.random.default_rng(0).permutation(len(points))[:CLUSTERED])
    some = np.asarray(points[chosen], dtype=np.float64)
    least = max(5, len(some) // 100)
    if len(some) <= least:
        return np.full(len(points), -1)
    labels = HDBSCAN(min_cluster_size=least, copy=True).fit_predict(some)
    order = np.argsort(-np.bincount(labels[labels >= 0]), kind="stable")
    ranked = np.where(labels >= 0, np.argsort(order)[labels] if len(order) else -1, -1)
    if len(some) < len(points):
        ranked = KNeighborsClassifier(1).fit(some, ranked).predict(np.asarray(points, dtype=np.float64))
    return np.asarray(ranked, dtype=np.int64)
