"""Projecting a layer as it lies in memory is aligning, projecting and mixing it, written out."""

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.projection import Placed, cue_size, nearness, pixels, project
from engine.motion.rotation import random_frame


def layer(rng, n=50, dims=6):
    return rng.standard_normal((n, dims)) + 3.0, rng.standard_normal(dims), random_frame(rng, dims, dims)


def test_one_layer_and_a_mix(rng):
    (a, mean_a, turn_a), (b, mean_b, turn_b) = layer(rng), layer(rng)
    frame = random_frame(rng, 6)
    expected = 0.3 * (a - mean_a) @ turn_a @ frame + 0.7 * (b - mean_b) @ turn_b @ frame
    sides = [Placed(a, mean_a, turn_a, 0.3), Placed(b, mean_b, turn_b, 0.7)]
    assert project(sides, frame) == pytest.approx(expected)
    single = [Placed(each.points.astype(np.float32), each.mean, each.rotation, each.share) for each in sides]
    assert project(single, frame).dtype == np.float32
    assert project(single, frame) == pytest.approx(expected, abs=1e-4)


def test_pixels_are_the_cameras(rng):
    shown = rng.standard_normal((20, 3))
    camera = Camera((0.3, -0.2), 2.5)
    expected = camera.to_pixels(shown[:, :2], size=(900, 600), radius=3.0)
    assert pixels(shown, camera, size=(900, 600), radius=3.0) == pytest.approx(expected)


def test_the_depth_cue():
    depth = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    near = nearness(depth, radius=1.0, cue=1.0)
    assert near.tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert cue_size(near, 1.0) == pytest.approx([0.72, 0.72, 0.97, 1.22, 1.22])
    assert (nearness(depth, radius=1.0, cue=0.0) == 0.5).all() and (cue_size(near, 0.0) == 1.0).all()


def test_a_layer_by_itself_is_shown_in_full(rng):
    points, mean, turn = layer(rng)
    frame = random_frame(rng, 6)
    assert project([Placed(points, mean, turn)], frame) == pytest.approx((points - mean) @ turn @ frame)
