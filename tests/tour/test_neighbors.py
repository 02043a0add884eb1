"""Nearest neighbours against all distances written out; doubles; kept once found."""

import threading

import numpy as np
import pytest

from engine.tour import neighbors
from engine.tour.neighbors import known, nearest, neighbors_of


def distances_between_all(points):
    apart = np.linalg.norm(points[:, None].astype(np.float64) - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return apart


@pytest.mark.parametrize(("n", "dims", "count"), [(700, 15, 15), (40, 3, 5), (9, 24, 15), (2, 3, 15)])
def test_they_are_the_nearest(rng, n, dims, count):
    points = (rng.standard_normal((n, dims)) + 50.0).astype(np.float32)
    found = nearest(points, count=count)
    apart = distances_between_all(points)
    count = min(count, n - 1)
    assert found.ids.shape == found.distances.shape == (n, count)
    assert np.allclose(found.distances, np.sort(apart, axis=1)[:, :count])
    assert np.allclose(np.take_along_axis(apart, found.ids.astype(int), axis=1), found.distances)


def test_a_point_is_never_its_own_neighbour(rng):
    points = np.repeat(rng.standard_normal((5, 4)), 30, axis=0)  # more doubles than are asked for
    found = nearest(points, count=10)
    assert (found.ids != np.arange(150)[:, None]).all()
    assert not found.distances.any()
    assert all(len(set(row)) == 10 for row in found.ids.tolist())


def test_one_point_has_none():
    assert nearest(np.zeros((1, 3))).ids.shape == (1, 0)


def test_found_once_a_layer_by_however_many_threads(small_tour, monkeypatch):
    calls = []
    plain = neighbors.nearest
    monkeypatch.setattr(neighbors, "nearest", lambda *a, **k: (calls.append(1), plain(*a, **k))[1])
    layer = small_tour.layers[1]
    assert known(layer) is None
    threads = [threading.Thread(target=neighbors_of, args=(layer,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(calls) == 1
    assert known(layer) is neighbors_of(layer)
