"""A planned trajectory by its axioms: bounded and steady speed, the figure in sight, an end where the path ends."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.framing import FASTEST, FILL, Area, Box, Follower
from engine.motion.trajectory import CORRIDOR, GENTLE, KNOTS, LONGEST, RATE, Path, Trajectory

AREA = Area((1280.0, 800.0), 240.0, 64.0, 60.0, 72.0)
FPS = 60


def path_of(scales, middles=None, seconds=1.0):
    """A path on which the figure is exp(-scale) large, and its middle where it is said to be."""
    middles = [(0.0, 0.0)] * len(scales) if middles is None else middles
    figures = [
        Box(tuple(middle), (0.3 * math.exp(-s), 0.4 * math.exp(-s))) for s, middle in zip(scales, middles, strict=True)
    ]
    return Path(figures, [AREA.fitted(figure).zoom for figure in figures], np.linspace(0.0, seconds, len(scales)))


def eased(end, start=0.0):
    t = np.linspace(0.0, 1.0, KNOTS)
    return start + (end - start) * t * t * (3.0 - 2.0 * t)


def travelled(path, start, taken=None):
    """Time, logarithm of the zoom and centres, every frame of the path and a while longer."""
    taken = path.times if taken is None else taken
    trajectory, times = Trajectory.along(path, taken, start, AREA), np.arange(0.0, taken[-1] + 1.0, 1.0 / FPS)
    cameras = [trajectory.at(t).camera for t in times]
    return times, np.log([each.zoom for each in cameras]), np.array([each.center for each in cameras])


def fills(path, taken, times, scales):
    """How much of the free area's limiting side the figure takes."""
    return FILL * np.exp(scales - np.interp(times, taken, np.log(path.zooms)))


def needed(path, start):
    """Seconds."""
    return path.pace(start).taken[-1]


@pytest.mark.parametrize("end", [-1.5, -0.6, -0.1, 0.0, 0.1, 0.6, 1.5])
@pytest.mark.parametrize("speed", [0.0, 0.3, -0.3])
def test_it_has_the_time_it_needs_and_the_figure_stays_in_sight(end, speed):
    path = path_of(eased(end))
    start = Follower(Camera(zoom=path.zooms[0]), (0.0, 0.0, speed))
    taken = path.pace(start).taken
    times, scales, _ = travelled(path, start, taken)
    rates = np.diff(scales) * FPS
    assert np.abs(rates).max() <= FASTEST
    assert np.abs(np.diff(rates)).max() < 2.5 * FASTEST / GENTLE / FPS * 2
    assert rates[0] == pytest.approx(speed, abs=0.06)  # it goes on as it went
    seen = fills(path, taken, times, scales)[times <= taken[-1]]
    assert 0.62 < seen.min() and seen.max() < 0.99


def test_it_takes_no_more_time_than_it_needs():
    start = Follower(Camera(zoom=path_of(eased(0.0)).zooms[0]))
    assert needed(path_of(eased(-CORRIDOR[0] * 0.9)), start) == pytest.approx(1.0)  # small for a while
    assert needed(path_of(eased(-CORRIDOR[1] * 0.9)), start) == pytest.approx(1.0)  # large for a while
    for end in (-1.3, 2.0):
        slack = CORRIDOR[1] if end < 0 else -CORRIDOR[0]
        least = (abs(end) - slack) / RATE
        assert least < needed(path_of(eased(end)), start) < 1.2 * least + 0.5


def test_there_and_back_needs_time_both_ways():
    start = Follower(Camera(zoom=path_of(eased(0.0)).zooms[0]))
    bump = np.sin(np.linspace(0.0, math.pi, KNOTS))
    assert needed(path_of(bump), start) > needed(path_of(eased(1.0)), start)


def test_a_path_that_the_camera_is_not_on_yet_does_not_wait_for_it():
    path = path_of(eased(0.0))
    for off in (0.25, 4.0):
        assert needed(path, Follower(Camera(zoom=path.zooms[0] * off))) == pytest.approx(1.0, abs=0.01)


def test_no_path_takes_longer_than_a_person_waits():
    path = path_of(eased(9.0))
    start = Follower(Camera(zoom=path.zooms[0]))
    assert needed(path, start) == pytest.approx(LONGEST)
    longer = replace(path, times=2.0 * LONGEST * path.times)
    assert needed(longer, start) == pytest.approx(2.0 * LONGEST)  # but for its own sake


def test_without_the_time_the_speed_goes_before_the_size():
    path = path_of(eased(3.0))
    start = Follower(Camera(zoom=path.zooms[0]))
    _, scales, _ = travelled(path, start)
    assert np.abs(np.diff(scales) * FPS).max() <= FASTEST
    assert scales[0] == pytest.approx(math.log(path.zooms[0]))


def test_the_middle_follows_the_figure_and_what_is_off_at_first_springs_back():
    middles = np.column_stack([eased(0.4), eased(-0.2)])
    path = path_of(eased(0.0), middles)
    first = AREA.centered((0.3, 0.1), path.zooms[0])  # far from the figure's middle
    start = Follower(first, (0.5, 0.0, 0.0))
    _, scales, centers = travelled(path, start)
    assert centers[0] == pytest.approx(first.center)
    assert np.abs(np.diff(centers, n=2, axis=0)).max() * FPS < 0.1  # of radii a second, between two frames
    assert Trajectory.along(path, path.times, start, AREA).at(0.0).speed[0] == pytest.approx(0.5, abs=0.03)
    goal = AREA.centered((0.4, -0.2), math.exp(scales[-1])).center
    assert np.abs(centers[-1] - goal).max() < 0.05


@pytest.mark.parametrize("seconds", [0.7, 2.0])
def test_a_figure_whose_middle_goes_off_at_once_stays_in_the_free_area(seconds):
    """A camera at rest is behind at first: with the spring of a tour, the end of a figure left it by 70 pixels."""
    middles = np.column_stack([np.linspace(0.0, 0.3, KNOTS), np.zeros(KNOTS)])
    path = path_of(eased(0.1), middles, seconds=seconds)
    times, scales, centers = travelled(path, Follower(AREA.centered((0.0, 0.0), path.zooms[0])))
    seen = fills(path, path.times, times, scales)
    middle = np.interp(times, path.times, middles[:, 0])
    planned = np.array([AREA.centered((x, 0.0), math.exp(s)).center[0] for x, s in zip(middle, scales, strict=True)])
    unit = Camera().pixels_per_radius(AREA.size)
    aside = np.abs(centers[:, 0] - planned) * np.exp(scales) * unit / AREA.free[0]  # a share of the free width
    assert (0.5 * seen + aside).max() < 0.5 + 0.5 * (1.0 - FILL)
    assert aside[times > 1.0].max() < 0.02 or seconds > 1.0


def test_its_speed_is_that_of_its_camera():
    path = path_of(eased(-0.5), np.column_stack([eased(0.4), eased(0.1)]), seconds=2.0)
    trajectory = Trajectory.along(path, path.times, Follower(Camera(zoom=path.zooms[0])), AREA)
    for t in (0.3, 1.0, 2.2):
        now, then = trajectory.at(t), trajectory.at(t + 1e-3)
        zoom = now.camera.zoom
        speed = [(b - a) * zoom / 1e-3 for a, b in zip(now.camera.center, then.camera.center, strict=True)]
        assert now.speed == pytest.approx((*speed, math.log(then.camera.zoom / zoom) / 1e-3), abs=0.01)


def test_as_near_to_the_best_as_the_bound_allows():
    path = path_of(eased(0.2), seconds=4.0)  # slow enough to be followed
    times, scales, _ = travelled(path, Follower(Camera(zoom=path.zooms[0])))
    assert np.abs(fills(path, path.times, times, scales) - FILL).max() < 0.03


@pytest.mark.parametrize("moment", [0.2, 0.43, 0.512, 0.77])
def test_it_is_looked_at_more_closely_where_a_figure_is_flat_for_a_moment(moment):
    times = np.linspace(0.0, 1.0, KNOTS)
    widths = np.abs(times - moment) + 0.05
    path = replace(path_of(-np.log(widths)), times=times)
    (between,) = path.closer()
    k = int(np.searchsorted(times, moment))
    assert between == pytest.approx(0.5 * (times[k - 1] + times[k]))


def test_each_flat_moment_is_looked_at_and_what_changes_smoothly_needs_no_closer_look():
    times = np.linspace(0.0, 1.0, KNOTS)
    widths = np.minimum(np.abs(times - 0.3) + 0.1, np.abs(times - 0.71) + 0.05)
    assert path_of(-np.log(widths)).closer() == pytest.approx([0.296875, 0.703125])
    assert not len(path_of(eased(1.5)).closer())
    assert not len(path_of(np.sin(5.0 * times)).closer())
    assert not len(path_of(-np.log(np.abs(times - times[9]) + 0.05)).closer())  # it is seen there
