"""Handles without a window: where they are, what a drag does, handles of classes, and which points stand out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.motion.framing import Area
from engine.tour.order import shuffled
from engine.tour.tour import Sample
from engine.tour.view import View
from engine.viewer.handles import MOST_CLASSES, REACH, counted
from engine.viewer.hands import Hands
from engine.viewer.viewer import CLOSE, Viewer

SIZE = (1000, 800)


@pytest.fixture
def hands(small_tour):
    viewer = Viewer.of(small_tour, View(color_by="kind"))
    viewer.playing = False
    return Hands(viewer)


def pixels(viewer, points):
    """Of points (m, d) in the aligned space, by the rule of the screen."""
    radius = viewer.tour.layers[viewer.layer].placement.radius
    return viewer.camera.to_pixels(points @ viewer.frame[:, :2], size=SIZE, radius=radius)


def test_a_handle_stands_at_the_centroid_of_its_points(hands):
    viewer, handles = hands.viewer, hands.handles
    chosen = np.arange(60) % 7 == 2
    handle = handles.create(chosen)
    assert handle.name == "Handle 1" and handles.selected is handle
    centroid = viewer.tour.aligned(0)[chosen].astype(np.float64).mean(axis=0)
    assert handles.centroids() == pytest.approx(centroid[None], abs=1e-5)
    where, depth = handles.positions(SIZE)
    assert where == pytest.approx(pixels(viewer, centroid[None]), abs=1e-3)
    assert depth == pytest.approx(centroid @ viewer.frame[:, 2:], abs=1e-5)
    x, y = where[0].tolist()
    assert handles.at((x + REACH - 0.1, y), SIZE) is handle
    assert handles.at((x, y - REACH - 0.1), SIZE) is None
    assert handles.create(~chosen).name == "Handle 2"


def test_a_sample_tells_nearly_where_a_handle_is_until_all_points_are_read(make_tour, rng, monkeypatch):
    monkeypatch.setattr("engine.viewer.picking.SOON", 500)
    tour = make_tour([rng.standard_normal((3000, 5)) for _ in range(2)])
    first = shuffled(3000)[:800]
    layers = tuple(replace(layer, sample=Sample(layer.points[first])) for layer in tour.layers)
    viewer, later = Viewer.of(replace(tour, layers=layers)), []
    viewer.in_background = lambda work, then: later.append((work, then))
    handles = Hands(viewer).handles
    masks = [np.arange(3000) % 2 == 0, np.arange(3000) < 20, ~np.isin(np.arange(3000), first)]
    for mask in masks:
        handles.create(mask)
    exact = [np.array([layer.points[mask].mean(axis=0, dtype=np.float64) for mask in masks]) for layer in layers]
    nearly = layers[0].points[np.intersect1d(np.flatnonzero(masks[0]), first)].mean(axis=0, dtype=np.float64)
    assert handles.means(0)[0] == pytest.approx(nearly, abs=1e-6)
    assert handles.means(0)[1:] == pytest.approx(exact[0][1:], abs=1e-6)  # too few of them, or none, are in the sample
    assert np.abs(handles.means(0)[0] - exact[0][0]).max() > 1e-4 and len(later) == 1
    assert handles.ready(1)  # nearly known is enough to go there
    (work, then), *_ = later
    then(work())
    assert handles.means(0) == pytest.approx(exact[0], abs=1e-6) and len(later) == 1
    handles.means(1)
    work, then = later[1]
    then(work())
    assert handles.means(1) == pytest.approx(exact[1], abs=1e-6) and len(later) == 2


def test_a_pulled_handle_comes_under_the_hand_and_the_tour_waits(hands):
    viewer, handles = hands.viewer, hands.handles
    handle = handles.create(np.arange(60) < 10)
    viewer.playing = True
    (x, y), before = handles.positions(SIZE)[0][0].tolist(), viewer.frame
    handles.take(handle, (x + 3.0, y - 2.0), SIZE)
    assert viewer.held
    handles.pull((x + 13.0, y + 18.0), SIZE)
    assert handles.positions(SIZE)[0][0] == pytest.approx((x + 10.0, y + 20.0), abs=1e-3)
    handles.pull((x + 3.0, y - 2.0), SIZE)
    assert viewer.frame == pytest.approx(before, abs=1e-9)  # brought back, the view is
    handles.let_go()
    assert not viewer.held and handles.grip is None


def test_handles_of_classes_come_and_go_and_leave_the_others(hands):
    viewer, handles = hands.viewer, hands.handles
    mine = handles.create(np.arange(60) < 5)
    assert handles.of_classes() == "3 handles"
    kinds = viewer.tour.attributes["kind"]
    made = handles.all[1:]
    assert [each.name for each in made] == list(kinds.cat.categories)
    assert all(set(each.points) == set(np.flatnonzero(kinds == each.name)) for each in made)
    viewer.change(color_by="size")
    assert handles.of_classes() == "2 handles" and len(handles.all) == 6
    assert [handles.color(each) is not None for each in handles.all] == [False] * 4 + [True] * 2
    assert handles.of_classes() == "2 handles taken away"  # of the attribute that colours, and no other
    assert handles.all == (mine, *made)
    viewer.change(color_by="kind", groups=[1])
    assert handles.of_classes() == "3 handles taken away" and handles.all == (mine,)
    assert handles.of_classes() == "1 handle" and handles.all[1].row == 1  # of what is switched on


@pytest.mark.parametrize("more", [0, 1])
def test_of_many_classes_the_largest(more, make_tour, rng):
    classes = MOST_CLASSES + more
    codes = np.concatenate([np.arange(classes), np.arange(1, classes)])  # the first class has one point, the others two
    kinds = pd.DataFrame({"kind": pd.Categorical.from_codes(codes, [f"c{k}" for k in range(classes)])})
    viewer = Viewer.of(make_tour([rng.standard_normal((len(codes), 5))], attributes=kinds), View(color_by="kind"))
    said = Hands(viewer).handles.of_classes()
    assert said == (f"Handles for the {MOST_CLASSES} largest classes" if more else f"{MOST_CLASSES} handles")
    assert {each.row for each in viewer.base.handles} == set(range(more, classes))


def test_many_classes_beside_handles_that_are_there(make_tour, rng):
    classes = MOST_CLASSES + 20
    kinds = pd.DataFrame({"kind": pd.Categorical([f"c{k:03}" for k in range(classes)])})
    tour = make_tour([rng.standard_normal((classes, 5))], attributes=kinds)
    viewer = Viewer.of(tour, View(color_by="kind"))
    handles = Hands(viewer).handles
    viewer.change(groups=tuple(range(6)))
    assert handles.of_classes() == "6 handles"
    viewer.change(groups=())
    assert handles.of_classes() == f"Handles for the {MOST_CLASSES} largest classes"
    assert len(handles.all) == len({each.row for each in handles.all}) == MOST_CLASSES


def test_what_stands_out_is_the_handle_in_hand_or_what_a_list_shows(hands):
    some, others = np.arange(60) < 10, np.arange(60) >= 40
    assert hands.spotlight() is None
    hands.singled = others
    assert hands.spotlight() is others
    first, second = hands.handles.create(some), hands.handles.create(~some)
    hands.handles.selected = first
    assert (hands.spotlight() == some).all()
    hands.handles.hovered = second
    assert (hands.spotlight() == ~some).all()
    hands.handles.take(first, (0.0, 0.0), SIZE)
    assert (hands.spotlight() == some).all()


def test_no_handle_comes_under_a_resting_cursor_while_the_tour_turns(hands):
    viewer, handles = hands.viewer, hands.handles
    handle = handles.create(np.arange(60) == 17)
    viewer.playing, viewer.speed = True, 30.0
    start, before = tuple(handles.positions(SIZE)[0][0].tolist()), viewer.frame
    handles.hover(start, SIZE)
    assert handles.hovered is handle  # where the cursor comes to it
    for _ in range(20):
        viewer.advance(0.1)
    end, after = tuple(handles.positions(SIZE)[0][0].tolist()), viewer.frame
    assert np.hypot(end[0] - start[0], end[1] - start[1]) > REACH
    handles.hover(start, SIZE)
    assert handles.hovered is None  # it may leave
    viewer.frame = before
    handles.hover(start, SIZE)
    assert viewer.moving and handles.hovered is None  # and does not come back
    viewer.frame = after
    handles.hover(end, SIZE)
    assert handles.hovered is handle
    viewer.frame = before
    viewer.playing = viewer.fit = False
    handles.hover(end, SIZE)
    viewer.frame = after
    handles.hover(end, SIZE)
    assert not viewer.moving and handles.hovered is handle  # unless nothing turns


def test_a_point_looked_at_comes_to_the_middle_of_what_panels_leave(hands):
    viewer = hands.viewer
    viewer.show_on(Area(SIZE, left=240.0, top=60.0, right=380.0, bottom=80.0))
    viewer.playing = True
    viewer.look_at(17)
    for _ in range(120):
        viewer.advance(1 / 60)
    assert not viewer.playing
    point = viewer.tour.aligned(0)[17:18].astype(np.float64)
    assert pixels(viewer, point) == pytest.approx(np.array([[(240 + 1000 - 380) / 2, (60 + 800 - 80) / 2]]), abs=1.0)
    assert viewer.camera.zoom == pytest.approx(max(1.0, CLOSE * viewer.whole.zoom), rel=1e-3)


def test_a_flight_to_a_point_ends_in_the_middle_of_what_is_free_by_then(hands):
    viewer = hands.viewer
    viewer.show_on(Area(SIZE, left=20.0, top=60.0, right=60.0, bottom=80.0))
    viewer.look_at(17)
    for _ in range(20):
        viewer.advance(1 / 60)
    viewer.show_on(Area(SIZE, left=240.0, top=60.0, right=380.0, bottom=120.0))  # a card and a list have opened
    for _ in range(120):
        viewer.advance(1 / 60)
    point = viewer.tour.aligned(0)[17:18].astype(np.float64)
    middle = np.array([[(240 + 1000 - 380) / 2, (60 + 800 - 120) / 2]])
    assert pixels(viewer, point) == pytest.approx(middle, abs=1.0)
    viewer.show_on(Area(SIZE))  # nothing flies any more
    viewer.advance(1 / 60)
    assert viewer._flight is None and pixels(viewer, point) == pytest.approx(middle, abs=1.0)


def test_another_name_for_one_handle_alone(hands):
    first, second = hands.handles.create(np.arange(60) < 10), hands.handles.create(np.arange(60) >= 40)
    hands.handles.selected, hands.handles.renaming = second, second
    hands.handles.rename(first, "  beginning ")
    assert [each.name for each in hands.handles.all] == ["beginning", second.name]
    assert hands.handles.selected is second and hands.handles.renaming is None
    hands.handles.rename(second, "end")
    assert hands.handles.selected is hands.handles.all[1] and hands.handles.selected.name == "end"
    hands.handles.rename(hands.handles.all[1], "   ")
    assert [each.name for each in hands.handles.all] == ["beginning", "end"]


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 handles"), (1, "1 handle"), (2, "2 handles"), (1234, "1,234 handles")]
)
def test_handles_are_counted_in_words(count, said):
    assert counted(count, "handle") == said


def test_the_hand_meets_a_handle_at_its_disc_or_at_its_label(hands):
    handles = hands.handles
    assert handles.at((0.0, 0.0), SIZE) is None  # there is none
    first, second = handles.create(np.arange(60) < 10), handles.create(np.arange(60) >= 40)
    for handle, (x, y) in zip((first, second), handles.positions(SIZE)[0].tolist(), strict=True):
        assert handles.at((x, y), SIZE) is handle
    handles.labels[id(second)] = (700.0, 20.0, 760.0, 40.0)
    for place in ((700.0, 20.0), (760.0, 40.0), (700.0, 40.0), (730.0, 30.0)):
        assert handles.at(place, SIZE) is second
    for place in ((699.0, 30.0), (761.0, 30.0), (730.0, 19.0), (730.0, 41.0)):
        assert handles.at(place, SIZE) is None
    handles.labels[id(first)] = (690.0, 20.0, 710.0, 40.0)
    assert handles.at((705.0, 30.0), SIZE) is second  # drawn last, it lies above
    assert handles.at((695.0, 30.0), SIZE) is first
    x, y = handles.positions(SIZE)[0][0].tolist()
    other = np.hypot(*(handles.positions(SIZE)[0][1] - (x, y)))
    assert other > 3 * REACH  # or it would be nearer than the edge of the first one's reach
    away = (x - handles.positions(SIZE)[0][1][0]) / other, (y - handles.positions(SIZE)[0][1][1]) / other
    for apart, there in ((REACH - 0.5, first), (REACH + 0.5, None)):
        assert handles.at((x + apart * away[0], y + apart * away[1]), SIZE) is there
