"""What every tour keeps: orthonormal columns, constant speed, a path that no frame rate changes, and its place."""

import itertools

import numpy as np
import pytest

import engine
from engine.motion.guided import GuidedTour, scatter
from engine.motion.little import LittleTour
from engine.motion.local import LocalTour
from engine.motion.rotation import plane_distance, principal_angles, random_frame

DIMS = [3, 4, 15, 24]


def guided(dims, seed=0, speed=0.2):
    rng = np.random.default_rng(seed)
    groups = np.arange(120) % 4
    points = rng.standard_normal((120, dims)) + 4.0 * rng.standard_normal((4, dims))[groups]
    return GuidedTour(dims, scatter(points, groups), speed=speed)


KINDS = pytest.mark.parametrize("make", [LittleTour, LocalTour, guided], ids=["little", "local", "guided"])


def error(frame):
    return np.abs(frame.T @ frame - np.eye(3)).max()


@KINDS
@pytest.mark.parametrize("dims", DIMS)
def test_starts_at_the_first_axes_and_stays_orthonormal(make, dims):
    tour = make(dims)
    assert (tour.frame == np.eye(dims, 3)).all()
    tour.speed = 50.0
    for _ in range(50):
        assert error(tour.advance(1.0)) < 1e-12


@KINDS
@pytest.mark.parametrize("dims", DIMS)
def test_speed_is_constant_until_it_rests(make, dims):
    tour = make(dims, seed=1, speed=0.5)
    frames = [tour.frame] + [tour.advance(0.004) for _ in range(1500)]
    lengths = np.array([plane_distance(a[:, :2], b[:, :2]) for a, b in itertools.pairwise(frames)])
    moved = lengths[lengths > 1e-9]
    # at a corner two short pieces stand for one; everywhere else the speed is exact
    assert np.isclose(moved, 0.002, rtol=1e-6).mean() > 0.98
    assert moved.max() < 0.002 * (1 + 1e-6)
    assert tour.resting == bool(lengths[-1] < 1e-9)


@KINDS
@pytest.mark.parametrize("parts", [7, 600])
def test_path_does_not_depend_on_the_frame_rate(make, parts):
    whole, split = make(15, seed=9), make(15, seed=9)
    whole.advance(30.0)
    for _ in range(parts):
        split.advance(30.0 / parts)
    assert split.frame == pytest.approx(whole.frame, abs=1e-7)


@KINDS
def test_goes_on_from_an_assigned_frame(make, rng):
    tour = make(15, seed=1)
    tour.advance(5.0)
    frame = random_frame(rng, 15)
    tour.frame = frame
    assert tour.frame == pytest.approx(frame)
    after = tour.advance(0.01)
    assert 0 < principal_angles(frame[:, :2], after[:, :2]).max() < 0.01 * tour.speed * 1.001


@KINDS
def test_depth_is_carried_by_the_same_rotation(make):
    tour = make(6, seed=4)
    a = tour.advance(1.0)
    b = tour.advance(0.001)
    velocity = b[:, :2] - a[:, :2]
    turn = velocity @ a[:, :2].T - a[:, :2] @ velocity.T
    assert b[:, 2] - a[:, 2] == pytest.approx(turn @ a[:, 2], abs=1e-6)


@KINDS
def test_refusals_and_copies(make):
    tour = make(5)
    for seconds in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="seconds"):
            tour.advance(seconds)
    assert tour.advance(0.0) == pytest.approx(np.eye(5, 3))
    with pytest.raises(ValueError, match="shape"):
        tour.frame = np.eye(4, 3)
    tour.frame[:] = 0.0
    tour.advance(0.1)[:] = 0.0
    assert error(tour.advance(0.1)) < 1e-12
    with pytest.raises(ValueError, match=r"at least 3|not"):
        make(2)


@pytest.mark.parametrize("kind", [LittleTour, LocalTour])
def test_seeds(kind):
    first, again, other = (kind(15, seed=seed).advance(20.0) for seed in (7, 7, 8))
    assert (first == again).all() and not np.allclose(first, other, atol=0.1)
    chance = [kind(15, seed=None).advance(20.0) for _ in range(2)]
    assert not np.allclose(*chance, atol=1e-3)


@pytest.mark.parametrize("dims", [3, 4, 7])
def test_the_little_tour_sees_every_pair_of_axes(dims):
    tour, pairs = LittleTour(dims, speed=1.0), set()
    for _ in range(4000):
        plane = tour.advance(0.02)[:, :2]
        weights = (plane**2).sum(axis=1)  # of the axes in the plane
        if np.sort(weights)[-2] > 0.999:
            pairs.add(tuple(np.sort(np.argsort(weights)[-2:])))
    assert pairs == set(itertools.combinations(range(dims), 2))


def test_a_hand_does_not_make_the_little_tour_skip(rng):
    tour = LittleTour(5, speed=1.0)
    tour.advance(0.3)
    target = tour._target
    tour.frame = random_frame(rng, 5)
    assert tour._target is target


def test_the_local_tour_stays_near_and_comes_home(rng):
    home = random_frame(rng, 15)
    tour = LocalTour(15, seed=2, speed=1.0, angle=0.5)
    tour.frame = home
    far, visits = 0.0, []
    for _ in range(8):
        far = max(far, plane_distance(home[:, :2], tour.advance(0.5)[:, :2]))
        visits.append(tour.frame[:, :2])
        assert tour.advance(0.5) == pytest.approx(home, abs=1e-9)
    assert far == pytest.approx(0.5)
    assert min(plane_distance(a, b) for a, b in itertools.combinations(visits, 2)) > 0.1  # elsewhere each time


def test_the_local_tour_is_around_what_was_assigned(rng):
    tour = LocalTour(7, speed=1.0, angle=0.3)
    tour.advance(5.3)
    home = random_frame(rng, 7)
    tour.frame = home
    assert max(plane_distance(home[:, :2], tour.advance(0.05)[:, :2]) for _ in range(100)) < 0.3 + 1e-9
    with pytest.raises(ValueError, match="quarter turn"):
        LocalTour(5, angle=2.0)


def test_the_grand_tour_never_rests():
    assert engine.GrandTour(5).resting is False


def test_a_pair_is_reached_when_the_plane_shows_it_and_not_when_depth_does():
    tour = LittleTour(5, seed=3)
    pair = tour.next_target(tour.frame)
    other = np.eye(5)[:, next(k for k in range(5) if not pair[k].any())]
    beside = np.column_stack([pair[:, 0], other, pair[:, 1]])
    assert (tour.next_target(beside) == pair).all()
    turned = np.column_stack([pair @ [[0.6, -0.8], [0.8, 0.6]], other])
    assert not (tour.next_target(turned) == pair).all()


@pytest.mark.parametrize("tour", [engine.GrandTour, LittleTour, LocalTour])
def test_a_tour_that_is_told_nothing_is_the_first_one_at_its_usual_speed(tour):
    assert tour(5).advance(3.0) == pytest.approx(tour(5, seed=0, speed=0.2).advance(3.0), abs=0)
    assert not np.allclose(tour(5).advance(3.0), tour(5, seed=1).advance(3.0), atol=1e-3)


@KINDS
@pytest.mark.parametrize("dims", DIMS)
def test_where_it_will_be_is_where_it_comes_round_corners_too_and_asking_moves_nothing(make, dims):
    tour, asked = make(dims, seed=2, speed=0.3), make(dims, seed=2, speed=0.3)
    for seconds in (0.0, 0.7, 1.9, 40.0, 3.0, 0.01):
        tour.advance(0.3)
        asked.advance(0.3)
        there = asked.later(seconds)
        assert (asked.frame == tour.frame).all()
        assert there == pytest.approx(tour.advance(seconds), abs=1e-9)
        assert asked.advance(seconds) == pytest.approx(tour.frame, abs=1e-12)


@KINDS
def test_one_that_rests_will_be_where_it_is(make):
    tour = make(5)
    tour._length = 0.0  # as where there is no other plane
    assert tour.resting and (tour.later(3.0) == tour.frame).all()
