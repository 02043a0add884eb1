"""Framing against its formulas written out: the free area, the camera that fits, the box, the spring, when it rests."""

import math

import numpy as np
import pytest

from engine.motion.camera import MARGIN, Camera
from engine.motion.framing import (
    FASTEST,
    FILL,
    Area,
    Box,
    Follower,
    box,
    carried,
    measured,
    sprung,
    support,
)
from engine.motion.rotation import random_frame


def test_panels_never_take_the_whole_pane():
    assert Area((1000, 500), 100, 50, 200, 30).free == (700, 420)
    assert Area((100, 300), 60, 150, 60, 149).free == (20, 60)  # a fifth of either side
    assert Area((5, 4), 9, 9, 9, 9).free == (2, 2)
    assert Area((100, 80)).free == (100, 80)
    assert Area((100, 80), 1, 2, 3, 4).within(5) == Area((100, 80), 6, 7, 8, 9)


def test_the_scale_that_fits_is_that_of_the_limiting_side_and_smoothly_the_other():
    area = Area((1100, 2200))
    unit = 1100 / (2 * MARGIN)
    wide = area.fitted(Box((0.0, 0.0), (0.8, 0.1))).zoom
    assert wide == pytest.approx(FILL * 1100 / (1.6 * unit), rel=1e-6)
    high = area.fitted(Box((0.0, 0.0), (0.01, 0.8))).zoom
    assert high == pytest.approx(FILL * 2200 / (1.6 * unit), rel=1e-6)
    both = area.fitted(Box((0.0, 0.0), (0.4, 0.8))).zoom  # of equal sides each gives way by the 20th root of 2
    assert both == pytest.approx(high / 2 ** (1 / 20))
    one = FILL * 1100 / (0.8 * unit), FILL * 2200 / (1.0 * unit)
    assert area.fitted(Box((0.0, 0.0), (0.4, 0.5))).zoom == pytest.approx(sum(s**-20 for s in one) ** (-1 / 20))


def test_the_scale_that_fits_has_limits():
    assert Area((800, 800)).fitted(Box((0.0, 0.0), (1e-6, 1e-6))).zoom == 150.0
    assert Area((800, 800)).fitted(Box((0.0, 0.0), (90.0, 90.0))).zoom == 0.5


def test_a_place_is_put_into_the_middle_of_the_free_area():
    area = Area((800, 600), 100, 40, 20, 160)
    camera = area.centered((0.3, -0.7), 2.5)
    assert camera.zoom == 2.5
    assert camera.to_pixels((0.3, -0.7), size=area.size) == pytest.approx((100 + 680 / 2, 40 + 400 / 2))


@pytest.mark.parametrize(("n", "left_out"), [(100, 0), (399, 0), (400, 1), (1000, 2), (3999, 9), (4000, 10)])
def test_the_box_leaves_out_a_fourth_of_one_in_a_hundred_beyond_each_side(rng, n, left_out):
    points = np.column_stack([rng.permutation(n), 2.0 * rng.permutation(n) + 5.0])
    found = box(points)
    assert found.center == pytest.approx(((n - 1) / 2, n - 1 + 5.0))
    assert found.half == pytest.approx(((n - 1) / 2 - left_out, n - 1 - 2 * left_out))


def test_what_is_measured_is_mixed_and_in_radii(rng):
    sides = [rng.standard_normal((40, 6)) for _ in range(2)]
    frame = random_frame(rng, 6)
    found = measured([(sides[0], 0.3), (sides[1], 0.7)], frame, radius=4.0)
    expected = box((0.3 * sides[0] + 0.7 * sides[1]) @ frame[:, :2] / 4.0)
    assert np.allclose([found.center, found.half], [expected.center, expected.half], atol=1e-12)


def test_support_is_all_rows_up_to_its_number_and_so_many_beyond(rng):
    points = rng.standard_normal((50, 5))
    assert support(points, count=50).tolist() == list(range(50))
    assert support(points[:49], count=50).tolist() == list(range(49))
    chosen = support(points, count=49)
    assert len(set(chosen.tolist())) == 49 and (np.diff(chosen) > 0).all()


@pytest.mark.parametrize("change", [lambda x: -x, lambda x: 1e-6 * x, lambda x: x + 9.0 * np.eye(6)[5]])
def test_support_is_the_same_of_points_mirrored_scaled_and_moved(rng, change):
    points = rng.exponential(size=(3000, 6)) * np.linspace(3.0, 0.5, 6)
    assert support(change(points), count=400).tolist() == support(points, count=400).tolist()


@pytest.mark.parametrize(("away", "speed"), [(1.0, 0.0), (0.5, -2.0), (-0.3, 4.0), (0.0, 1.0)])
def test_a_spring_is_the_critically_damped_one(away, speed):
    """Its motion solves x'' + 2 s x' + s^2 x = 0, integrated here in small steps."""
    spring, seconds, steps = 2.5, 0.6, 6000
    x, v = away, speed
    for _ in range(steps):
        v += (-2 * spring * v - spring**2 * x) * seconds / steps / 2
        x += v * seconds / steps
        v += (-2 * spring * v - spring**2 * x) * seconds / steps / 2
    assert sprung(away, speed, spring, seconds, math.exp(-spring * seconds)) == pytest.approx((x, v), abs=1e-3)
    assert sprung(away, speed, spring, 0.0, 1.0) == (away, speed)


def test_a_camera_near_its_goal_is_on_that_spring():
    follower, goal = Follower(Camera((0.02, -0.01), 2.0), (0.01, 0.02, -0.03)), Camera((0.0, 0.01), 2.02)
    seconds = 1 / 120
    later = follower.followed(goal, seconds)
    spring = 2.0 / 0.8
    decay = math.exp(-spring * seconds)
    scale, w = sprung(math.log(2.0 / 2.02), -0.03, spring, seconds, decay)
    (dx, u), (dy, v) = sprung(0.04, 0.01, spring, seconds, decay), sprung(-0.04, 0.02, spring, seconds, decay)
    assert math.log(later.camera.zoom / 2.02) == pytest.approx(scale)
    assert later.speed == pytest.approx((u, v, w))
    assert later.camera.center == pytest.approx((dx / 2.0, 0.01 + dy / 2.0))


@pytest.mark.parametrize("zoom", [1.0, 4.0, 0.25])
@pytest.mark.parametrize("factor", [50.0, 1 / 50.0])
def test_far_from_its_goal_the_scale_moves_at_its_fastest(factor, zoom):
    follower = Follower(Camera(zoom=zoom), (0.0, 0.0, math.copysign(FASTEST, math.log(factor))))
    later = follower.followed(Camera(zoom=factor * zoom), 0.1)
    assert math.log(later.camera.zoom / zoom) == pytest.approx(math.copysign(0.1 * FASTEST, math.log(factor)))
    assert later.speed[2] == pytest.approx(math.copysign(FASTEST, math.log(factor)))


def test_it_rests_where_nothing_can_be_seen_to_move():
    goal = Camera((0.2, 0.3), 4.0)
    assert Follower(goal).rests_at(goal) and Follower(goal).speed == (0.0, 0.0, 0.0)
    for less, center, zoom, speed in [
        (0.9, (0.2 + 1e-4 / 4, 0.3), 4.0, (0.0, 0.0, 0.0)),
        (0.9, (0.2, 0.3 - 1e-4 / 4), 4.0, (0.0, 0.0, 0.0)),
        (0.9, (0.2, 0.3), 4.0 * math.exp(1e-4), (0.0, 0.0, 0.0)),
        (0.9, (0.2, 0.3), 4.0 * math.exp(-1e-4), (0.0, 0.0, 0.0)),
        (0.9, (0.2, 0.3), 4.0, (1e-4, 0.0, 0.0)),
        (0.9, (0.2, 0.3), 4.0, (0.0, -1e-4, 0.0)),
        (0.9, (0.2, 0.3), 4.0, (0.0, 0.0, -1e-4)),
    ]:
        for share, rests in ((less, True), (1.1, False)):
            near = tuple(g + share * (c - g) for g, c in zip(goal.center, center, strict=True))
            camera = Camera(near, 4.0 * (zoom / 4.0) ** share)
            assert Follower(camera, tuple(share * each for each in speed)).rests_at(goal) is rests


def test_carried_along_at_once():
    before, after, other = Camera((0.1, 0.2), 2.0), Camera((0.4, -0.1), 3.0), Camera((0.5, 0.5), 5.0)
    follower = Follower(other, (0.1, 0.2, 0.3))
    assert follower.moved(before, after) == Follower(carried(other, before, after), (0.1, 0.2, 0.3))
    assert carried(other, before, before) is other and carried(before, before, after) is after
    same = carried(other, before, Camera(before.center, 3.0))
    assert (same.center, same.zoom) == (pytest.approx(other.center), pytest.approx(7.5))
