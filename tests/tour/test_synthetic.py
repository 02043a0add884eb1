"""Made-up tours: what a name for them promises, the same again for the same arguments, and no two images alike."""

import numpy as np
import pytest

from engine.tour.alignment import chain
from engine.tour.reading import load
from engine.tour.synthetic import patterns, synthetic


def apart(tour, layer):
    """The spread of the clusters' centroids over that of all points."""
    points = tour.aligned(layer).astype(np.float64)
    rows = tour.attributes.groupby("cluster", observed=True).indices.values()
    means = np.stack([points[each].mean(axis=0) for each in rows])
    return means.std() / points.std()


def test_clusters_are_mixed_at_first_and_apart_at_the_end():
    tour = synthetic(3000, layers=4, clusters=12)
    spread = [apart(tour, k) for k in range(4)]
    assert spread[0] < 0.5 < 0.9 < spread[-1]
    assert spread == sorted(spread)


def test_it_is_a_tour_like_any_other(tmp_path):
    tour = synthetic(700, dims=7, layers=3, tile=8)
    for made, exact in zip(tour.layers, chain([layer.points for layer in tour.layers]), strict=True):
        np.testing.assert_allclose(made.placement.rotation, exact.rotation, atol=1e-9)
        assert made.placement.radius == pytest.approx(exact.radius)
    tour.save(tmp_path / "made.tour")
    back = load(tmp_path / "made.tour")
    assert (back.n, back.dims, len(back.layers)) == (700, 7, 3)
    np.testing.assert_array_equal(back.layers[2].points, tour.layers[2].points)
    np.testing.assert_array_equal(back.sprites.load(0), tour.sprites.load(0))


def test_equal_arguments_make_equal_tours():
    one, same, other = synthetic(200, layers=2), synthetic(200, layers=2), synthetic(200, layers=2, seed=1)
    np.testing.assert_array_equal(one.layers[1].points, same.layers[1].points)
    assert one.attributes.equals(same.attributes)
    assert not np.array_equal(one.layers[1].points, other.layers[1].points)


def test_every_image_is_its_own_point():
    tour = synthetic(20_000, layers=1, tile=32)
    tiles = np.concatenate([tour.sprites.load(page) for page in range(tour.sprites.pages)])
    assert tiles.shape == (20_000, 32, 32, 4)
    assert len({each.tobytes() for each in patterns(np.arange(200_000))}) == 200_000
    codes = tour.attributes["cluster"].cat.codes.to_numpy()
    grounds = tiles[:, 0, 0, :3]
    assert len(np.unique(grounds[codes == 3], axis=0)) == 1
    assert (grounds[codes == 3][0] != grounds[codes == 4][0]).any()


@pytest.mark.parametrize("wrong", [{"layers": 0}, {"clusters": 0}, {"dims": 2}, {"tile": 12}, {"tile": 4}])
def test_what_makes_no_tour_says_so(wrong):
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        synthetic(50, **wrong)
