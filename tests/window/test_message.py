"""What is said for a while stands where it covers no panel and no point, and long tooltips take several lines."""

from dataclasses import replace

import numpy as np
import pytest

from engine.tour.view import SavedView, View
from engine.viewer import picking

LONG = "views.json: view 2: the layer 'far' is none of small's, which has layers 0 to 3; " * 2


def overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]) > 0 < min(a[3], b[3]) - max(a[1], b[1])


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
@pytest.mark.parametrize("text", ["Nothing to take back", LONG])
def test_a_message_covers_no_point_and_no_panel(open_window, small_tour, size, text):
    window, hand = open_window(small_tour, changes={"mode": "dots"}, reopen=True)
    window.viewer.playing = False
    hand.resize(*size)
    hand.rest()
    panels = list(window.ui.standing)
    window.panels.say(text)
    hand.wait(3)
    x, y, width, height = window.panels.message.box
    box = x, y, x + width, y + height
    assert window.panels.message.lines and box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
    assert not [panel for panel in panels if overlap(panel, box)]
    pane = window.panes.all[0]
    at, sizes = picking.drawn_at(pane.viewer, pane.sight, np.arange(small_tour.n))
    assert not [1 for (px, py), r in zip(at, sizes / 2, strict=True) if overlap((px - r, py - r, px + r, py + r), box)]
    where = window.panels.message.box
    window.viewer.playing = True
    hand.settle(1.0)
    assert window.panels.message.box == where  # it stays while the figure turns
    hand.key("w")  # the drawer opens, and where that covers it, it makes room
    hand.wait(3)
    box = (lambda x, y, w, h: (x, y, x + w, y + h))(*window.panels.message.box)
    assert not [panel for panel in window.ui.standing[:-1] if overlap(panel, box)]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("text", ["Nothing to take back", LONG])
def test_a_message_beside_the_help_of_a_small_window_covers_no_panel(open_window, small_tour, count, text):
    window, hand = open_window(*[small_tour] * count, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)
    hand.key("question")
    panels = list(window.ui.standing)
    window.panels.say(text)
    hand.wait(3)
    x, y, width, height = window.panels.message.box
    assert window.panels.message.lines and not [each for each in panels if overlap(each, (x, y, x + width, y + height))]


def test_a_message_covers_no_name_of_a_handle(open_window, small_tour):
    window, hand = open_window(small_tour, changes={"mode": "dots"}, reopen=True)
    window.viewer.playing = False
    window.panels.opening = False
    hand.rest()
    said, labels = window.panels.message, window.hands.handles.labels
    left, top, _, _ = next(iter(labels.values()))
    window.viewer.pan((640 - left, 690 - top), window.ui.size)  # to where a message stands if nothing is in its way
    hand.settle(0.5)
    assert any(overlap(name, (600, 680, 680, 720)) for name in window.hands.handles.labels.values())
    window.panels.say("Nothing to take back")
    hand.wait(3)
    x, y, width, height = said.box
    labels = window.hands.handles.labels.values()
    assert said.lines and labels and not [name for name in labels if overlap(name, (x, y, x + width, y + height))]


def test_a_place_is_looked_for_once_where_none_is_free(open_window, small_tour, monkeypatch):
    from engine.window.panels import message
    from engine.window.ui import Ui

    window, hand = open_window(small_tour, changes={"mode": "dots"})
    window.viewer.playing = False
    found, cheapest, begin = [], message._cheapest, Ui.begin
    monkeypatch.setattr(message, "_cheapest", lambda *a: (found.append(a), cheapest(*a))[1])
    monkeypatch.setattr(Ui, "begin", lambda self, **k: (begin(self, **k), self.taken.append((0, 0, *self.size))))
    window.panels.say("Nothing to take back")
    hand.wait(10)
    assert len(found) == len(message.SHAPES)  # in the first of ten frames
    hand.resize(1000, 700, frames=10)
    assert len(found) == 2 * len(message.SHAPES)


def test_a_long_caption_is_told_in_several_lines(open_window, small_tour):
    caption = "a caption that goes on and on about what can be seen in this view, " * 4
    window, hand = open_window(replace(small_tour, views=[SavedView(caption, View())]))
    hand.key("b")
    hand.move(120, window.panels.legend_bottom + 8 + 44 + 20)
    hand.settle(1.0)
    left, top, right, bottom = window.ui.standing[-1]
    assert right - left <= 340 and bottom - top >= 4 * 16 and left >= 0 and bottom <= 800
