"""Dense places: planted ones are found, scattered classes have none, clusters need no labels."""

import numpy as np
import pytest

from engine.tour.regions import CLUSTERED, SAMPLE, clusters, regions


def planted(rng, counts, *, dims=15, spread=0.3):
    """Clumps far apart, and whose each point is."""
    of = np.repeat(np.arange(len(counts)), counts)
    centers = 6.0 * np.eye(len(counts), dims)
    return (centers[of] + spread * rng.standard_normal((len(of), dims))).astype(np.float32), of, centers


def test_every_clump_is_a_region_of_its_class(rng):
    points, of, centers = planted(rng, [300, 200, 100])
    found = regions(points, of)
    assert [each.row for each in found] == [0, 1, 2]  # the largest first
    for each in found:
        assert np.linalg.norm(each.center - centers[each.row]) < 0.2
        assert 0.4 * (of == each.row).sum() <= each.count <= (of == each.row).sum()


def test_a_class_in_two_places_has_two(rng):
    points, of, centers = planted(rng, [300, 300, 200])
    found = regions(points, np.where(of == 1, 0, of))
    assert sorted(each.row for each in found) == [0, 0, 2]
    near = [int(np.argmin(np.linalg.norm(centers - each.center, axis=1))) for each in found if each.row == 0]
    assert sorted(near) == [0, 1]


def test_a_class_scattered_among_others_has_none(rng):
    points, of, _ = planted(rng, [400, 400, 400])
    scattered = rng.permutation(len(points))[:200]
    classes = of.copy()
    classes[scattered] = 3
    assert {each.row for each in regions(points, classes)} == {0, 1, 2}
    shuffled = regions(points, rng.integers(0, 10, len(points)))
    assert shuffled == []


def test_those_of_no_class_and_classes_of_few_have_none(rng):
    points, of, _ = planted(rng, [300, 300])
    classes = np.where(of == 1, -1, 0)
    classes[:5] = 1
    assert {each.row for each in regions(points, classes)} == {0}
    assert regions(points, np.full(len(points), -1)) == []


def test_one_place_is_found_too(rng):
    assert [each.row for each in regions(np.ones((50, 3)), np.zeros(50, dtype=int))] == [0]


@pytest.mark.slow
def test_more_than_the_sample_stand_for_all(rng):
    n = 2 * SAMPLE
    points, of, _ = planted(rng, [n // 2, n // 2], dims=4)
    found = regions(points, of)
    assert {each.row for each in found} == {0, 1}
    assert all(0.3 * n / 2 < each.count <= n / 2 for each in found)
    again = regions(points, of)
    assert [each.count for each in again] == [each.count for each in found]


@pytest.mark.parametrize("n", [600, CLUSTERED + 400])
def test_clusters_are_found_without_labels_largest_first(n, rng):
    counts = [n // 2, n // 3, n - n // 2 - n // 3]
    points, of, _ = planted(rng, counts, dims=5)
    found = clusters(points)
    assert len(found) == n
    for row in range(3):
        assert (found[of == row] == row).mean() > 0.85
    assert set(np.unique(found)) <= {-1, 0, 1, 2}


def test_few_points_are_no_cluster(rng):
    assert (clusters(rng.standard_normal((4, 3))) == -1).all()
