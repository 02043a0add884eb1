"""Sizes that suit a number of points, and the order in which see-through dots are drawn."""

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.shot import Shot, dot_size, growth, image_size, ranks, shuffled
from engine.motion.transition import at_rest


@pytest.mark.parametrize(
    ("n", "dot", "image"),
    [(10, 16.0, 44.0), (300, 11.498, 44.0), (1_200, 8.130, 26.0), (3_125, 6.4, 16.112), (4_800, 5.749, 13.0),
     (50_000, 3.2, 10.0), (800_000, 1.6, 10.0)],
)  # fmt: skip
def test_sizes_suit_the_number_of_points_the_pane_and_the_zoom(n, dot, image):
    for size, expected in ((dot_size, dot), (image_size, image)):
        assert size(n, side=800, zoom=1.0) == pytest.approx(expected, abs=1e-3)
        assert size(n, side=3200, zoom=1.0) == pytest.approx(2 * expected, abs=2e-3)
        assert size(n, side=800, zoom=4.0) == pytest.approx(2 * expected, abs=2e-3)


@pytest.mark.parametrize(
    ("shown", "n", "mode", "expected"),
    [
        (800_000, 800_000, "dots", 1.0),
        (80_000, 800_000, "dots", 1.0),
        (20_000, 800_000, "dots", np.sqrt(2)),
        (1, 800_000, "dots", 2.0),
        (480, 4_800, "images", 1.0),
        (300, 4_800, "images", np.sqrt(1.6)),
        (1, 4_800, "images", 1.5),
    ],
)
def test_the_few_that_are_shown_grow_from_a_tenth_on_as_far_as_there_is_room(shown, n, mode, expected):
    assert growth(shown, n, mode) == pytest.approx(expected)
    assert growth(0, n, mode) == growth(1, n, mode)
    assert growth(0, 12, mode) == growth(1, 12, mode) == 1.0


def test_the_order_is_random_the_same_every_time_and_its_ranks_are_its_inverse():
    order, places = shuffled(1000), ranks(1000)
    assert order.dtype == np.uint32 and sorted(order) == list(range(1000))
    assert (order[places] == np.arange(1000)).all() and (places[order] == np.arange(1000)).all()
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1
    shuffled.cache_clear()
    assert (shuffled(1000) == order).all()


def test_a_plain_shot_shows_every_point_solid_at_its_own_size():
    shot = Shot(at_rest(0).source, at_rest(0).target, 0.0, np.eye(5, 3), Camera(), "dots", "dark", 1.0, 4.0, 20.0)
    assert (shot.min_dot, shot.opacity, shot.growth, shot.scale, shot.background) == (1.0, 1.0, 1.0, 1.0, 0.0)
    assert not (shot.isolate or shot.class_frames or shot.density or shot.receding) and shot.hovered is None
