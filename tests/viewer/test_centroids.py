"""Middles of sets of points: means, whichever way the points are read, of sets that share points too."""

import numpy as np
import pytest

from engine.viewer.centroids import ROWS, SPARSE, centroids


def check(points, sets):
    found = centroids(points, sets)
    expected = [points[rows].astype(np.float64).mean(axis=0) for rows in sets]
    assert found.dtype == np.float64 and found.shape == (len(sets), points.shape[1])
    assert found == pytest.approx(np.array(expected), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("n", [40, ROWS, 2 * ROWS + 3])
def test_all_points_in_sets(rng, n):
    points = rng.standard_normal((n, 5)).astype(np.float32)
    owner = rng.integers(0, 4, n)
    check(points, [np.flatnonzero(owner == k) for k in range(4)])


def test_sets_that_share_points(rng):
    points = rng.standard_normal((300, 3)).astype(np.float32)
    check(points, [np.arange(0, 200), np.arange(100, 300), np.arange(150, 160), np.arange(150, 300)])


def test_few_points_among_many(rng):
    points = rng.standard_normal((1000, 3)).astype(np.float32)
    for size in (1000 // SPARSE - 1, 1000 // SPARSE, 1000 // SPARSE + 1):  # on either side of the change of way
        check(points, [rng.permutation(1000)[:size]])
    assert centroids(points, []).shape == (0, 3)
