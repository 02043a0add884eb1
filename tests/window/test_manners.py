"""What people stumbled over in the window, a test each: words, tooltips, panels that must not cover each other."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.tour.view import Handle, SavedView, View
from engine.viewer import screen
from engine.viewer.handles import counted
from engine.viewer.theme import ABOVE_DOCK, GAP
from engine.window.panels import opening
from engine.window.panels.opening import CARD

SIZE = (1280, 800)
DRAWER = 1280 - 52 - 320  # its left edge
LEGEND_ROW = 124  # the middle of the first


def part(window, x, y, w, h):
    return window.screenshot()[y : y + h, x : x + w, :3].astype(int)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 handles"), (1, "1 handle"), (2, "2 handles"), (1200, "1,200 handles")]
)
def test_one_is_no_plural(count, text):
    assert counted(count, "handle") == text


def test_one_class_has_one_handle(open_window, make_tour, rng):
    kinds = pd.Categorical(["ant"] * 20)
    tour = make_tour([rng.standard_normal((20, 5))], attributes=pd.DataFrame({"kind": kinds}))
    window, _hand = open_window(tour, view=View(color_by="kind"))
    assert "1 handle" in window.hands.handles.of_classes() and "1 handles" not in window.panels.toast


def test_handles_for_all_are_counted_with_those_that_were_there(opened):
    window, _hand = opened
    kind = window.viewer.coloring
    first = Handle(kind.names[0], np.flatnonzero(kind.codes == 0), 0, "kind")
    window.viewer.change(handles=(first,))
    assert window.hands.handles.of_classes() == "3 handles" and len(window.hands.handles.all) == 3


def test_a_search_without_a_hit_greys_nothing_and_escape_leaves_it(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "zebra", frames=20)
    assert window.panels.found == "zebra" and window.viewer.selection is None
    hand.key("Escape")
    assert window.panels.popover == ""


def test_control_takes_away_as_alt_does_and_the_help_says_so(opened):
    from engine.window.panels.popovers import KEYS

    window, hand = opened
    window.viewer.select(np.ones(60, dtype=bool))
    at = screen.on_screen(window.viewer, screen.shown(window.viewer), SIZE)
    hand.key("f")
    hand.do("keydown", "ctrl", frames=2)
    hand.drag(480, 240, 800, 560)
    hand.do("keyup", "ctrl", frames=2)
    inside = ((at > (480, 240)) & (at < (800, 560))).all(axis=1)
    assert 0 < inside.sum() < 60
    assert (window.viewer.selection == ~inside).all()
    assert any("Ctrl" in keys and "take away" in what for what, keys in KEYS)


def test_no_card_stands_over_a_new_handle(opened):
    window, hand = opened
    at = screen.on_screen(window.viewer, screen.shown(window.viewer), SIZE)
    inside = ((at > (480, 240)) & (at < (800, 560))).all(axis=1)
    last = at[np.flatnonzero(inside)[0]].astype(int)  # where the brush ends, a point is under the cursor
    hand.key("d")
    hand.do("mousemove", 480, 240, "mousedown", 1, frames=4)
    for x, y in ((800, 240), (800, 560), (480, 560), tuple(last)):
        hand.do("mousemove", x, y, frames=3)
    hand.do("mouseup", 1)
    assert window.hands.handles.renaming is not None
    assert window.panels.hover.point is None


def test_a_long_search_does_not_run_under_its_icon(opened):
    window, hand = opened
    hand.key("slash")
    hand.wait(5)
    icon = (DRAWER + 8 + 4, 64 + 48 + 4, 20, 24)
    before = part(window, *icon)
    hand.do("type", "--delay", "5", "m" * 60, frames=30)
    for _ in range(100):
        if len(window.panels.found) == 60:
            break
        hand.wait(2)
    assert len(window.panels.found) == 60
    hand.do("key", "Home")
    for key in ("Home", "End"):
        hand.do("key", key)
        assert np.abs(part(window, *icon) - before).max() < 8  # the icon alone, wherever the text has scrolled to


def test_a_tooltip_stands_on_top_of_a_panel(opened):
    window, hand = opened
    hand.key("w")
    hand.wait(5)
    close = DRAWER + 320 - 8 - 16, 64 + 8 + 16
    below = (close[0] - 20, close[1] + 22, 36, 18)  # inside the drawer
    hand.move(640, 700)
    before = part(window, *below)  # before the cursor is there: a slow machine shows the tooltip at once
    hand.move(*close)
    hand.settle(0.8)
    assert np.abs(part(window, *below) - before).max() > 60


@pytest.mark.parametrize("size", [(1280, 800), (800, 600), (1000, 700), (1600, 900)])
def test_the_help_leaves_the_reset_button_alone(open_window, small_tour, size):
    window, hand = open_window(small_tour)
    hand.resize(*size, frames=10)
    hand.key("question")
    hand.wait(5)
    assert window.panels.popover == "help" and window.size == size
    reset = size[0] - 36, size[1] - 36
    hand.move(*reset)
    over = [(x1, y1, x2, y2) for x1, y1, x2, y2 in window.ui.standing if x1 <= reset[0] < x2 and y1 <= reset[1] < y2]
    assert [(x2 - x1, y2 - y1) for x1, y1, x2, y2 in over] == [(42, 42)]  # its own, and no panel over it


def test_a_picture_says_where_it_is(opened, tmp_path):
    window, hand = opened
    hand.key("s")
    for _ in range(200):
        hand.wait(2)
        if window.panels.toast:
            break
    assert window.panels.toast == f"Saved small-0-Block.png in {tmp_path}"


def test_tours_that_cannot_be_matched_are_not_offered(open_window, make_tour, rng, tmp_path):
    from engine.tour.reading import load

    for name, ids in (("one", range(20)), ("same", range(20)), ("some", range(10, 25)), ("strange", range(90, 110))):
        points = [rng.standard_normal((len(ids), 5))]
        make_tour(points, attributes=pd.DataFrame({"id": list(ids)}), name=name).save(tmp_path / f"{name}.tour")
    (tmp_path / "broken.tour").mkdir()
    (tmp_path / "broken.tour" / "tour.json").write_text("{}")
    window, hand = open_window(load(tmp_path / "one.tour"))
    window.panels.toggle("compare")
    hand.wait(1)
    assert window.panels.seeking and [each.name for each in window.panels.partners] == ["one.tour"]  # and it says so
    names = ["one.tour", "same.tour", "some.tour"]
    for _ in range(200):
        hand.wait(2)
        if not window.panels.seeking:
            break
    assert [each.name for each in window.panels.partners] == names
    for _ in range(2):
        window.panels.toggle("compare")
        hand.wait(1)
    assert window.panels.seeking and [each.name for each in window.panels.partners] == names  # known from before


def test_a_guided_tour_says_that_it_has_arrived_and_offers_to_go_on(opened):
    window, hand = opened
    window.viewer.playing = True
    window.viewer.take_tour("guided")
    for _ in range(400):
        window.draw(0.1)
        if window.viewer.arrived:
            break
    assert window.viewer.arrived and "arrived" in window.panels.toast
    hand.key("space")
    assert window.viewer.tour_kind == "grand" and window.viewer.playing


def test_the_first_click_on_a_panel_and_the_first_key_with_control_close_what_a_window_opens_with(
    open_window, small_tour
):
    window, hand = open_window(replace(small_tour, views=[SavedView("a view", View(color_by="kind"))]))
    for act in (lambda: hand.click(60, 44), lambda: hand.key("ctrl+z")):
        window.panels.opening = True
        hand.wait(4)
        hand.click(640, 640)  # on the card itself, beside its buttons
        assert window.panels.opening
        act()
        assert not window.panels.opening


def test_a_message_stands_over_the_card_that_a_window_opens_with(open_window, small_tour):
    window, hand = open_window(replace(small_tour, views=[SavedView("a view", View(color_by="kind"))]))
    window.panels.opening, window.viewer.playing = True, False
    hand.settle(0.5)
    before = window.screenshot()[..., :3].astype(int)
    window.panels.say("word " * 12)
    hand.settle(0.3)
    change = np.nonzero((np.abs(window.screenshot()[..., :3].astype(int) - before).max(axis=2) > 20)[400:, 400:880])
    assert len(change[0]) and change[0].max() + 400 < 800 - ABOVE_DOCK - (CARD - GAP - 28)  # a caption of one line


def test_the_line_of_help_speaks_of_names_where_there_are_any(open_window, small_tour, monkeypatch):
    said, line = [], opening.help_line
    monkeypatch.setattr(opening, "help_line", lambda *room, **named: said.append(line(*room, **named)) or said[-1])
    for tour, named in ((small_tour, True), (replace(small_tour, attributes=small_tour.attributes[[]]), False)):
        window, _ = open_window(tour, reopen=True)
        assert window.panels.opening and bool(window.viewer.base.handles) == named
        assert ("Drag a name" in said[-1]) == named and "change the layer" in said[-1]
        window.close()
    assert opening.help_line(len, 40, named=False) == opening.SHORT


def test_a_class_without_a_hit_under_the_cursor_hides_nothing(opened):
    window, hand = opened
    window.viewer.change(color_by="kind")
    window.viewer.select(np.asarray(window.viewer.tour.attributes["kind"] == "ant"))
    hand.wait(4)
    seen = []
    for k in range(3):
        hand.move(120, LEGEND_ROW + 24 * k)
        seen.append(window.viewer.hovered)
    assert seen[1:] == [None, None] and seen[0] is not None


def test_a_window_is_no_larger_than_the_screen(small_tour, open_window):
    window, _ = open_window(small_tour, scale=2.5)  # 3200 x 2000 would be its usual size
    assert window.size == (2560, 1600)
    assert window.viewer.area.size == (1024, 640)


@pytest.mark.parametrize(("scale", "least"), [(1.0, (800, 600)), (2.0, (1600, 1200)), (3.5, (2560, 1600))])
def test_no_window_is_smaller_than_its_panels_need(scale, least, small_tour, open_window, monkeypatch):
    """On a screen of twice the pixels that is twice as many, if the screen has them. Window managers keep to it."""
    told = []
    monkeypatch.setattr("glfw.set_window_size_limits", lambda handle, *sizes: told.append(sizes[:2]))
    open_window(small_tour, scale=scale)
    assert told == [least]
