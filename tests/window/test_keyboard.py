"""The window by the keyboard alone: where the focus is, what Enter and arrows do there, and text fields between."""

import numpy as np
import pandas as pd
import pytest
from imgui_bundle import imgui

from engine.tour.view import View

ACCENT = np.array([0xFF, 0xA6, 0x2B])


def seen(window):
    window.draw(0.3)
    return window.screenshot()[..., :3]


def tab(hand, to, *, limit=60):
    """Press Tab until a control has the focus."""
    window = hand.window
    for _ in range(limit):
        if window.ui.focused.endswith(to):
            return
        hand.do("key", "Tab", frames=2)
    raise AssertionError(f"Tab never came to {to}")


def test_whatever_tab_comes_to_is_ringed_on_the_screen(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) >= 40)
    hand.key("slash")  # the drawer, with more histograms than it has room for
    hand.key("Tab")
    hand.rest(4.0)  # the cameras come to rest
    hand.move(640, 20)
    window.ui.focused = ""
    bare, visited = seen(window), []
    while True:
        hand.do("key", "Tab", frames=2)
        if window.ui.focused in visited:
            break
        now = seen(window)
        other = (now != bare).any(axis=2)
        pixels, before = now[other].astype(int), bare[other].astype(int)
        ringed = (np.abs(pixels - ACCENT).max(axis=1) < 12) & (np.abs(pixels - before).max(axis=1) > 8)
        assert ringed.sum() > 60, window.ui.focused
        visited.append(window.ui.focused)
    for stop in ("layers right/column", "journey/through", "reset/reset", "drawer/cells", "drawer/##points",
                 "drawer/bars weight", "dock/speed"):  # fmt: skip
        assert stop in visited
    assert sum(stop.startswith("legend/class") for stop in visited) == 1  # Tab passes a list by


def test_arrows_go_through_a_list_a_slider_and_the_layers(opened):
    window, hand = opened
    tab(hand, "legend/class 0")
    hand.key("Down")
    assert window.ui.focused == "legend/class 1"
    hand.key("Return")
    assert window.viewer.base.groups == (1,)
    for key in ("Up", "Up"):
        hand.key(key)
    assert window.ui.focused == "legend/class 0"  # the end of it
    tab(hand, "/column")
    hand.key("Down")
    assert window.viewer.layer == 1
    tab(hand, "dock/speed")
    before = window.viewer.speed
    hand.key("Right")
    assert window.viewer.speed > before
    tab(hand, "legend/colour")
    hand.key("Return")  # opens the list, and arrows go through that
    hand.key("Down")
    hand.key("Return")
    assert window.viewer.base.color_by == "size" and window.ui.focused == "legend/colour"


def test_a_class_that_the_focus_comes_to_is_scrolled_into_view(open_window, make_tour, rng):
    kinds = pd.Categorical([f"kind {k:03}" for k in range(200)])
    tour = make_tour([rng.standard_normal((200, 5))], attributes=pd.DataFrame({"kind": kinds}))
    window, hand = open_window(tour, view=View(color_by="kind"))
    window.viewer.playing = False
    tab(hand, "legend/class 0")
    for _ in range(40):
        hand.do("key", "Down", frames=3)
    assert window.ui.focused == "legend/class 40"
    hand.key("Return")
    assert window.viewer.base.groups == (40,)


def test_enter_goes_to_the_point_that_arrows_found_from_the_search_and_from_the_list(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "cat", frames=20)
    hand.key("Down")
    hand.key("Return")
    assert window.hands.pinned == 40
    tab(hand, "drawer/cells")
    hand.key("Right")
    hand.key("Return")
    assert window.hands.pinned == 41


def test_a_search_that_is_opened_again_is_typed_over(opened):
    window, hand = opened
    for text in ("zebra", "cat"):
        hand.key("slash")
        hand.do("type", "--delay", "15", text, frames=20)
        assert window.panels.found == text
        hand.key("Escape")
        assert window.panels.popover == ""


def test_tab_leaves_a_text_field_with_what_was_typed(opened):
    window, hand = opened
    window.hands.handles.create(np.arange(60) < 20, naming=True)
    hand.settle(0.3)
    hand.do("type", "--delay", "15", "mine", frames=20)
    hand.key("Tab")
    assert window.hands.handles.renaming is None and [each.name for each in window.hands.handles.all] == ["mine"]
    hand.key("j")  # is a key again
    assert window.viewer.layer == 1


def test_arrows_brush_a_histogram(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 40)
    hand.key("w")
    tab(hand, "bars kind")
    hand.key("Right")
    first = window.viewer.selection.copy()
    hand.key("Right")
    assert 0 <= first.sum() < 40 and not np.array_equal(first, window.viewer.selection)


@pytest.mark.parametrize("key", ["Tab, Enter", "arrows"])
def test_the_help_names_the_keys(key):
    from engine.window.panels.popovers import KEYS

    assert key in [keys for _, keys in KEYS]


@pytest.mark.parametrize("text", ["/cat", "/t"])
def test_what_is_typed_before_a_field_has_the_keys_is_its_text(window, hand, text):
    theme, playing = window.viewer.base.theme, window.viewer.playing
    hand.do("type", "--delay", "1", text, frames=20)  # all of it before the next frame
    assert (window.panels.popover, window.panels.found) == ("find", text[1:])
    assert (window.viewer.base.theme, window.viewer.playing) == (theme, playing)
    hand.do("type", "--delay", "1", "s", frames=10)
    assert window.panels.found == text[1:] + "s"
    hand.key("Escape")
    hand.key("t")
    assert window.viewer.base.theme != theme  # a command again


def test_a_slow_window_takes_in_all_that_was_typed_at_once(window, hand):
    text = "a caption that is typed faster than frames are drawn"
    hand.key("slash")
    hand.do("type", "--delay", "1", text, frames=3)
    assert window.panels.found == text
    hand.do("key", "ctrl+a", "x", frames=4)
    assert window.panels.found == "x"
    hand.do("key", "BackSpace", "Escape", "t", frames=6)
    assert window.panels.popover == ""


def test_escape_closes_an_open_list_and_nothing_else(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 40)
    hand.key("w")
    tab(hand, "drawer/sort")
    for close in ("Escape", "Return"):
        hand.key("Return")
        assert imgui.is_popup_open("", imgui.PopupFlags_.any_popup)
        hand.key(close)
        assert not imgui.is_popup_open("", imgui.PopupFlags_.any_popup)
        assert window.panels.popover == "selected" and window.viewer.selection is not None
    hand.key("Escape")
    hand.key("Escape")
    assert window.panels.popover == ""


def test_letters_between_a_click_and_its_field_are_not_commands(window, hand):
    hand.key("b")
    hand.wait(4)
    x, y = 100, round(window.panels.story.bottom - 8 - 16 - 4)
    hand.do("mousemove", x, y, "click", 1, frames=2)
    hand.do("type", "--delay", "1", "two toys", frames=20)
    hand.key("Return")
    assert window.viewer.story.story[0].caption == "two toys" and window.panels.popover == ""
