"""The tour of a plane: a turn of the first two axes, at its speed, whatever the steps of time."""

import numpy as np
import pytest

from engine.motion.flat import FlatTour
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


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_time_goes_forward(seconds):
    with pytest.raises(ValueError, match="moves forward"):
        FlatTour().advance(seconds)
