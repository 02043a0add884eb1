"""The drawer in the real window: points found and selected, lists worth a look, histograms, named selections."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.findings import lists
from engine.tour.view import View
from engine.viewer.listing import Listed
from engine.window.panels.findings import about_of
from engine.window.panels.grid import ROW, _value

X = 1280 - 52 - 320  # of its left edge
GRID = X + 8 + 28, 64 + 8 + 40 + 40 + 40 + 28  # the middle of the first thumbnail under "Selected"


def test_the_selection_is_listed_and_a_click_goes_to_a_point(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) >= 50)
    hand.key("w")
    assert window.panels.popover == "selected"
    hand.wait(20)
    hand.move(*GRID)
    assert window.hands.listed == 50
    hand.move(GRID[0] + 60, GRID[1])
    assert window.hands.listed == 51
    hand.click(GRID[0] + 60, GRID[1])
    assert window.hands.pinned == 51
    hand.settle(1.2)
    layer = window.viewer.tour.layers[0]
    xy = window.viewer.tour.aligned(0)[51] @ window.viewer.frame[:, :2]
    place = window.viewer.camera.to_pixels(xy, size=(1280, 800), radius=layer.placement.radius)
    area = window.viewer.area  # what panels leave, the drawer too
    middle = [area.left + area.free[0] / 2, area.top + area.free[1] / 2]
    assert place == pytest.approx(middle, abs=1) and middle[0] < GRID[0]
    hand.key("Escape")
    assert window.panels.popover == ""


def test_points_without_images_are_listed_by_name(open_window, small_tour):
    window, hand = open_window(replace(small_tour, sprites=None), view=View(color_by="kind", zoom=1.5))
    window.viewer.playing = False
    window.viewer.select(np.arange(60) >= 50)
    hand.key("w")
    hand.wait(20)
    top = GRID[1] - 28  # of the first row
    marked = {}
    for k in range(3):
        hand.move(GRID[0], top + ROW * k + ROW / 2)
        assert window.hands.listed == 50 + k
        marked[k] = window.screenshot()[int(top) : int(top + 3 * ROW), X + 8 :, :3].astype(int)
    change = np.abs(marked[0] - marked[2]).max(axis=2).reshape(3, ROW, -1)
    assert (change.max(axis=(1, 2)) > 4).tolist() == [True, False, True]  # the row under the cursor stands out
    text = np.ptp(marked[1][:ROW, 26:], axis=(0, 1)).min()
    assert text > 80  # words stand there, no tile
    hand.click(GRID[0], top + ROW * 1.5)
    assert window.hands.pinned == 51


def test_the_figure_makes_room_for_it(open_window, small_tour):
    window, hand = open_window(small_tour, changes={"mode": "dots"})
    window.viewer.playing = False
    for key, right in (("w", X), ("Escape", 1280)):
        hand.key(key)
        hand.rest()
        viewer = window.viewer
        xy = viewer.tour.aligned(0) @ viewer.frame[:, :2]
        x = viewer.camera.to_pixels(xy, size=(1280, 800), radius=viewer.tour.layers[0].placement.radius)[:, 0]
        assert x.min() > 240 and x.max() < right
    assert x.max() > X  # without it there is more room


def test_in_a_small_window_the_figure_stands_where_the_drawer_leaves_most_room(open_window, small_tour):
    window, hand = open_window(small_tour)
    window.viewer.playing = False
    hand.resize(800, 600)
    hand.key("w")
    hand.settle(0.5)
    assert min(window.viewer.area.free) > 300  # under the folded legend, not beside it


def test_arrows_and_enter_go_through_the_list(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) >= 40)
    hand.key("w")
    for key in ("Right", "Right", "Down"):
        hand.key(key)
    assert window.hands.listed == 40 + 1 + 5
    hand.key("Return")
    assert window.hands.pinned == 46


def test_what_is_found_is_listed_as_one_types(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "cat", frames=20)
    assert window._drawer.grid.of.points.tolist() == list(range(40, 60))
    hand.key("Down")  # goes into the list while the text keeps the other keys
    assert window.hands.listed == 40 and window.panels.found == "cat"


def test_of_what_is_found_whole_words_stand_first_then_beginnings(open_window, small_tour):
    names = pd.Categorical(np.resize(["oystercatcher", "catfish", "wild cat", "cat", "dog"], 60))
    window, hand = open_window(replace(small_tour, attributes=pd.DataFrame({"kind": names})))
    window.viewer.playing = False
    hand.key("slash")
    hand.do("type", "--delay", "15", "cat", frames=20)
    whole = sorted([*range(2, 60, 5), *range(3, 60, 5)])
    wanted = [*whole, *range(1, 60, 5), *range(0, 60, 5)]
    assert window._drawer.grid.of.points.tolist() == wanted
    hand.key("Down")
    assert window.hands.listed == 2
    window.panels.popover = "selected"
    hand.wait(2)
    assert window._drawer.grid.of.points.tolist() == sorted(wanted)


def test_a_search_that_is_open_is_typed_over_again(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "cat", frames=20)
    hand.key("Return")
    hand.wait(4)
    left = 1280 - 372 + 8  # of the field, whose ring is around its icon too
    picture = window.screenshot()[..., :3].astype(int)
    ring = np.abs(picture[104 + 12 : 104 + 28, left - 4 : left] - (255, 166, 43)).max(axis=2) < 12
    assert ring.any(axis=1).all()
    hand.key("slash")
    hand.do("type", "--delay", "15", "bee", frames=20)
    assert window.panels.found == "bee" and window.panels.popover == "find"
    hand.key("Escape")
    assert window.panels.popover == ""


def test_the_bar_of_the_selection_covers_nothing_of_the_figure(small_tour, open_window):
    window, hand = open_window(small_tour, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.settle(0.2)
    bottom = window.viewer.area.bottom
    window.viewer.select(np.arange(60) < 9)
    hand.wait(2)
    assert window.viewer.area.bottom == bottom + 40 + 8
    window.viewer.select(None)
    hand.wait(2)
    assert window.viewer.area.bottom == bottom


def test_where_nothing_is_found_nothing_is_listed(opened):
    window, hand = opened
    hand.key("slash")
    place = GRID[0], GRID[1] + 60
    hand.move(*place)
    assert window.hands.listed == 0  # of all points, while nothing is asked for
    hand.do("type", "--delay", "15", "zebra", frames=20)
    hand.move(place[0] + 1, place[1])
    assert window.panels.found == "zebra" and window.hands.listed is None
    window.viewer.select(np.arange(60) >= 50)  # by other means
    hand.move(*place)
    assert window.hands.listed == 50


def test_an_attribute_that_another_tour_has_not_is_not_asked_for(opened):
    window, hand = opened
    window.panels.found_in = "an attribute of a tour that was beside this one"
    hand.key("slash")
    hand.do("type", "--delay", "15", "bee", frames=20)
    for _ in range(500):  # the index of the texts is made beside the drawing
        if window.viewer.selection is not None and window.viewer.selection.sum() == 20:
            break
        hand.wait(1)
    assert window.faults.count == 0 and window.viewer.selection.sum() == 20


def test_a_legend_row_is_listed(opened):
    window, hand = opened
    hand.move(60, 126)  # "cat", the first row
    hand.click(16 + 216 - 26, 126)
    assert window.panels.popover == "selected"
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(40, 60))
    assert window.viewer.base.groups == ()


def test_lists_worth_a_look(opened):
    window, hand = opened
    hand.key("w")
    assert window.panels.popover == "worth"
    hand.wait(3)
    hand.click(X + 60, 64 + 8 + 40 + 16)  # the first list: the tour has no predictions, so "Among other labels"
    for _ in range(2000):  # however long the first import of scikit-learn takes
        hand.wait(2)
        if window._drawer.findings.finding is not None:
            break
    assert window._drawer.findings.chosen.name == "Among other labels"
    finding = window._drawer.findings.finding
    assert finding.values == pytest.approx(np.sort(finding.values)[::-1]) and finding.values.min() > 0.5
    assert window._drawer.grid.of.points.tolist() == finding.points.tolist()
    hand.key("j")  # another layer, another list
    hand.settle(1.0)
    for _ in range(2000):
        hand.wait(2)
        if window._drawer.findings.finding not in (None, finding):
            break
    assert window._drawer.findings.about.layer == 1


def test_a_list_of_nothing_says_so_and_what_never_happens_has_no_number(opened):
    window, hand = opened
    hand.key("w")
    findings, drawer = window._drawer.findings, window._drawer
    about = about_of(window.viewer)
    findings.chosen, findings.about = lists(about)[0], about
    blank = (slice(64 + 8 + 80 + 4, 64 + 8 + 80 + 20), slice(X + 8, X + 200))
    pictures = []
    for count in (0, 3):
        findings.finding = Listed(np.arange(count), np.full(count, np.inf), "layer")
        hand.settle(0.3)
        pictures.append(window.screenshot()[blank][..., :3].astype(int))
        assert (drawer.grid.of is findings.finding) == (count > 0)  # no empty list to sort
    assert np.ptp(pictures[0]) > 80
    assert _value(findings.finding, 0) == "never"


def test_a_brush_on_a_histogram_narrows_the_selection_and_another_one_further(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 40)
    hand.key("w")
    hand.wait(5)
    drawer = window._drawer.histograms
    assert set(drawer.binned) == {"kind", "size", "weight"}
    drawer.brush(window.viewer, "kind", (1, 1))  # the bees
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(20, 40))
    drawer.brush(window.viewer, "size", (0, 0))
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(20, 40, 2))
    drawer.brush(window.viewer, "kind", None)
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(0, 40, 2))
    drawer.brush(window.viewer, "size", None)
    assert window.viewer.selection.sum() == 40
    top = 800 - 72 - (2 * 68 + 16) + 4 + 20  # with the mouse, across the left half of the first one
    before = window.viewer.selection
    hand.drag(X + 12, top + 20, X + 100, top + 20)
    assert drawer.brushes and (window.viewer.selection <= before).all()


def test_a_selection_with_a_name_is_an_attribute_that_only_the_save_keeps(open_window, saved):
    window, hand = open_window(engine.load(saved / "small.tour"), view=View(mode="dots", color_by="kind"))
    window.viewer.playing = False
    window.viewer.select(np.arange(60) < 7)
    hand.key("w")
    hand.wait(5)
    hand.click(X + 320 - 24, 64 + 8 + 40 + 16)  # the pen
    hand.type("odd ones")
    assert window.viewer.base.color_by == "odd ones" and window.viewer.coloring.counts[0] == 7
    assert "odd ones" not in engine.load(saved / "small.tour").attributes
    hand.key("ctrl+s")
    kept = engine.load(saved / "small.tour")
    assert (np.asarray(kept.attributes["odd ones"] == "odd ones") == (np.arange(60) < 7)).all()
    assert (kept.layers[2].points == window.viewer.tour.layers[2].points).all()


def test_fifty_thousand_points_scroll_without_a_stall(open_window):
    from engine.tour.synthetic import synthetic

    window, hand = open_window(synthetic(50_000, dims=5, layers=2, tile=8), view=View(mode="dots"))
    window.viewer.playing = False
    hand.key("w")
    window.panels.popover = "selected"
    hand.wait(5)
    hand.move(*GRID)
    for _ in range(10):
        hand.do("click", 5, frames=3)
    assert window.hands.listed > 40  # scrolled down
    assert len(window._drawer.grid.of.points) == 50_000
