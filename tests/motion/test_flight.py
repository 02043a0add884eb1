"""Flights start and end where they should, ease, and zoom like a wheel."""

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.flight import Pose, flight, smoothstep
from engine.motion.rotation import random_frame


def test_smoothstep_is_flat_at_both_ends():
    assert [smoothstep(t) for t in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]
    assert smoothstep(1e-4) < 1e-7
    assert 1 - smoothstep(1 - 1e-4) < 1e-7


@pytest.fixture
def poses(rng):
    return (
        Pose(random_frame(rng, 15), Camera((0.5, -0.3), 1.0), 2.0),
        Pose(random_frame(rng, 15), Camera((-0.2, 0.1), 8.0), 7.0),
    )


def test_a_flight_joins_its_ends(poses):
    start, end = poses
    path = flight(start, end)
    assert path(0.0) is start
    assert path(1.0) is end
    for t in (1e-9, 1 - 1e-9):
        pose = path(t)
        nearest = start if t < 0.5 else end
        assert pose.frame == pytest.approx(nearest.frame, abs=1e-6)
        assert pose.camera.center == pytest.approx(nearest.camera.center, abs=1e-6)
        assert pose.camera.zoom == pytest.approx(nearest.camera.zoom, abs=1e-6)
        assert pose.layer == pytest.approx(nearest.layer, abs=1e-6)


def test_a_flight_zooms_about_one_fixed_point(poses):
    start, end = poses
    cameras = [flight(start, end)(t).camera for t in np.linspace(0.01, 0.99, 30)]
    zooms = [camera.zoom for camera in cameras]
    assert zooms == sorted(zooms)
    # centre + k / zoom is the same all the way
    k = np.subtract(end.camera.center, start.camera.center) / (1 / end.camera.zoom - 1 / start.camera.zoom)
    fixed = np.array([camera.center - k / camera.zoom for camera in cameras])
    assert np.ptp(fixed, axis=0) == pytest.approx([0, 0], abs=1e-9)


def test_a_flight_without_zoom_goes_straight(rng):
    frame = random_frame(rng, 4)
    path = flight(Pose(frame, Camera((0, 0), 2.0)), Pose(frame, Camera((1, 2), 2.0)))
    assert path(0.5).camera.center == pytest.approx((0.5, 1.0))
