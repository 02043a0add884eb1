"""The guided tour by its mathematics: the index, the best plane in closed form, and the way there."""

import numpy as np
import pytest

from engine.motion.guided import GuidedTour, best_plane, scatter, separation
from engine.motion.rotation import plane_distance, random_frame


@pytest.fixture
def groups():
    return np.arange(300) % 5


@pytest.fixture
def points(rng, groups):
    spread = np.linspace(2.0, 0.3, 9)
    return (rng.standard_normal((300, 9)) + 1.5 * rng.standard_normal((5, 9))[groups]) * spread


def test_scatter_is_what_it_says(points, groups):
    of = scatter(points, groups, penalty=0.0)
    within = sum(
        (points[groups == g] - points[groups == g].mean(0)).T @ (points[groups == g] - points[groups == g].mean(0))
        for g in range(5)
    )
    centred = points - points.mean(0)
    assert of.within == pytest.approx(within)
    assert of.within + of.between == pytest.approx(centred.T @ centred)
    assert scatter(points, groups + 7, penalty=0.0).within == pytest.approx(within)  # names mean nothing


def test_points_of_no_group_are_left_out(points, groups):
    some = np.where(groups == 3, -1, groups)
    assert scatter(points, some).within == pytest.approx(scatter(points[groups != 3], groups[groups != 3]).within)
    with pytest.raises(ValueError, match="two groups"):
        scatter(points, np.where(groups == 3, 0, -1))


def test_index_is_in_0_to_1_and_of_the_plane_alone(points, groups, rng):
    of = scatter(points, groups)
    for _ in range(20):
        plane = random_frame(rng, 9)[:, :2]
        value = separation(plane, of)
        assert 0 <= value <= 1
        assert separation(plane @ rng.standard_normal((2, 2)), of) == pytest.approx(value)
    apart = np.where(groups[:, None] == np.arange(5), 1e3, 0.0)
    assert separation(np.eye(5, 2), scatter(apart + 1e-3 * rng.standard_normal((300, 5)), groups, penalty=0)) > 0.999
    assert separation(np.eye(9, 2), scatter(rng.standard_normal((300, 9)), groups)) < 0.1


@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_no_plane_is_better_than_the_best(points, groups, rng, penalty):
    of = scatter(points, groups, penalty=penalty)
    best = best_plane(of, np.eye(9, 2))
    assert best.T @ best == pytest.approx(np.eye(2), abs=1e-12)
    top = separation(best, of)
    others = [separation(random_frame(rng, 9)[:, :2], of) for _ in range(500)]
    nearby = [separation(np.linalg.qr(best + 0.05 * rng.standard_normal((9, 2)))[0], of) for _ in range(500)]
    assert max(others) < top and max(nearby) < top


def test_without_penalty_it_is_the_plane_of_linear_discriminants(points, groups):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # which takes a second to import

    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(points, groups).scalings_[:, :2]
    ours = best_plane(scatter(points, groups, penalty=0.0), np.eye(9, 2))
    assert plane_distance(ours, np.linalg.qr(theirs)[0]) < 1e-6


def test_a_direction_that_nobody_sees_is_not_the_best(rng):
    """Two groups a hair's breadth apart along a flat axis, and well apart, with overlap, along a wide one."""
    groups = np.arange(400) % 2
    points = rng.standard_normal((400, 4)) * (1.0, 0.5, 0.3, 1e-4)
    points[:, 0] += 2.0 * groups
    points[:, 3] += 1e-3 * groups
    assert abs(best_plane(scatter(points, groups, penalty=0.0), np.eye(4, 2))[3]).max() > 0.95
    assert abs(best_plane(scatter(points, groups), np.eye(4, 2))[0]).max() > 0.95


def test_of_two_groups_any_plane_through_the_discriminant_does_and_the_nearest_is_taken(points, groups, rng):
    of = scatter(points, (groups == 0).astype(int))
    planes = []
    for _ in range(5):
        near = random_frame(rng, 9)[:, :2]
        found = best_plane(of, near)
        planes.append(found)
        others = [np.linalg.qr(np.column_stack([found[:, 0], rng.standard_normal(9)]))[0] for _ in range(200)]
        assert plane_distance(found, near) < min(plane_distance(other, near) for other in others)
    values = [separation(plane, of) for plane in planes]
    assert values == pytest.approx([values[0]] * 5)


def test_goes_to_the_best_plane_and_rests_there(points, groups, rng):
    of = scatter(points, groups)
    tour = GuidedTour(9, of, speed=1.0)
    tour.frame = random_frame(rng, 9)
    start = separation(tour.frame, of)
    goal = best_plane(of, np.eye(9, 2))
    way = plane_distance(tour.frame[:, :2], goal)
    tour.advance(way / 2)
    assert plane_distance(tour.frame[:, :2], goal) == pytest.approx(way / 2)  # along the geodesic
    tour.advance(way)
    assert tour.resting and separation(tour.frame, of) == pytest.approx(separation(goal, of))
    assert separation(goal, of) > start
    there = tour.frame
    assert (tour.advance(5.0) == there).all()


def test_goes_on_when_there_is_something_else_to_separate(points, groups):
    tour = GuidedTour(9, None, speed=1.0)
    assert tour.resting and (tour.advance(3.0) == np.eye(9, 3)).all()
    tour.of = scatter(points, groups)
    assert not tour.resting
    tour.advance(9.0)
    first, tour.of = tour.frame, scatter(points, groups % 2)
    assert tour.frame == pytest.approx(first)  # from where it is
    tour.advance(9.0)
    assert tour.resting and separation(tour.frame, tour.of) > separation(first, tour.of)


@pytest.mark.parametrize("n", [2, 5])
def test_few_points_and_equal_points(n, rng):
    of = scatter(rng.standard_normal((n, 9)), np.arange(n) % 2)
    assert np.isfinite(best_plane(of, np.eye(9, 2))).all()
    tour = GuidedTour(9, scatter(np.ones((n, 9)), np.arange(n) % 2), speed=1.0)
    assert np.isfinite(tour.advance(9.0)).all()


def test_the_usual_penalty_is_a_tenth_of_the_mean_variance(points, groups):
    bare, usual = scatter(points, groups, penalty=0.0), scatter(points, groups)
    centred = points - points.mean(0)
    assert usual.within - bare.within == pytest.approx(0.1 * (centred**2).sum() / 9 * np.eye(9))
    assert usual.between == pytest.approx(bare.between)
    one_place = scatter(np.full((4, 5), 7.0), np.arange(4) % 2)  # what is added makes it one that can be inverted
    assert one_place.within == pytest.approx(0.1 / 5 * np.eye(5)) and not one_place.between.any()


def test_the_index_of_nothing_to_see_is_0(points, groups):
    nothing = scatter(np.full((4, 5), 7.0), np.arange(4) % 2, penalty=0.0)
    assert separation(np.eye(5, 2), nothing) == 0.0
    assert separation(np.eye(5, 2), scatter(np.full((4, 5), 7.0), np.arange(4) % 2)) == pytest.approx(0.0)
    of = scatter(points, groups)
    assert separation(np.eye(9, 3), of) == separation(np.eye(9, 2), of)  # the plane of a frame


def test_the_index_is_what_its_formula_says(points, groups, rng):
    of = scatter(points, groups, penalty=0.2)
    plane = random_frame(rng, 9)[:, :2]
    within, total = (np.linalg.det(plane.T @ part @ plane) for part in (of.within, of.within + of.between))
    assert separation(plane, of) == pytest.approx(1.0 - within / total)


def test_of_groups_that_coincide_it_stays_where_it_is(rng):
    """There is no discriminant, so any plane is as good and the present one is the nearest."""
    half = rng.standard_normal((50, 6))
    of = scatter(np.concatenate([half, half]), np.repeat([0, 1], 50))
    near = random_frame(rng, 6)[:, :2]
    assert plane_distance(best_plane(of, near), near) == pytest.approx(0.0, abs=1e-9)


def test_it_goes_at_the_usual_speed_unless_told(points, groups):
    of = scatter(points, groups)
    assert GuidedTour(9, of).advance(1.0) == pytest.approx(GuidedTour(9, of, speed=0.2).advance(1.0), abs=0)
    assert GuidedTour(9).of is None and GuidedTour(9, of).of is of


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_neither_index_nor_plane_knows_a_unit(points, groups, scale):
    of, scaled = scatter(points, groups), scatter(scale * points, groups)
    assert separation(np.eye(9, 2), scaled) == pytest.approx(separation(np.eye(9, 2), of))
    assert plane_distance(best_plane(scaled, np.eye(9, 2)), best_plane(of, np.eye(9, 2))) == pytest.approx(
        0.0, abs=1e-6
    )


def test_of_three_groups_there_are_two_discriminants(points, rng):
    groups = np.arange(300) % 3
    of = scatter(points + 2.0 * rng.standard_normal((3, 9))[groups], groups)
    best = best_plane(of, np.eye(9, 2))
    top = separation(best, of)
    assert plane_distance(best_plane(of, random_frame(rng, 9)[:, :2]), best) < 1e-6  # wherever it comes from
    assert max(separation(np.linalg.qr(best + 0.1 * rng.standard_normal((9, 2)))[0], of) for _ in range(300)) < top
