"""Framing by its axioms: 99 of 100 inside, bounded and steady speeds, no matter the frame rate or the order of rows."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.framing import (
    ASIDE,
    FASTEST,
    FILL,
    LAG,
    LARGE,
    SMALL,
    SUPPORT,
    Area,
    Box,
    Follower,
    agreed,
    box,
    carried,
    is_thin,
    measured,
    support,
)  # fmt: skip
from engine.motion.grandtour import GrandTour
from engine.motion.handle import drag
from engine.motion.random import Random
from engine.motion.rotation import random_frame

SIZE = (1280, 800)


def clusters(rng, n, dims=15):
    """Clusters of unequal size and spread, some of them far out, as embeddings are."""
    centers = 6.0 * rng.standard_normal((12, dims)) * np.linspace(1.0, 0.2, dims)
    which = rng.integers(0, 12, n) * rng.integers(0, 2, n)
    points = centers[which] + rng.standard_normal((n, dims)) * (0.3 + which[:, None] % 3)
    return (points - points.mean(axis=0)).astype(np.float32)


def inside(points, figure):
    return (np.abs(points - figure.center) <= np.array(figure.half) * (1.0 + 1e-6) + 1e-6).all(axis=1).mean()


@pytest.mark.parametrize("n", [1, 2, 50, 1797, 4000, 30_000])
def test_99_in_100_are_inside_whatever_the_frame(rng, n):
    points = clusters(rng, n)
    few = points[support(points)]
    assert len(few) == min(n, SUPPORT)
    for k in range(60):
        frame = random_frame(Random(k), 15)
        shown = points @ frame[:, :2].astype(np.float32)
        share = inside(shown, measured([(few, 1.0)], frame, radius=1.0))
        assert share >= 0.99 if n <= SUPPORT else share > 0.985  # as far as a sample can tell


def test_support_is_spread_evenly_along_the_widest_axis(rng):
    points = clusters(rng, 9000).astype(np.float64)
    widest = np.linalg.eigh(points.T @ points)[1][:, -1]
    rank = np.argsort(np.argsort(points @ widest))
    strips = math.isqrt(SUPPORT)
    counts = np.bincount(rank[support(points)] * strips // 9000)
    assert np.abs(counts - SUPPORT / strips).max() <= 2


def test_strays_do_not_make_the_box(rng):
    points = rng.uniform(-1.0, 1.0, (3000, 2))
    points[:4] = 50.0
    found = box(points)
    assert max(found.half) < 1.01
    assert max(map(abs, found.center)) < 0.02


def test_the_order_of_rows_does_not_matter(rng):
    points = clusters(rng, 9000)
    order = rng.permutation(9000)
    chosen, again = points[support(points)], points[order][support(points[order])]
    assert np.array_equal(np.unique(chosen, axis=0), np.unique(again, axis=0))
    assert (chosen == again).all() or not (np.diff(support(points)) <= 0).any()  # in the order of their rows


@pytest.mark.parametrize("area", [Area(SIZE), Area((800, 600), 20, 64, 220, 90), Area((300, 900), right=100)])
def test_the_limiting_side_is_filled_and_the_middle_is_that_of_the_free_area(area):
    figure = Box((0.3, -0.2), (0.5, 0.25))
    camera = area.fitted(figure)
    corners = np.add(figure.center, np.multiply([[-1, -1], [1, 1]], figure.half))
    (left, bottom), (right, top) = camera.to_pixels(corners, size=area.size)
    width, height = area.free
    assert max((right - left) / width, (bottom - top) / height) == pytest.approx(FILL, rel=1e-3)
    assert (left + right) / 2 == pytest.approx(area.left + width / 2)
    assert (top + bottom) / 2 == pytest.approx(area.top + height / 2)


def test_figures_without_size_have_a_camera():
    assert Area(SIZE).fitted(Box((0.5, 0.5), (0.0, 0.0))).zoom == 1.0
    assert Area(SIZE).fitted(Box((0.0, 0.0), (0.5, 0.0))).zoom > 1.0
    assert min(Area((10, 10), 20, 20, 20, 20).free) >= 2.0  # panels that cover everything


def toured(points, *, speed, seconds, seed=0, fps=60):
    """Fill of the limiting side and zoom, frame by frame, of a framed Grand Tour."""
    few, radius = points[support(points)], float(np.linalg.norm(points, axis=1).max())
    tour, area = GrandTour(points.shape[1], seed=seed, speed=speed), Area(SIZE)
    follower = None
    for _ in range(int(seconds * fps)):
        frame = tour.advance(1 / fps)
        goal = area.fitted(measured([(few, 1.0)], tour.later(LAG), radius=radius))
        follower = Follower(goal) if follower is None else follower.followed(goal, 1 / fps)
        now = measured([(few, 1.0)], frame, radius=radius)
        px = follower.camera.pixels_per_radius(SIZE)
        yield max(2 * half * px / side for half, side in zip(now.half, SIZE, strict=True)), follower.camera.zoom


@pytest.mark.parametrize("speed", [math.radians(6.0), 0.2])
def test_a_tour_fills_the_pane_and_the_scale_moves_slowly(rng, speed):
    fills, zooms = np.array(list(toured(clusters(rng, 3000), speed=speed, seconds=60.0))).T
    assert fills.min() > 0.6
    assert 0.8 < np.median(fills) < 0.95
    rates = np.diff(np.log(zooms)) * 60
    assert np.abs(rates).max() <= FASTEST + 1e-9
    assert np.abs(np.diff(rates)).max() < 0.05  # of what is allowed in a second, between two frames


def test_a_jump_of_the_goal_is_followed_without_one():
    follower, goal = Follower(Camera(zoom=1.0)), Camera((0.4, -0.2), 4.0)
    zooms, speeds = [1.0], [0.0]
    while not follower.rests_at(goal):
        follower = follower.followed(goal, 1 / 60)
        zooms.append(follower.camera.zoom)
        speeds.append(follower.speed[2])
    assert np.diff(np.log(zooms)).max() * 60 == pytest.approx(1 / 3)  # the most that the scale may change in a second
    assert np.diff(zooms).min() >= 0.0  # it does not overshoot
    assert np.abs(np.diff(speeds)).max() < 0.06
    assert follower.camera.zoom == pytest.approx(4.0, rel=1e-3)
    assert follower.camera.center == pytest.approx(goal.center, abs=1e-3)


def test_the_way_does_not_hang_on_the_frame_rate():
    goal = Camera((0.3, 0.1), 1.4)
    ends = []
    for fps in (20, 60, 240):
        follower = Follower(Camera())
        for _ in range(fps):
            follower = follower.followed(goal, 1 / fps)
        ends.append((*follower.camera.center, follower.camera.zoom))
    assert np.ptp(ends, axis=0).max() < 2e-3


def test_a_step_of_no_time_changes_nothing():
    follower = Follower(Camera((0.1, 0.2), 1.5), (0.1, 0.2, 0.1))
    later = follower.followed(Camera(), 0.0)
    assert later.camera.center == pytest.approx(follower.camera.center)
    assert later.camera.zoom == pytest.approx(1.5)


def test_what_fits_well_is_not_swept_along():
    follower, before = Follower(Camera((0.1, 0.2), 1.5)), Camera((0.1, 0.2), 1.5)
    for factor in (math.exp(SMALL[0]), math.exp(-LARGE[0])):
        there = follower.swept(before, Camera(before.center, 1.5 * factor)).camera
        assert there.zoom == pytest.approx(1.5) and there.center == pytest.approx(before.center)
    aside = (0.1 + 0.9 * ASIDE[0] / 1.5, 0.2)  # of the middle, within what may be
    assert follower.swept(before, Camera(aside, 1.5)).camera.center == pytest.approx((0.1, 0.2))


def test_what_would_be_far_too_small_large_or_aside_is_swept_along_wholly():
    follower, before = Follower(Camera((0.1, 0.2), 1.5)), Camera((0.1, 0.2), 1.5)
    for factor in (math.exp(2 * SMALL[1]), math.exp(-2 * LARGE[1])):
        there = follower.swept(before, Camera(before.center, 1.5 * factor)).camera
        assert there.zoom == pytest.approx(1.5 * factor)
    moved = (0.1 - 2 * ASIDE[1] / 1.5, 0.2 + 3 * ASIDE[1] / 1.5)
    assert follower.swept(before, Camera(moved, 1.5)).camera.center == pytest.approx(moved)


def test_sweeping_sets_in_smoothly_and_counts_what_is_off_already():
    def swept(away, step):
        """How far the scale is carried, as a logarithm, that was off by `away` where what fits moves by `step`."""
        camera, before = Camera(zoom=math.exp(away)), Camera()
        return math.log(Follower(camera).swept(before, Camera(zoom=math.exp(step))).camera.zoom) - away

    def smooth(value, ends):
        t = np.clip((value - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
        return t * t * (3.0 - 2.0 * t)

    for step in (0.05, 0.15, 0.2, 0.28, 0.4):
        assert swept(0.0, step) == pytest.approx(step * smooth(step, SMALL))
        assert swept(0.1, step) == pytest.approx(step * smooth(step - 0.1, SMALL))
        assert swept(-0.1, step) == pytest.approx(step * smooth(step + 0.1, SMALL))
        assert swept(0.0, -step) == pytest.approx(-step * smooth(step, LARGE))
        assert swept(0.03, -step) == pytest.approx(-step * smooth(step + 0.03, LARGE))


def test_what_comes_nearer_to_the_middle_is_not_swept_along():
    follower = Follower(Camera((0.2, 0.0), 1.0))
    there = follower.swept(Camera(), Camera((0.15, 0.0), 1.0)).camera  # from 0.2 aside to 0.05
    assert there.center == pytest.approx((0.2, 0.0))


def test_a_long_frame_is_so_many_short_ones():
    """The bound on speed is looked at 120 times a second, however long a frame takes."""
    follower, goal = Follower(Camera((0.3, 0.0), 1.0)), Camera((-0.4, 0.2), 6.0)
    whole, parts = follower.followed(goal, 1 / 20), follower
    for _ in range(6):
        parts = parts.followed(goal, 1 / 120)
    assert whole.camera.zoom == pytest.approx(parts.camera.zoom, rel=1e-12)
    assert whole.camera.center == pytest.approx(parts.camera.center, rel=1e-12)
    assert whole.speed == pytest.approx(parts.speed, rel=1e-12)


def test_another_camera_does_what_this_one_did():
    before = Camera((0.1, -0.2), 1.3)
    after = before.zoomed(1.7, at=(300, 200), size=SIZE).panned((40, -25), size=SIZE)
    assert carried(before, before, after).center == pytest.approx(after.center)
    other = Camera((0.5, 0.4), 2.0)
    there = carried(other, before, after)
    place = other.from_pixels((300, 200), size=SIZE)
    assert there.to_pixels(place, size=SIZE) == pytest.approx((340, 175))


def test_a_drag_under_a_resting_scale_is_exact_to_the_pixel(rng):
    points = clusters(rng, 500).astype(np.float64)
    radius = np.linalg.norm(points, axis=1).max()
    frame = random_frame(Random(4), 15)
    camera = Area(SIZE, right=200).fitted(measured([(points, 1.0)], frame, radius=radius))
    handle = points[:40].mean(axis=0)
    cursor = camera.to_pixels(0.5 * handle @ frame[:, :2] + 0.1, size=SIZE, radius=radius)
    moved = drag(frame, handle, camera.from_pixels(cursor, size=SIZE, radius=radius))
    assert camera.to_pixels(handle @ moved[:, :2], size=SIZE, radius=radius) == pytest.approx(cursor, abs=1e-6)


def test_next_to_nothing_is_in_sight(rng):
    points = clusters(rng, 2000)[:, :2].astype(np.float64)
    points /= np.abs(points).max()
    area = Area((640.0, 480.0), 100.0, 20.0, 40.0, 60.0)
    whole = area.fitted(box(points))
    assert not area.is_bare(points, whole, reach=3.0)
    assert not area.is_bare(points, replace(whole, zoom=0.1), reach=3.0)  # all of it, however small
    assert area.is_bare(points, whole.panned((2000.0, 0.0), size=area.size), reach=3.0)
    assert area.is_bare(points, whole.panned((0.0, -2000.0), size=area.size), reach=3.0)
    under = Area(area.size, right=560.0).fitted(box(points))
    assert area.is_bare(points, under, reach=3.0)  # a panel is over all of it
    close = area.centered(tuple(points[7]), 150.0)
    assert area.is_bare(points[7:8].repeat(60, axis=0) + np.arange(60)[:, None], close, reach=3.0)
    assert not area.is_bare(points[7:8].repeat(60, axis=0) + np.arange(60)[:, None], close, reach=80.0)  # it fills it


def test_a_tour_goes_on_as_far_as_what_it_comes_to_allows():
    asked = []

    def allowed(share):
        asked.append(share)
        return 1.0 - share / 0.02  # half way of what it may: nothing is left

    share = agreed(allowed, 1.0)
    assert 0.7 * share < allowed(share)
    assert share == pytest.approx(0.02 / 1.02, rel=0.2)  # where both are the same
    assert len(asked) < 15
    assert agreed(lambda share: 1.0, 1.0) == 1.0
    assert agreed(lambda share: 1.0, 0.3) == 0.3
    assert agreed(lambda share: 0.0, 1.0) < 1e-5  # whatever comes: it stands


def test_what_is_all_but_a_line_or_in_a_plane_is_known_wherever_it_lies(rng):
    along = rng.uniform(-1.0, 1.0, (300, 1)) * random_frame(Random(1), 15)[:, 0] + rng.standard_normal(15)
    noise = rng.standard_normal((300, 15))
    assert is_thin(along) and is_thin(along[:2]) and is_thin(along + 0.015 * noise)
    assert not is_thin(along + 0.05 * noise)
    plane = rng.uniform(-1.0, 1.0, (300, 2)) @ random_frame(Random(2), 15)[:, :2].T
    assert is_thin(plane) and not is_thin(plane + 0.02 * noise)
    assert not is_thin(clusters(rng, 300))
