"""Dragging: exact within reach, nearest beyond, minimal, and never NaN."""

import numpy as np
import pytest

import engine
from engine.motion.rotation import random_frame

DIMS = [3, 4, 15]


def shown(frame, point):
    return point @ frame[:, :2]


@pytest.fixture(params=DIMS)
def scene(request, rng):
    return random_frame(rng, request.param), rng.standard_normal(request.param) * 3.0


@pytest.mark.parametrize("reach", [0.0, 1e-9, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("direction", [0.0, 2.0, 4.0])
def test_the_point_lands_under_the_cursor(scene, reach, direction):
    frame, point = scene
    target = reach * np.linalg.norm(point) * np.array([np.cos(direction), np.sin(direction)])
    after = engine.drag(frame, point, target)
    assert shown(after, point) == pytest.approx(target, abs=1e-7 * np.linalg.norm(point))
    assert after.T @ after == pytest.approx(np.eye(3), abs=1e-12)


def test_beyond_reach_it_goes_to_the_nearest_place(scene):
    frame, point = scene
    length = np.linalg.norm(point)
    after = engine.drag(frame, point, np.array([3.0, -4.0]) * length)
    assert shown(after, point) == pytest.approx(np.array([0.6, -0.8]) * length)


@pytest.mark.parametrize("dims", DIMS)
def test_only_the_plane_of_old_and_new_position_moves(dims, rng):
    frame, point = random_frame(rng, dims), rng.standard_normal(dims)
    target = rng.standard_normal(2) * 0.3
    after = engine.drag(frame, point, target)
    # where the point now is in the old picture's d-space: kept length, the old hidden direction
    rest = point - frame[:, :2] @ shown(frame, point)
    new = frame[:, :2] @ target + rest / np.linalg.norm(rest) * np.sqrt(point @ point - target @ target)
    for still in np.linalg.svd(np.vstack([point, new]))[2][2:]:
        assert still @ after == pytest.approx(still @ frame, abs=1e-12)


@pytest.mark.parametrize("dims", DIMS)
def test_no_rotation_does_it_with_less(dims, rng):
    """The angle between the old and the new position bounds from below what any rotation needs."""
    frame, point = random_frame(rng, dims), rng.standard_normal(dims)
    target = 0.4 * np.linalg.norm(point) * np.array([0.6, 0.8])
    after = engine.drag(frame, point, target)
    rest = point - frame[:, :2] @ shown(frame, point)
    reachable = []  # every position of that length shown at the target
    for _ in range(500):
        away = rng.standard_normal(dims)
        away -= frame[:, :2] @ (frame[:, :2].T @ away)
        away *= np.sqrt(point @ point - target @ target) / np.linalg.norm(away)
        reachable.append(frame[:, :2] @ target + away)
    least = max(np.array(reachable) @ point) / (point @ point)
    ours = (frame[:, :2] @ target + rest * np.sqrt(point @ point - target @ target) / np.linalg.norm(rest)) @ point
    assert ours / (point @ point) >= least - 1e-12
    # and the frame turned by that angle: its change is 2 sin(angle / 2) at most
    angle = np.arccos(np.clip(ours / (point @ point), -1, 1))
    assert np.linalg.svd(after - frame, compute_uv=False).max() <= 2 * np.sin(angle / 2) + 1e-12


def test_the_cursor_brought_back_brings_the_view_back(scene):
    frame, point = scene
    engine.drag(frame, point, [0.5, 0.5])
    assert engine.drag(frame, point, shown(frame, point)) == pytest.approx(frame, abs=1e-9)


def test_the_origin_cannot_be_dragged(rng):
    frame = random_frame(rng, 5)
    assert engine.drag(frame, np.zeros(5), [1.0, 2.0]) == pytest.approx(frame, abs=1e-15)


@pytest.mark.parametrize("dims", DIMS)
def test_a_point_in_the_screen_plane_leaves_it_along_depth(dims, rng):
    frame = random_frame(rng, dims)
    point = frame[:, 0] * 2.0 + frame[:, 1]
    after = engine.drag(frame, point, 0.5 * shown(frame, point))
    assert shown(after, point) == pytest.approx(0.5 * shown(frame, point))
    assert point @ after[:, 2] > 0
    hidden = point - after @ (after.T @ point)
    assert np.linalg.norm(hidden) < 1e-9


@pytest.mark.parametrize("dims", DIMS)
def test_to_the_opposite_side_and_to_the_centre(dims, rng):
    frame = random_frame(rng, dims)
    flat = frame[:, 0] * 2.0
    for point in (flat, flat + 1e-9 * frame[:, 2], flat + 1e-13 * rng.standard_normal(dims)):
        for factor in (-1.0, -1.0 + 1e-12, 0.0, 1.0, -5.0):
            target = factor * shown(frame, point)
            after = engine.drag(frame, point, target)
            assert np.isfinite(after).all()
            assert shown(after, point) == pytest.approx(target * min(1.0, 1 / max(abs(factor), 1e-9)), abs=1e-6)


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_any_scale_of_data(scale, rng):
    frame, point = random_frame(rng, 4), rng.standard_normal(4)
    small = engine.drag(frame, point, [0.1, 0.2])
    assert engine.drag(frame, point * scale, np.array([0.1, 0.2]) * scale) == pytest.approx(small, abs=1e-9)


@pytest.mark.parametrize(
    ("point", "target"),
    [(np.ones(4), [1.0, np.nan]), (np.full(4, np.inf), [0, 0]), (np.ones((2, 4)), [0, 0]), (np.ones(4), [0, 0, 0])],
)
def test_refuses_what_is_no_point(point, target, rng):
    with pytest.raises(ValueError, match="drag"):
        engine.drag(random_frame(rng, 4), point, target)
