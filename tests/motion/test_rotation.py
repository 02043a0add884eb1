"""Frames by their axioms, over dimensions, seeds and pairs that are nearly or exactly equal."""

from itertools import pairwise

import numpy as np
import pytest

from engine.motion.rotation import (
    as_frame,
    first_axes,
    geodesic,
    orthonormalize,
    plane_distance,
    principal_angles,
    random_frame,
    rotate_towards,
    rotation_exp,
    rotation_log,
    turning,
)

DIMS = [3, 4, 5, 15, 24]


def is_orthonormal(frame, tolerance=1e-12):
    return np.abs(frame.T @ frame - np.eye(frame.shape[1])).max() < tolerance


def unit(rng, dims):
    v = rng.standard_normal(dims)
    return v / np.linalg.norm(v)


@pytest.mark.parametrize("dims", DIMS)
def test_random_frames_are_orthonormal_and_seeded(dims):
    one, two = (random_frame(np.random.default_rng(5), dims) for _ in range(2))
    assert is_orthonormal(one)
    assert (one == two).all()


def test_random_frames_are_uniform():
    rng = np.random.default_rng(0)
    frames = np.stack([random_frame(rng, 4) for _ in range(20_000)])
    assert np.abs(frames.mean(axis=0)).max() < 0.02  # no preferred direction
    assert np.abs((frames**2).mean(axis=0) - 1 / 4).max() < 0.01  # nor axis


def test_orthonormalize_finds_the_nearest(rng):
    frame = random_frame(rng, 6)
    noisy = frame + 1e-3 * rng.standard_normal(frame.shape)
    best = orthonormalize(noisy)
    assert is_orthonormal(best)
    for _ in range(50):
        other = orthonormalize(best + 1e-4 * rng.standard_normal(frame.shape))
        assert np.linalg.norm(other - noisy) >= np.linalg.norm(best - noisy)


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [(np.eye(4, 2), "shape"), (np.eye(5, 3), "shape"), (np.eye(4, 3) * np.nan, "finite"), (np.ones((4, 3)), "off by")],
)
def test_as_frame_says_what_is_wrong(frame, complaint):
    with pytest.raises(ValueError, match=complaint):
        as_frame(frame, 4)


@pytest.mark.parametrize("angle", [0.0, 1e-10, 1e-5, 0.3, 1.5, np.pi / 2])
def test_principal_angles_are_those_put_in(angle, rng):
    frame = random_frame(rng, 6, 4)
    a = frame[:, :2]
    b = np.column_stack([np.cos(angle) * frame[:, 0] + np.sin(angle) * frame[:, 2], frame[:, 1]])
    assert principal_angles(a, b) == pytest.approx([0, angle], abs=1e-15)
    assert plane_distance(a, b) == pytest.approx(angle, abs=1e-15)


@pytest.mark.parametrize("dims", DIMS)
@pytest.mark.parametrize("nearness", [1.0, 1e-3, 1e-7, 1e-11])
def test_rotate_towards_takes_start_to_end_and_moves_nothing_else(dims, nearness, rng):
    axes = random_frame(rng, dims, dims)
    start, side, spare, outside = axes[:, 0], axes[:, 1], axes[:, 2], axes[:, 2:]
    end = start * np.cos(nearness) + side * np.sin(nearness)
    for goal in (end, -end):
        rotation = rotate_towards(np.eye(dims), start, goal, spare).T  # P itself, seen through all axes
        assert rotation @ start == pytest.approx(goal, abs=1e-12)
        assert np.linalg.det(rotation) == pytest.approx(1.0)
        assert is_orthonormal(rotation)
        # opposite to within `nearness`, the plane itself is known to rounding / nearness and no better
        assert rotation @ outside == pytest.approx(outside, abs=1e-12 + 4e-15 / nearness)


def test_rotate_towards_through_half_a_turn(rng):
    start = unit(rng, 5)
    spare = np.linalg.svd(start[None])[2][-1]
    rotation = rotate_towards(np.eye(5), start, -start, spare).T
    assert rotation @ start == pytest.approx(-start)
    assert rotation @ spare == pytest.approx(-spare)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-4, 1.0, 3.0, np.pi - 1e-7, np.pi])
def test_rotation_log_inverts_exp(angle, rng):
    turn = unit(rng, 3) * angle
    back = rotation_log(rotation_exp(turn))
    assert rotation_exp(back) == pytest.approx(rotation_exp(turn), abs=1e-9)
    assert np.linalg.norm(back) == pytest.approx(angle, abs=1e-7)


def pairs(rng, dims):
    """Pairs of frames: unrelated, near, equal, one turned in itself, one mirrored, one's space left by one axis."""
    a = random_frame(rng, dims)
    yield a, random_frame(rng, dims)
    yield a, orthonormalize(a + 1e-8 * rng.standard_normal(a.shape))
    yield a, a
    yield a, a @ rotation_exp(np.array([0.1, 2.0, -0.4]))
    if dims > 3:
        yield a, a * (1, 1, -1)
        yield a, a * (-1, 1, 1) @ rotation_exp(np.array([0.0, 0.3, 0.1]))
        rest = np.linalg.svd(a.T)[2][3]
        yield a, np.column_stack([a[:, 0], a[:, 1], rest])


@pytest.mark.parametrize("dims", DIMS)
def test_geodesics_join_their_ends_at_constant_speed(dims, rng):
    for start, end in pairs(rng, dims):
        path = geodesic(start, end)
        assert path(0.0) == pytest.approx(start, abs=1e-7)
        assert path(1.0) == pytest.approx(end, abs=1e-7)
        frames = np.stack([path(t) for t in np.linspace(0, 1, 201)])
        assert all(is_orthonormal(frame) for frame in frames)
        steps = np.linalg.norm(np.diff(frames, axis=0), axis=(1, 2))
        if len(steps) and steps.max() > 1e-6 and np.linalg.det(start.T @ end) * (dims == 3) >= 0:
            assert steps.max() < 0.08  # continuous: no path is longer than two half turns
            assert steps.max() - steps.min() < 1e-3 * steps.max()


def test_in_three_dimensions_a_mirrored_pair_mirrors_depth_half_way(rng):
    start = random_frame(rng, 3)
    end = random_frame(rng, 3)
    if np.linalg.det(start) * np.linalg.det(end) > 0:
        end = end * (1, 1, -1)
    path = geodesic(start, end)
    assert path(0.0) == pytest.approx(start)
    assert path(1.0) == pytest.approx(end)
    before, after = path(0.5 - 1e-9), path(0.5)
    assert after[:, :2] == pytest.approx(before[:, :2], abs=1e-6)
    assert after[:, 2] == pytest.approx(-before[:, 2], abs=1e-6)


def test_first_axes():
    assert first_axes(5).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("dims", [3, 4, 15])
@pytest.mark.parametrize("mirrored", [False, True])
def test_turning_leads_from_one_matrix_to_another(rng, dims, mirrored):
    a, b = (random_frame(rng, dims, dims) for _ in range(2))
    if (np.linalg.det(a) * np.linalg.det(b) < 0) != mirrored:
        b = b * np.where(np.arange(dims) == 0, -1.0, 1.0)
    path = turning(a, b)
    assert path(0.0) == pytest.approx(a)
    assert path(1.0) == pytest.approx(b)
    steps = [path(t) for t in np.linspace(0, 1, 41)]
    lengths = [np.linalg.norm(y - x) for x, y in pairwise(steps)]
    if not mirrored:  # it stays a rotation, at constant speed
        assert max(np.abs(each.T @ each - np.eye(dims)).max() for each in steps) < 1e-9
        assert max(lengths) == pytest.approx(min(lengths), rel=1e-6)
    else:  # one axis goes through nothing, the others turn
        singular = np.linalg.svd(path(0.5), compute_uv=False)
        assert singular[:-1] == pytest.approx(np.ones(dims - 1))
        assert singular[-1] == pytest.approx(0.0, abs=1e-9)


def test_turning_to_the_same_matrix_stays(rng):
    a = random_frame(rng, 5, 5)
    assert turning(a, a)(0.3) == pytest.approx(a)


def test_turning_from_half_way_through_a_mirror_does_not_jump(rng):
    a = random_frame(rng, 4, 4)
    half = turning(a, a * (1, 1, 1, -1))(0.4)
    path = turning(half, a)
    assert path(0.0) == pytest.approx(half)
    assert path(1.0) == pytest.approx(a)
