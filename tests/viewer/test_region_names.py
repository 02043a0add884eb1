"""Names of dense regions of what is shown: whose they are, when they stand, and what they give way to."""

import numpy as np
import pandas as pd
import pytest

from engine.motion.label_placement import APART
from engine.motion.transition import between
from engine.tour.view import View
from engine.viewer.region_names import RegionNames, named_by
from engine.viewer.viewer import Viewer

PANE = (800.0, 600.0)


def clumps(rng, make_tour, **attributes):
    """Three classes of 800 points, apart, on two layers that are mirrored."""
    of = np.repeat([0, 1, 2], 800)
    points = 3.0 * np.eye(3, 6)[of] + 0.3 * rng.standard_normal((2400, 6))
    return make_tour([points, points[:, ::-1].copy()], attributes=pd.DataFrame(attributes, index=range(2400)))


@pytest.fixture
def tour(rng, make_tour):
    kinds = pd.Categorical(np.repeat(["ant", "bee", "cat"], 800))
    return clumps(rng, make_tour, kind=kinds, weight=np.arange(2400.0))


def settle(regions, viewer, **told):
    regions.seek(viewer)
    sizes = [told.get("size", (40.0, 20.0))] * len(regions.found.names)
    for _ in range(100):
        if not regions.step(viewer, sizes, PANE, told.get("obstacles", []), 1 / 30):
            break
    return {regions.found.names[k]: each for k, each in regions.names.standing.items()}


def opened(tour, **view):
    viewer = Viewer.of(tour, View(**{"density": True, "color_by": "kind"} | view))
    viewer.playing = False
    return viewer


def test_each_stands_amid_its_class(tour):
    viewer, regions = opened(tour), RegionNames()
    standing = settle(regions, viewer)
    assert set(standing) == {"ant", "bee", "cat"}
    xyz = tour.layers[0].aligned @ viewer.frame
    for k, name in enumerate(("ant", "bee", "cat")):
        middle = viewer.camera.to_pixels(
            xyz[800 * k : 800 * (k + 1), :2].mean(axis=0), size=PANE, radius=tour.layers[0].placement.radius
        )
        assert np.hypot(*(middle - standing[name].place)) < 12
        row = next(j for j, each in enumerate(regions.found.names) if each == name)
        assert regions.color(viewer, row) == pytest.approx(tuple(viewer.coloring.table[k] / 255.0))


def test_by_what_they_are_named(tour, make_tour, rng):
    assert named_by(tour, "kind") == named_by(tour, None) == named_by(tour, "weight") == "kind"
    regions, viewer = RegionNames(), opened(tour, color_by="weight")
    assert set(settle(regions, viewer)) == {"ant", "bee", "cat"}
    assert regions.color(viewer, 0) is None
    bare = clumps(rng, make_tour)
    assert named_by(bare, None) is None
    regions, viewer = RegionNames(), opened(bare, color_by=None)
    assert set(settle(regions, viewer)) == {"cluster 1", "cluster 2", "cluster 3"}
    assert regions.color(viewer, 0) is None


def test_points_without_a_class_have_no_name(make_tour, rng):
    kinds = pd.Categorical(np.repeat(["ant", "bee", None], 800))
    regions = RegionNames()
    assert set(settle(regions, opened(clumps(rng, make_tour, kind=kinds)))) == {"ant", "bee"}
    assert len(regions.found.regions) == 2


@pytest.mark.parametrize(("more", "depth", "name"), [(0, 0.01, "front"), (400, 0.125, "front"), (400, 0.08, "back")])
def test_of_names_that_exclude_each_other_the_one_of_more_points_nearer_stands(make_tour, rng, more, depth, name):
    """By the root of their number times a half and how near they are, 0 to 1: half as many more make up for a tenth."""
    far = 10.0 * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]).repeat(600, axis=0)
    counts = [800, 800 + more, len(far)]
    kinds = pd.DataFrame({"kind": pd.Categorical(np.repeat(["front", "back", None], counts))})

    def tour(z):
        clumps = np.array([[0, 0, z], [0, 0, -z]]).repeat(counts[:2], axis=0)
        return make_tour([np.r_[clumps, far] + 0.1 * rng.standard_normal((sum(counts), 3))], attributes=kinds)

    radius = tour(2.0).layers[0].placement.radius
    viewer = opened(tour(2.0 * depth * radius), frame=np.eye(3), zoom=0.02)
    assert set(settle(RegionNames(), viewer)) == {name}


@pytest.mark.parametrize("sign", [1, -1])
def test_they_keep_eight_pixels_from_the_edges(tour, sign):
    viewer = opened(tour, frame=sign * np.eye(6)[:, :3], groups=(0,))
    place = settle(RegionNames(), viewer)["ant"].place
    for axis in (0, 1):
        room = min(place[axis], PANE[axis] - place[axis]) - 3.0 * APART  # a new one keeps from others
        for left, stands in ((9.0, True), (7.0, False)):
            size = (20.0, 2.0 * (room - left)) if axis else (2.0 * (room - left), 20.0)
            assert set(settle(RegionNames(), viewer, size=size)) == ({"ant"} if stands else set())


def test_what_is_lit_is_found_once(tour):
    viewer, regions = opened(tour), RegionNames()
    viewer.select(np.arange(2400) < 900)
    assert set(settle(regions, viewer)) == {"ant", "bee"}
    lit = regions._lit
    assert set(settle(regions, viewer)) == {"ant", "bee"} and regions._lit is lit


def test_they_leave_with_density_with_a_greyed_class_and_with_its_handle(tour):
    viewer, regions = opened(tour), RegionNames()
    settle(regions, viewer)
    viewer.change(groups=(0, 2))
    assert set(settle(regions, viewer)) == {"ant", "cat"}
    viewer.change(groups=(), handles=({"name": "ant", "points": [1, 2], "row": 0, "attribute": "kind"},))
    assert set(settle(regions, viewer)) == {"bee", "cat"}
    viewer.select(np.arange(2400) < 900)  # of ants, which have a handle, and of bees
    assert set(settle(regions, viewer)) == {"bee"}
    viewer.spotlight = np.arange(2400) == 2000
    assert set(settle(regions, viewer)) == {"cat"}
    viewer.spotlight = None
    viewer.select(None)
    viewer.change(density=False)
    assert not settle(regions, viewer)
    viewer.change(density=True)
    assert set(settle(regions, viewer)) == {"bee", "cat"}


def test_another_layer_has_its_own(tour):
    viewer, regions = opened(tour), RegionNames()
    before = settle(regions, viewer)
    viewer.go_to(1)
    viewer.advance(0.1)
    assert not settle(regions, viewer)  # on the way
    for _ in range(40):
        viewer.advance(0.1)
    after = settle(regions, viewer)
    assert set(after) == set(before)
    viewer.transition = between(0.5)
    assert not settle(regions, viewer)


def test_they_give_way(tour):
    viewer, regions = opened(tour), RegionNames()
    x, y = settle(regions, viewer)["bee"].place
    assert "bee" not in settle(regions, viewer, obstacles=[(x - 5, y - 5, x + 5, y + 5)])
    assert "bee" in settle(regions, viewer)


def test_what_comes_late_is_not_taken_for_what_is_wanted_now(tour):
    viewer, regions = opened(tour), RegionNames()
    waiting = []
    viewer.in_background = lambda work, then: waiting.append((work, then))
    regions.seek(viewer)
    viewer.change(color_by=None)
    regions.seek(viewer)
    regions.seek(viewer)
    assert len(waiting) == 2
    for work, then in reversed(waiting):
        then(work())
    assert regions.found.of is None


def test_names_of_other_colours_stand_uncoloured_until_theirs_are_found(tour):
    tour.attributes["sex"] = pd.Categorical(np.tile(["f", "m"], 1200))  # fewer classes than have names already
    viewer, regions = opened(tour), RegionNames()
    assert set(settle(regions, viewer)) == {"ant", "bee", "cat"}
    waiting = []
    viewer.in_background = lambda work, then: waiting.append((work, then))
    viewer.change(color_by="sex", groups=(0,))
    viewer.select(np.arange(2400) == 5)
    assert set(settle(regions, viewer)) == {"ant", "bee", "cat"}
    assert [regions.color(viewer, k) for k in range(3)] == [None] * 3
    for work, then in waiting:
        then(work())
    assert regions.found.of == "sex" and regions.color(viewer, 0) is not None
