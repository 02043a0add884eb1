"""The Grand Tour by its mathematics: orthonormal, constant speed, no kinks, uniform, independent of the frame rate."""

import itertools

import numpy as np
import pytest

import engine
from engine.motion.grandtour import STEP, STRAIGHT, TURN
from engine.motion.rotation import plane_distance, principal_angles, random_frame

DIMS = [3, 4, 15, 24]


def error(frame):
    return np.abs(frame.T @ frame - np.eye(3)).max()


@pytest.mark.parametrize("dims", DIMS)
def test_starts_at_the_first_three_axes(dims):
    assert (engine.GrandTour(dims).frame == np.eye(dims, 3)).all()


@pytest.mark.parametrize("dims", DIMS)
def test_speed_is_constant_and_is_that_of_the_plane(dims):
    tour = engine.GrandTour(dims, seed=1, speed=0.5)
    step = 0.002 / 0.5  # seconds; 0.002 radians, five to a piece
    frames = [tour.frame] + [tour.advance(step) for _ in range(3000)]
    lengths = np.array([plane_distance(a[:, :2], b[:, :2]) for a, b in itertools.pairwise(frames)])
    assert lengths.mean() == pytest.approx(0.002, rel=1e-3)
    # within a piece exactly; across a bend of 3 degrees the chord is shorter by its cosine
    assert lengths.min() > 0.002 * np.cos(TURN) * (1 - 1e-6)
    assert lengths.max() < 0.002 * (1 + 1e-6)


@pytest.mark.parametrize("dims", DIMS)
def test_no_kinks(dims):
    tour = engine.GrandTour(dims, seed=2)
    seconds = STEP / tour.speed
    planes = np.array([tour.advance(seconds)[:, :2] for _ in range(4000)])
    a, b = planes[:-1], planes[1:]
    # the velocities with the plane's own turning taken out
    u, _, vt = np.linalg.svd(a.transpose(0, 2, 1) @ b)
    velocities = b @ (u @ vt).transpose(0, 2, 1) - a
    velocities /= np.linalg.norm(velocities, axis=(1, 2), keepdims=True)
    cosines = (velocities[:-1] * velocities[1:]).sum(axis=(1, 2))
    assert (np.degrees(np.arccos(np.clip(cosines, -1, 1))) < 4.0).all()


@pytest.mark.slow
@pytest.mark.parametrize("dims", DIMS)
def test_a_long_way_stays_orthonormal_and_its_mean_projector_is_uniform(dims):
    """Of 20,000 steps. A drift that grew to 1e-6 within a million, even with their square, would be past the bound."""
    tour = engine.GrandTour(dims, seed=0)
    steps = 4_000
    frames = np.array([tour.advance(0.25) for _ in range(steps)])  # 0.05 radians apart
    assert frames.shape == (steps, dims, 3) and frames.dtype == np.float64
    assert np.abs(np.einsum("ndi,ndj->nij", frames, frames) - np.eye(3)).max() < 1e-13
    planes = frames[:, :, :2].transpose(1, 0, 2).reshape(dims, -1)
    mean = planes @ planes.T / steps
    assert np.diag(mean) == pytest.approx(np.full(dims, 2 / dims), rel=0.15)
    assert np.abs(mean - np.diag(np.diag(mean))).max() < 0.04


def test_depth_is_carried_by_the_same_rotation():
    """In a short time dt, the rotation that moves the plane by the shortest way moves depth as observed."""
    tour = engine.GrandTour(6, seed=4)
    tour.advance(3.0)
    a = tour.frame
    b = tour.advance(0.001)
    velocity = b[:, :2] - a[:, :2]
    turn = velocity @ a[:, :2].T - a[:, :2] @ velocity.T  # the generator of that rotation
    assert b[:, 2] - a[:, 2] == pytest.approx(turn @ a[:, 2], abs=1e-7)


@pytest.mark.parametrize("parts", [7, 600])
def test_path_does_not_depend_on_the_frame_rate(parts):
    whole, split = engine.GrandTour(15, seed=9), engine.GrandTour(15, seed=9)
    whole.advance(30.0)
    for _ in range(parts):
        split.advance(30.0 / parts)
    assert split.frame == pytest.approx(whole.frame, abs=1e-9)


def test_seeds():
    same = [engine.GrandTour(15, seed=7).advance(20.0) for _ in range(2)]
    assert (same[0] == same[1]).all()
    other = engine.GrandTour(15, seed=8).advance(20.0)
    assert not np.allclose(same[0], other, atol=0.1)
    chance = [engine.GrandTour(15, seed=None).advance(20.0) for _ in range(2)]
    assert not np.allclose(chance[0], chance[1], atol=1e-3)


def test_goes_on_from_an_assigned_frame(rng):
    tour = engine.GrandTour(15, seed=1)
    tour.advance(5.0)
    frame = random_frame(rng, 15)
    tour.frame = frame
    assert tour.frame == pytest.approx(frame)
    after = tour.advance(0.01)
    assert principal_angles(frame[:, :2], after[:, :2]).max() < 0.01 * tour.speed * 1.001
    assert plane_distance(frame[:, :2], after[:, :2]) == pytest.approx(0.01 * tour.speed)  # whatever its heading was
    assert error(tour.advance(50.0)) < 1e-12


def test_assigning_its_own_frame_keeps_the_direction():
    tour = engine.GrandTour(15, seed=1)
    tour.advance(5.0)
    before = tour.frame
    expected = engine.GrandTour(15, seed=1)
    expected.advance(5.0)
    tour.frame = before
    assert tour.advance(0.01) == pytest.approx(expected.advance(0.01), abs=1e-4)


def test_handing_out_a_frame_does_not_hand_out_the_state():
    tour = engine.GrandTour(5)
    tour.frame[:] = 0.0
    tour.advance(0.1)[:] = 0.0
    assert error(tour.advance(0.1)) < 1e-12


def test_zero_speed_and_zero_time_stand_still():
    tour = engine.GrandTour(5, speed=0.0)
    assert tour.advance(10.0) == pytest.approx(np.eye(5, 3))
    tour = engine.GrandTour(5)
    assert tour.advance(0.0) == pytest.approx(np.eye(5, 3))


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_refuses_to_move_by_what_is_no_duration(seconds):
    with pytest.raises(ValueError, match="seconds"):
        engine.GrandTour(5).advance(seconds)


def test_refuses_what_is_no_frame():
    with pytest.raises(ValueError, match="shape"):
        engine.GrandTour(5).frame = np.eye(4, 3)
    with pytest.raises(ValueError, match="at least 3"):
        engine.GrandTour(2)


def test_where_it_will_be_is_straight_on():
    tour = engine.GrandTour(15, speed=0.1)
    tour.advance(3.0)
    here, guess = tour.frame, tour.later(0.8)
    assert (tour.frame == here).all()
    assert np.abs(guess.T @ guess - np.eye(3)).max() < 1e-12
    assert plane_distance(here[:, :2], guess[:, :2]) == pytest.approx(0.08, abs=1e-9)
    assert np.linalg.norm(guess - tour.advance(0.8)) < 0.35 * np.linalg.norm(guess - here)  # it bends
    near = tour.later(0.01)
    assert near == pytest.approx(tour.advance(0.01), abs=1e-4)
    assert plane_distance(tour.frame[:, :2], tour.later(1e6)[:, :2]) == pytest.approx(STRAIGHT, abs=1e-9)
