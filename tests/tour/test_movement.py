"""Movement and difference, against the published definition written out with every point."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.stats import special_ortho_group

from engine.tour.movement import difference, displacement, movement


def test_the_published_definition(rng):
    x, y = rng.standard_normal((80, 7)) + 1.0, rng.standard_normal((80, 7)) * 3.0 - 2.0
    a, b = x - x.mean(axis=0), y - y.mean(axis=0)
    a, b = a / np.linalg.norm(a, axis=1).mean(), b / np.linalg.norm(b, axis=1).mean()
    rotation, _ = orthogonal_procrustes(a, b)
    assert displacement(x, y) == pytest.approx(np.linalg.norm(a @ rotation - b, axis=1))


def test_what_only_turned_moved_and_grew_did_not_move(rng):
    x = rng.standard_normal((50, 5))
    assert displacement(x, 4.0 * x @ special_ortho_group.rvs(5, random_state=1) + 2.0) == pytest.approx(0.0, abs=1e-9)
    assert displacement(np.ones((9, 3)), np.zeros((9, 3))).tolist() == [0.0] * 9


def test_the_point_that_moved_moved_most(rng):
    x = rng.standard_normal((500, 5))
    y = x.copy()
    y[17] *= -3.0
    assert np.argmax(displacement(x, y)) == 17


def test_between_layers_and_between_tours(small_tour, make_tour, rng):
    points = [layer.points for layer in small_tour.layers]
    assert movement(small_tour, 2, 1) == pytest.approx(displacement(points[1], points[2]))
    other = make_tour([rng.standard_normal((60, 15))])
    assert difference(small_tour, 3, other, 0) == pytest.approx(displacement(points[3], other.layers[0].points))
    with pytest.raises(ValueError, match="the same points"):
        difference(small_tour, 0, make_tour([rng.standard_normal((61, 15))]), 0)
