"""The tour of a plane: a turn of the first two axes, at its speed, whatever the steps of time."""

import numpy as np
import pytest

from engine.motion.flat import FlatTour, turn
from engine.motion.random import Random
from engine.motion.rotation import random_frame


def test_it_turns_by_its_speed():
    tour = FlatTour(speed=0.5)
    frame = tour.advance(1.0)
    c, s = np.cos(0.5), np.sin(0.5)
    np.testing.assert_allclose(np.array([1.0, 0.0, 0.0]) @ frame, (c, s, 0), atol=1e-15)
    np.testing.assert_allclose(np.array([0.0, 0.0, 1.0]) @ frame, (0, 0, 1), atol=1e-15)


def test_steps_of_time_do_not_matter():
    one, many = FlatTour(), FlatTour()
    one.frame = many.frame = random_frame(Random(3), 3)
    for _ in range(5000):
        many.advance(0.1)
    np.testing.assert_allclose(one.advance(500.0), many.frame, atol=1e-9)
    np.testing.assert_allclose(many.frame.T @ many.frame, np.eye(3), atol=1e-12)


def test_where_it_will_be_is_where_it_comes():
    tour = FlatTour(speed=0.5)
    tour.frame = random_frame(Random(3), 3)
    there, now = tour.later(0.8), tour.frame
    assert (tour.frame == now).all()
    np.testing.assert_allclose(there, tour.advance(0.8), atol=1e-12)


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_time_goes_forward(seconds):
    with pytest.raises(ValueError, match="moves forward"):
        FlatTour().advance(seconds)


def test_a_drag_turns_in_the_plane_of_the_screen_alone(rng):
    for seed in range(20):
        frame, point, target = random_frame(Random(seed), 3), rng.standard_normal(3), rng.standard_normal(2)
        turned = turn(frame, point, target)
        np.testing.assert_allclose(turned[:, 2], frame[:, 2], atol=1e-12)  # not tilted
        np.testing.assert_allclose(turned.T @ turned, np.eye(3), atol=1e-12)
        before, after = point @ frame[:, :2], point @ turned[:, :2]
        np.testing.assert_allclose(after, np.hypot(*before) * target / np.hypot(*target), atol=1e-12)


@pytest.mark.parametrize(("point", "target"), [((0.0, 0.0, 0.0), (1.0, 0.0)), ((1.0, 2.0, 0.0), (0.0, 0.0))])
def test_in_the_middle_there_is_no_direction(point, target):
    np.testing.assert_array_equal(turn(np.eye(3), point, target), np.eye(3))
