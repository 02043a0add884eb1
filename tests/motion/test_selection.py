"""What a rectangle and a lasso enclose, against one point and one edge at a time, and how selections join."""

import numpy as np
import pytest

from engine.motion.selection import combine, in_polygon, in_rectangle


def crossings(point, polygon):
    """The even-odd rule written out."""
    x, y = point
    count = 0
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if (y1 <= y) != (y2 <= y):
            count += x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return count % 2 == 1


@pytest.mark.parametrize("corners", [3, 4, 5, 30, 200])
def test_a_lasso_encloses_by_the_even_odd_rule_even_where_it_crosses_itself(corners, rng):
    points = rng.uniform(-1, 1, (400, 2))
    polygon = rng.uniform(-0.9, 0.9, (corners, 2))
    expected = [crossings(point, polygon) for point in points]
    assert in_polygon(points, polygon).tolist() == expected
    assert in_polygon(points.astype(np.float32), polygon).sum() == pytest.approx(sum(expected), abs=1)


def test_a_vertex_at_the_height_of_a_point_counts_once():
    diamond = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
    assert in_polygon(np.array([[0.0, 0.0], [-2.0, 0.0], [2.0, 0.0]]), diamond).tolist() == [True, False, False]
    level = [(-1.0, 0.0), (1.0, 0.0), (1.0, 1.0), (-1.0, 1.0)]
    assert in_polygon(np.array([[0.0, 0.5], [-3.0, 0.0], [-3.0, 1.0]]), level).tolist() == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("polygon", [[], [(0, 0)], [(0, 0), (1, 1)]])
def test_less_than_a_triangle_encloses_nothing(polygon, rng):
    assert not in_polygon(rng.random((10, 2)), np.array(polygon).reshape(-1, 2)).any()


def test_a_rectangle_in_either_direction():
    points = np.array([[1.0, 1.0], [2.0, 2.0], [0.0, 0.0], [3.0, 1.5], [2.1, 1.5]])
    assert in_rectangle(points, (2.1, 1.0), (1.0, 2.0)).tolist() == [True, True, False, False, True]


def test_selections_join():
    some, others = np.array([True, True, False, False]), np.array([False, True, True, False])
    assert combine(some, others, "replace").tolist() == [False, True, True, False]
    assert combine(some, others, "add").tolist() == [True, True, True, False]
    assert combine(some, others, "subtract").tolist() == [True, False, False, False]
    assert combine(None, others, "add").tolist() == others.tolist()
    assert combine(None, others, "subtract").tolist() == [True, False, False, True]
    nothing = np.zeros(4, dtype=bool)
    assert combine(some, nothing, "replace") is None
    assert combine(some, nothing, "add") is some and combine(some, nothing, "subtract") is some
    assert combine(None, nothing, "add") is None and combine(None, nothing, "subtract") is None
    assert combine(some, some, "subtract") is None
