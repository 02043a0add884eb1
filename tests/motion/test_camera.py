"""The camera: the rule under Numbers, and pan and zoom that keep what is under the cursor there."""

import numpy as np
import pytest

from engine.motion.camera import Camera

SIZES = [(800, 800), (1280, 800), (600, 900), (257, 131)]


@pytest.mark.parametrize("size", SIZES)
def test_the_square_of_one_point_one_radius_fits_the_shorter_side(size):
    corners = Camera().to_pixels([[-1.1 * 7, 1.1 * 7], [1.1 * 7, -1.1 * 7]], size=size, radius=7.0)
    width, height = size
    side = min(size)
    assert corners == pytest.approx(np.array([[width - side, height - side], [width + side, height + side]]) / 2)


def test_y_is_up():
    assert Camera().to_pixels([0.0, 1.0], size=(200, 200))[1] < 100


@pytest.mark.parametrize("size", SIZES)
def test_from_pixels_inverts_to_pixels(size, rng):
    camera = Camera((0.3, -0.2), 3.0)
    points = rng.standard_normal((20, 2))
    pixels = camera.to_pixels(points, size=size, radius=2.5)
    assert camera.from_pixels(pixels, size=size, radius=2.5) == pytest.approx(points)


@pytest.mark.parametrize("size", SIZES)
def test_zoom_keeps_what_is_under_the_cursor(size):
    camera, at = Camera((0.3, -0.2), 2.0), (31.0, 77.0)
    held = camera.from_pixels(at, size=size)
    for factor in (1.1, 0.5, 40.0):
        camera = camera.zoomed(factor, at=at, size=size)
        assert camera.to_pixels(held, size=size) == pytest.approx(at)


def test_zoom_has_limits():
    assert Camera().zoomed(1e9, at=(0, 0), size=(100, 100)).zoom == 150.0
    assert Camera().zoomed(1e-9, at=(0, 0), size=(100, 100)).zoom == 0.1


@pytest.mark.parametrize("size", SIZES)
def test_pan_follows_the_hand(size):
    camera = Camera((0.1, 0.4), 2.0)
    before = camera.to_pixels([0.2, 0.3], size=size)
    after = camera.panned((12.0, -7.0), size=size).to_pixels([0.2, 0.3], size=size)
    assert after - before == pytest.approx([12.0, -7.0])
