"""Small windows: whatever is open, the figure keeps its room, panels stand beside each other, and nothing is lost."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.tour.view import SavedView, View
from engine.viewer import picking
from engine.window.panels.forms import ROOM

SIZES = [(800, 600), (960, 640), (1280, 800)]
PARTS = ("story", "caption", "pinned", "drawer", "selected", "legend")
OF_PAIRS = (*PARTS, "differences", "matrix")


@pytest.fixture
def tours(make_tour, make_sprites, rng):
    base = rng.standard_normal((201, 15)) * np.linspace(3, 1, 15)
    kinds = [f"a class with the number {k:02d}" for k in range(67)]
    table = pd.DataFrame({"kind": pd.Categorical(np.repeat(kinds, 3)), "name": [f"point {k}" for k in range(201)]})
    tiles = rng.integers(0, 256, (201, 8, 8, 4), dtype=np.uint8)
    tours = [
        make_tour([base] * 24, attributes=table, sprites=make_sprites(tiles) if k else None, name=f"network {k}")
        for k in (0, 1)
    ]
    return [replace(tour, views=[SavedView(f"scene {k}", View()) for k in range(9)]) for tour in tours]


def open_parts(window, parts):
    """Have these parts open, and no others."""
    panels, viewer = window.panels, window.viewer
    panels.story.shown = "story" in parts
    panels.legend_open = True if "legend" in parts else None
    panels.popover = "selected" if "drawer" in parts else "differences" if "differences" in parts else ""
    window.hands.pinned = 7 if "pinned" in parts else None
    viewer.select(np.arange(201) % 4 == 0 if "selected" in parts else None)
    panels.compare.folded = "matrix" not in parts
    viewer.story.leave()
    if "caption" in parts:
        viewer.save_view("What is told of this view, in more words than a line of a small window has room for")
    for _ in range(3):  # a legend and a story that have been drawn tell where they end
        window.draw(0.02)


@pytest.fixture
def standing(monkeypatch):
    """Every panel of the latest frame, name and corners."""
    from engine.window.ui import Ui

    there, panel, begin = {}, Ui.panel, Ui.begin

    def seen(self, name, x, y, w, h, **keywords):
        there[name] = (x, y, x + w, y + h)
        return panel(self, name, x, y, w, h, **keywords)

    monkeypatch.setattr(Ui, "panel", seen)
    monkeypatch.setattr(Ui, "begin", lambda self, **keywords: (there.clear(), begin(self, **keywords))[1])
    return there


def crossing(standing):
    """Panels that stand over one another; the name of a layer stands on its column, whose edge is bare."""
    pairs = itertools.combinations(standing.items(), 2)
    return [
        (one, other) for (one, a), (other, b) in pairs
        if min(a[2], b[2]) - max(a[0], b[0]) > 8 and min(a[3], b[3]) - max(a[1], b[1]) > 8
        and not (one.startswith("layer") and other.startswith("layer"))
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "images"), [(1, 0), (1, 1), (2, 0)])
def test_whatever_is_open_the_figure_keeps_its_room(tours, open_window, standing, count, images):
    window, hand = open_window(*tours[images:][:count], changes={"mode": "dots"})
    window.viewer.playing = False
    parts = PARTS if count == 1 else OF_PAIRS
    for size in SIZES:
        hand.resize(*size)
        numbers = (0, 1, len(PARTS)) if size == SIZES[-1] else (0, 1, 2, len(PARTS))  # pairs where room is scarce
        for some in itertools.chain(*(itertools.combinations(parts, number) for number in numbers)):
            if {"drawer", "differences"} <= set(some):
                continue  # they have one place
            open_parts(window, some)
            for pane in window.panes.all:
                assert min(pane.viewer.area.free) >= ROOM, (size, some, pane.viewer.area)
            assert not crossing(standing), (size, some)


def test_the_latest_that_was_asked_for_is_shown_and_the_others_come_back(tours, open_window, standing):
    window, hand = open_window(tours[1], changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)
    window.viewer.select(np.arange(201) < 40)
    hand.key("b")
    hand.key("w")
    hand.wait(3)
    assert "drawer" in standing and "story" not in standing
    hand.key("b")  # the story is wanted: the drawer gives way
    hand.wait(3)
    assert "story" in standing and "drawer" not in standing and window.panels.story.shown
    hand.key("w")
    hand.wait(3)
    hand.click(16 + 180 + 16, 16 + 5 + 16)  # and to the legend
    hand.wait(3)
    assert "drawer" not in standing and standing["legend"][3] > 200 and window.panels.legend_open
    window.panels.legend_open = None
    window.hands.pinned = 7
    hand.wait(3)
    assert "card" in standing and "story" not in standing
    window.hands.pinned = None
    hand.wait(3)
    assert "story" in standing
    hand.key("b")
    hand.wait(3)
    assert "story" not in standing and not window.panels.story.shown


def test_a_pinned_card_beside_the_dock_opens_under_the_cursor(tours, open_window, standing):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)
    window.hands.pinned = 7
    hand.wait(5)
    left, top, right, bottom = standing["chip"]
    assert "card" not in standing and right < standing["dock"][0] and bottom <= 600 - 16
    free = [pane.viewer.area.free for pane in window.panes.all]
    hand.move(left + 30, top + 20)
    hand.wait(5)
    assert standing["card"][3] <= top and [pane.viewer.area.free for pane in window.panes.all] == free
    hand.move(left + 30, top - 60)  # onto the card
    hand.wait(5)
    assert "card" in standing
    hand.move(600, 300)
    hand.wait(5)
    assert "card" not in standing
    hand.click(right - 24, top + 24)
    assert window.hands.pinned is None
    window.hands.pinned = 7
    hand.key("w")  # above the strip
    hand.wait(5)
    hand.move(left + 30, top + 20)
    hand.wait(5)
    assert standing["card"][3] <= standing["drawer"][1] and standing["card"][1] >= standing["legend"][3]
    hand.move(left + 30, standing["drawer"][1] + 50)  # the way there leads over it
    hand.move(left + 30, standing["card"][3] - 30)
    hand.wait(3)
    assert "card" in standing


def test_the_name_of_a_layer_stands_beside_the_figure_and_not_over_it(tours, open_window, standing):
    layers = [replace(layer, name=f"{k}-features.denseblock{k}.conv") for k, layer in enumerate(tours[1].layers)]
    window, hand = open_window(replace(tours[1], layers=layers), changes={"mode": "dots"})
    viewer, wide = window.viewer, {}
    for size in [(800, 600), (1024, 640), (1280, 800)]:
        hand.resize(*size)
        viewer.playing = True
        hand.settle(3.0)
        wide[size] = standing["layer name right"][2] - standing["layer name right"][0]
        viewer.playing = False
        hand.rest()
        sight = window.panes.all[0].sight
        at, sizes = picking.drawn_at(viewer, sight, np.arange(201))
        left = standing["layer name right"][0]
        over = (at[:, 0] + sizes / 2 > left).mean()
        assert over <= 0.01 or size[0] == 1280, (size, over)
    assert wide[800, 600] < 40 and wide[1280, 800] > 150  # the number alone while the tour turns, and the name
    hand.resize(800, 600)
    viewer.zoom(2.0, (400, 300), window.ui.size)  # the figure comes to the column
    hand.settle(3.0)
    assert standing["layer name right"][2] - standing["layer name right"][0] < 40
    hand.key("j")
    hand.settle(1.0)
    assert standing["layer name right"][2] - standing["layer name right"][0] > 150  # said
    hand.settle(4.0)
    assert standing["layer name right"][2] - standing["layer name right"][0] < 40


def test_a_long_legend_leaves_a_card_of_names_its_neighbours(make_tour, rng, open_window):
    kinds = pd.DataFrame({"kind": pd.Categorical([f"class {k % 100:02d}" for k in range(400)])})
    window, hand = open_window(make_tour([rng.standard_normal((400, 15))] * 3, attributes=kinds))
    window.viewer.playing, window.panels.legend_open = False, True
    hand.resize(800, 600)
    window.hands.pinned = 7
    hand.wait(10)
    assert {f"card/near {k}" for k in range(6)} <= set(window.ui._order)


def test_there_is_nothing_to_unfold_where_all_have_one_colour(make_tour, rng, open_window, standing):
    window, hand = open_window(make_tour([rng.standard_normal((40, 15))] * 3))
    hand.resize(800, 600)
    hand.key("w")
    hand.wait(3)
    assert "drawer" in standing and "legend/colour" in window.ui._order and "legend/fold" not in window.ui._order


def test_the_matrix_across_the_bottom_of_a_small_window_does_what_it_does_in_the_card(tours, open_window, standing):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    window.viewer.playing, pair = False, window.pair
    hand.resize(800, 600)
    pair.go_to(3, 4)
    hand.settle(1.0)
    hand.key("m")
    hand.wait(3)
    left, top, right, bottom = standing["matrix"]
    assert right - left == 800 - 32 and bottom == 600 - 72 and standing["compare"][3] <= 64
    cell = 12, 3  # of 24 layers, in whole pixels
    hand.click(left + 216 + 36 + cell[0] * 20 + 6, top + 24 + cell[1] * 9 + 1)
    hand.wait(3)
    assert pair.places == (9, 20) and "pair of layers" in standing
    assert standing["pair of layers"][3] <= top
    window.viewer.select(np.arange(201) < 40)
    hand.wait(3)
    assert "selection" not in standing  # its bar is on the matrix
    hand.click(left + 384 - 8 - 16, top + 60 + 16)
    assert window.viewer.selection is None
    for key, shown, gone in (  # what is wanted last is there, and the other gives way
        ("b", "story", "matrix"), ("m", "matrix", "story"), ("w", "drawer", "matrix"), ("m", "matrix", "drawer"),
    ):  # fmt: skip
        hand.key(key)
        hand.wait(3)
        assert gone not in standing and shown in standing
    hand.key("question")
    hand.move(400, 595)
    hand.settle(0.5)
    covered = window.screenshot()[430:440, 160:770]  # the help is in front of the matrix
    hand.key("question")
    hand.click(right - 24, top + 24)
    hand.wait(3)
    assert "matrix" not in standing and "story" in standing
    hand.key("question")
    hand.move(400, 595)
    hand.settle(0.5)
    assert standing["keys"][3] > 440 and (window.screenshot()[430:440, 160:770] == covered).all()


def test_the_strip_of_differences_has_the_bar_of_the_selection(tours, open_window, standing):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)
    hand.key("n")
    window.viewer.select(np.arange(201) < 40)
    hand.wait(10)
    left, top, right, _ = standing["differences"]
    assert "selection" not in standing
    hand.click(right - 8 - 7 * 32 - 16, top + 6 + 16)  # the pen
    hand.do("type", "--delay", "1", "the first", frames=12)
    hand.key("Return")
    assert "the first" in window.viewer.tour.attributes
    window.viewer.select(np.arange(201) < 40)
    hand.wait(3)
    hand.click(left + 216 + 30, top + 6 + 34 + 16)  # the first row, under the bar
    assert window.panels.differences.chosen is not None and window.panels.differences.chosen[0] < 40
    hand.click(right - 8 - 16, top + 6 + 16)
    assert window.viewer.selection is None


def test_the_strip_under_two_figures_does_what_the_drawer_does(tours, open_window, standing):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)
    hand.key("slash")
    hand.do("type", "--delay", "1", "point 1", frames=20)
    left, top, right, bottom = standing["drawer"]
    assert right - left == 800 - 32 and bottom == 600 - 72 and window.viewer.selection.sum() > 100
    hand.click(left + 60, top + 8 + 15)  # the first of its tabs: what is selected
    hand.wait(3)
    assert window.panels.popover == "selected"
    listed = window._drawer.grid.of.points
    for place in (0, 3):
        hand.click(left + 8 + 112 + 8 + 60 * place + 30, top + 8 + 36 + 30)
        assert window.hands.pinned == listed[place]
    hand.key("c")
    assert window.viewer.selection is None
    hand.key("n")
    hand.wait(10)
    assert standing["differences"] == (left, top, right, bottom) and "drawer" not in standing
    hand.click(left + 216 + 30, top + 6 + 16)
    assert window.panels.differences.chosen is not None
    hand.key("n")
    hand.wait(3)
    assert "differences" not in standing
