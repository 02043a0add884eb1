"""Geodesics of planes by their axioms: unit speed, the shortest way, depth carried along, right angles."""

import math

import numpy as np
import pytest

from engine.motion.plane_geodesic import Geodesic, logarithm, norm
from engine.motion.rotation import principal_angles, random_frame

DIMS = [3, 4, 7, 15]


def heading_of(rng, frame):
    """A unit velocity (d, 2) of a frame's plane."""
    plane = frame[:, :2]
    velocity = rng.standard_normal(plane.shape)
    velocity -= plane @ (plane.T @ velocity)
    return velocity / np.linalg.norm(velocity)


def generator(frame, heading):
    """The antisymmetric matrix (d, d) that moves the plane by the heading and nothing within it."""
    plane = frame[:, :2]
    return heading @ plane.T - plane @ heading.T


def exponential(matrix):
    """Of an antisymmetric matrix, by its eigenvectors."""
    values, vectors = np.linalg.eigh(1j * matrix)
    return ((vectors * np.exp(-1j * values)) @ vectors.conj().T).real


@pytest.mark.parametrize("dims", DIMS)
def test_a_piece_is_the_exponential_of_its_generator(rng, dims):
    for _ in range(5):
        frame = random_frame(rng, dims)
        heading = heading_of(rng, frame)
        piece = Geodesic(frame, heading)
        for length in (0.0, 1e-3, 0.4, 1.3, -0.7):
            turn = exponential(length * generator(frame, heading))
            assert piece.at(length) == pytest.approx(turn @ frame, abs=1e-12)
            assert piece.heading_at(length) == pytest.approx(turn @ heading, abs=1e-12)


@pytest.mark.parametrize("one", [0, 1])
def test_a_heading_that_turns_one_direction_alone_leaves_the_other(rng, one):
    frame = random_frame(rng, 6)
    away = np.linalg.qr(np.column_stack([frame, rng.standard_normal(6)]))[0][:, 3]
    heading = np.zeros((6, 2))
    heading[:, one] = away
    piece = Geodesic(frame, heading)
    there = piece.at(0.3)
    assert there[:, 1 - one] == pytest.approx(frame[:, 1 - one], abs=1e-15)
    assert there[:, one] == pytest.approx(math.cos(0.3) * frame[:, one] + math.sin(0.3) * away)
    assert there[:, 2] == pytest.approx(frame[:, 2])
    assert piece.heading_at(0.3)[:, 1 - one] == pytest.approx(np.zeros(6), abs=1e-15)


def test_towards_depth_depth_comes_into_the_plane(rng):
    frame = random_frame(rng, 5)
    heading = np.column_stack([frame[:, 2], np.zeros(5)])
    there = Geodesic(frame, heading).at(math.pi / 2)
    assert there[:, 0] == pytest.approx(frame[:, 2]) and there[:, 2] == pytest.approx(-frame[:, 0])


@pytest.mark.parametrize("dims", DIMS)
def test_the_logarithm_leads_to_the_target_in_unit_time_by_the_shortest_way(rng, dims):
    for _ in range(10):
        frame, target = random_frame(rng, dims), random_frame(rng, dims)[:, :2]
        velocity = logarithm(frame[:, :2], target)
        length = norm(velocity)
        assert frame[:, :2].T @ velocity == pytest.approx(np.zeros((2, 2)), abs=1e-12)
        assert length == pytest.approx(np.linalg.norm(principal_angles(frame[:, :2], target)))
        there = Geodesic(frame, velocity / length).at(length)[:, :2]
        assert there @ there.T == pytest.approx(target @ target.T, abs=1e-9)
        turned = target @ np.linalg.qr(rng.standard_normal((2, 2)))[0]  # the same plane by other axes
        assert logarithm(frame[:, :2], turned) == pytest.approx(velocity, abs=1e-9)


def test_a_plane_is_no_way_from_itself(rng):
    plane = random_frame(rng, 6)[:, :2]
    assert norm(logarithm(plane, plane[:, ::-1])) == pytest.approx(0.0, abs=1e-12)


def test_a_plane_at_a_right_angle_is_half_a_turn_away_column_to_column():
    plane, target = np.eye(4)[:, :2], np.eye(4)[:, 2:]
    velocity = logarithm(plane, target)
    assert velocity == pytest.approx(math.pi / 2 * target)  # however rounding would turn singular vectors of nothing


def test_one_direction_shared_and_one_at_a_right_angle(rng):
    """Whatever the axes that either plane is given by."""
    axes = np.eye(5)
    for _ in range(5):
        a, b = (np.linalg.qr(rng.standard_normal((2, 2)))[0] for _ in range(2))
        plane, target = axes[:, :2] @ a, np.column_stack([axes[:, 0], axes[:, 3]]) @ b
        velocity = logarithm(plane, target)
        assert norm(velocity) == pytest.approx(math.pi / 2)
        assert velocity.T @ axes[:, 0] == pytest.approx(np.zeros(2), abs=1e-12)
        there = Geodesic(np.column_stack([plane, axes[:, 4]]), velocity / norm(velocity)).at(math.pi / 2)[:, :2]
        assert there @ there.T == pytest.approx(target @ target.T, abs=1e-9)


def rotation(angle):
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


@pytest.mark.parametrize("mirrored", [False, True])
def test_below_a_cosine_the_way_keeps_the_orientation_and_above_it_is_the_shortest(rng, mirrored):
    """One direction is shared, the other almost at a right angle, on one side of it or the other; in any axes."""
    near = -0.05 if mirrored else 0.05
    for _ in range(20):
        basis = random_frame(rng, 6, 4)
        away = near * basis[:, 1] + math.sqrt(1 - near**2) * basis[:, 3]
        plane = basis[:, :2] @ rotation(rng.uniform(0, 6))
        target = np.column_stack([basis[:, 0], away]) @ rotation(rng.uniform(0, 6))
        short = logarithm(plane, target)
        assert norm(short) == pytest.approx(math.acos(0.05))
        kept = logarithm(plane, target, across=0.1)
        assert norm(kept) == pytest.approx(math.acos(near))  # the longer way round where it is mirrored
        there = Geodesic(np.column_stack([plane, basis[:, 2]]), kept / norm(kept)).at(norm(kept))[:, :2]
        assert there @ there.T == pytest.approx(target @ target.T, abs=1e-9)
        assert np.linalg.det(target.T @ there) == pytest.approx(1.0)  # the same orientation
        assert logarithm(plane, target, across=0.01) == pytest.approx(short)


def test_the_length_of_a_velocity_is_the_root_of_its_squares(rng):
    velocity = rng.standard_normal((7, 2))
    assert norm(velocity) == pytest.approx(np.linalg.norm(velocity))
    assert isinstance(norm(velocity), float)
