"""Names of regions: few, apart, inside, calm; and giving way."""

import numpy as np
import pytest

from engine.motion.label_placement import AGAIN, APART, EASE_SECONDS, FADE_SECONDS, LOST, MOST, PACE, Names

BOUNDS = (0.0, 0.0, 1000.0, 800.0)


def settle(names, places, ranks, sizes, **told):
    for _ in range(200):
        if not names.step(places, ranks, sizes, bounds=BOUNDS, seconds=1 / 60, **told):
            return
    raise AssertionError("the names never come to rest")


def boxes(names, sizes):
    return {
        k: (x - sizes[k][0] / 2, y - sizes[k][1] / 2, x + sizes[k][0] / 2, y + sizes[k][1] / 2)
        for k, ((x, y), opacity) in ((k, (each.place, each.opacity)) for k, each in names.standing.items())
        if opacity > 0.99
    }


def overlapping(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.fixture
def crowd(rng):
    places = rng.uniform((20, 20), (980, 780), (60, 2))
    return places, rng.uniform(1, 100, 60), [(float(w), 20.0) for w in rng.uniform(30, 120, 60)]


def test_they_are_few_apart_and_inside(crowd):
    places, ranks, sizes = crowd
    names = Names()
    settle(names, places, ranks, sizes)
    found = boxes(names, sizes)
    assert 8 <= len(found) <= MOST
    for k, box in found.items():
        assert 0 <= box[0] and box[2] <= 1000 and 0 <= box[1] and box[3] <= 800
        assert np.allclose(names.standing[k].place, places[k], atol=0.5)
        assert not any(overlapping(box, other) for j, other in found.items() if j != k)


def test_the_first_in_rank_stand(crowd):
    _, ranks, sizes = crowd
    apart = np.stack(np.meshgrid(np.arange(80, 960, 160), np.arange(40, 780, 70)), -1).reshape(-1, 2)[:60].astype(float)
    names = Names()
    settle(names, apart, ranks, sizes)
    assert set(names.standing) == set(np.argsort(-ranks)[:MOST].tolist())


def test_they_give_way_to_handles():
    names = Names()
    place, size = np.array([[500.0, 400.0]]), [(80.0, 20.0)]
    settle(names, place, np.ones(1), size)
    assert 0 in names.standing
    settle(names, place, np.ones(1), size, obstacles=[(530.0, 395.0, 545.0, 405.0)])
    assert not names.standing


@pytest.mark.parametrize("axis", [0, 1])
def test_a_new_one_keeps_farther_from_another_than_one_that_stands(axis):
    size, way = (80.0, 20.0), np.eye(2)[axis]
    for free, stands in ((3 * APART, True), (3 * APART - 0.5, False)):
        names = Names()
        places = np.array([[500.0, 400.0], [500.0, 400.0] + (size[axis] + free) * way])
        settle(names, places, np.array([2.0, 1.0]), [size] * 2)
        assert (1 in names.standing) == stands
    names = Names()
    for free in (3 * APART, APART + 0.5, APART - 0.5):
        places = np.array([[500.0, 400.0], [500.0, 400.0] + (size[axis] + free) * way])
        settle(names, places, np.array([2.0, 1.0]), [size] * 2)
        assert (1 in names.standing) == (free > APART)


@pytest.mark.parametrize("axis", [0, 1])
def test_one_that_would_reach_beyond_the_pane_does_not_stand(axis):
    size = (80.0, 20.0)
    least = size[axis] / 2 + 3 * APART
    for place in (least, BOUNDS[2 + axis] - least):
        outwards = np.sign(place - BOUNDS[2 + axis] / 2)
        for beyond in (0.0, 0.5):
            names, middle = Names(), np.array([[500.0, 400.0]])
            middle[0, axis] = place + beyond * outwards
            settle(names, middle, np.ones(1), [size])
            assert (0 in names.standing) == (beyond == 0.0)


def test_one_fades_in_and_says_while_it_still_moves():
    names, place, size = Names(), np.array([[500.0, 400.0]]), [(80.0, 20.0)]
    told = {"bounds": BOUNDS, "seconds": FADE_SECONDS / 4}
    seen = []
    for _ in range(6):
        names.step(place, np.ones(1), size, **told)
        seen.append(names.standing[0].opacity)
    assert seen == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.0, 1.0])
    assert not names.step(place, np.ones(1), size, **told)
    told["seconds"] = 1 / 60
    assert names.step(np.add(place, [[0.9, 0.0]]), np.ones(1), size, **told)  # by 0.85 it is not there yet
    assert not names.step(np.add(names.standing[0].place, [[0.5, 0.0]]), np.ones(1), size, **told)


@pytest.mark.parametrize("speed", [20.0, 55.0, 200.0])
def test_they_move_at_a_walking_pace_or_leave(speed):
    names = Names()
    place, size = np.array([[100.0, 400.0]]), [(80.0, 20.0)]
    settle(names, place, np.ones(1), size)
    gone, before = False, names.standing[0].place
    for _ in range(180):
        place = place + np.array([[speed / 60, 0.0]])
        names.step(place, np.ones(1), size, bounds=BOUNDS, seconds=1 / 60)
        if 0 not in names.standing:
            gone = True
            break
        now = names.standing[0].place
        assert np.hypot(now[0] - before[0], now[1] - before[1]) <= PACE / 60 + 1e-6
        assert names.standing[0].leaving or np.hypot(now[0] - place[0, 0], now[1] - place[0, 1]) <= LOST
        before = now
    assert gone == (speed > PACE)


def test_one_that_stands_is_kept_before_one_that_ranks_a_little_higher():
    names, places, sizes = Names(), np.array([[500.0, 400.0], [510.0, 402.0]]), [(80.0, 20.0)] * 2
    settle(names, places, np.array([2.0, 1.0]), sizes)
    for ranks in ([1.0, 1.4], [1.0, 1.5]):
        settle(names, places, np.array(ranks), sizes)
        assert set(names.standing) == {0}
    settle(names, places, np.array([1.0, 2.0]), sizes)
    assert set(names.standing) == {1}


@pytest.mark.parametrize(("apart", "both"), [(60.0, False), (1.6 * AGAIN, True)])
def test_regions_of_one_class_near_each_other_share_a_name(apart, both):
    """Two of three dense places of wild cats, 30 pixels from each other, each said so."""
    names, sizes = Names(), [(40.0, 20.0)] * 3
    places = np.array([[500.0, 400.0], [500.0, 400.0 + apart], [560.0, 400.0]])
    settle(names, places, np.array([1.0, 2.0, 0.5]), sizes, titles=[7, 7, 3])
    assert set(names.standing) == ({0, 1, 2} if both else {1, 2})  # that of the higher rank, and another class


def test_names_of_one_class_do_not_come_and_go_at_the_same_distance():
    names, sizes, ranks = Names(), [(40.0, 20.0)] * 2, np.array([2.0, 1.0])
    seen = []
    for apart in (1.6, 1.3, 1.1, 0.9, 1.2, 1.4, 1.6):  # steps as far as a name follows
        places = np.array([[500.0, 400.0], [500.0, 400.0 + apart * AGAIN]])
        for _ in range(2):  # one that is not there yet waits for its region to stand
            settle(names, places, ranks, sizes, titles=[7, 7])
        seen.append(len(names.standing))
    assert seen == [2, 2, 2, 1, 1, 1, 2]


def test_a_name_waits_until_its_region_no_longer_runs():
    names, size = Names(), [(80.0, 20.0)]
    for k in range(30):
        place = np.array([[100.0 + 2.0 * PACE * k / 60, 400.0]])
        names.step(place, np.full(1, float(k > 0)), size, bounds=BOUNDS, seconds=1 / 60)
        assert not names.standing
    names.step(place, np.ones(1), size, bounds=BOUNDS, seconds=1 / 60)
    assert names.standing[0].place == pytest.approx(tuple(place[0]))


def test_a_name_that_leaves_comes_back_when_it_has_left():
    names, place, size = Names(), np.array([[500.0, 400.0]]), [(80.0, 20.0)]
    settle(names, place, np.ones(1), size)
    names.step(place, np.ones(1), size, bounds=BOUNDS, obstacles=[(530.0, 395.0, 545.0, 405.0)], seconds=1 / 60)
    before = names.standing[0].opacity
    assert names.standing[0].leaving and before < 1.0
    while 0 in names.standing:  # the place is free again
        names.step(place, np.ones(1), size, bounds=BOUNDS, seconds=1 / 60)
        if 0 in names.standing:
            assert names.standing[0].leaving and 0.0 < names.standing[0].opacity < before
            before = names.standing[0].opacity
    names.step(place, np.ones(1), size, bounds=BOUNDS, seconds=1 / 60)
    assert not names.standing[0].leaving


def test_other_regions_are_other_names(crowd):
    places, ranks, sizes = crowd
    names = Names()
    settle(names, places, ranks, sizes)
    settle(names, places[:2], ranks[:2], sizes[:2])
    assert set(names.standing) <= {0, 1}
    settle(names, places[:0], ranks[:0], [])
    assert not names.standing


@pytest.mark.parametrize("way", [(0.5, 0.0), (-0.3, 0.4)])
def test_a_name_eases_after_its_region_and_never_beyond_it(way):
    names, place, size = Names(), np.array([[500.0, 400.0]]), [(80.0, 20.0)]
    settle(names, place, np.ones(1), size)
    names.step(place + way, np.ones(1), size, bounds=BOUNDS, seconds=1 / 60)
    moved = np.subtract(names.standing[0].place, place[0])
    assert moved == pytest.approx(np.array(way) * (1 - np.exp(-1 / 60 / EASE_SECONDS)))
