"""Selections by search, lists, legend and colour bar, and the keys around them, in the real window."""

import io

import numpy as np
import pandas as pd
import pytest

from sweeps import draw


def test_a_search_selects_as_you_type_and_is_not_for_the_keys(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "be", frames=15)
    assert (window.viewer.selection == (window.viewer.tour.attributes["kind"] == "bee")).all()
    hand.do("type", "--delay", "15", "xpd", frames=15)
    assert window.viewer.selection is None and window.panels.found == "bexpd"  # which no point has: nothing is greyed
    assert not window.viewer.playing and window.hands.tool == "hand"
    for _ in range(5):
        hand.key("BackSpace")
    assert window.viewer.selection is None
    hand.key("Escape")
    assert window.panels.popover == ""


def test_dropped_lists(opened, tmp_path):
    from engine.window import point_lists

    window, hand = opened
    (tmp_path / "mine.csv").write_text("point,kind\n4,ant\n9,ant\n")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    point_lists.take(window.viewer, window._worker, tmp_path / "mine.csv", window.panels.say)
    hand.wait(10)
    assert np.flatnonzero(window.viewer.selection).tolist() == [4, 9]
    point_lists.take(window.viewer, window._worker, tmp_path / "picture.csv", window.panels.say)
    hand.wait(10)
    assert "is no text" in window.panels.toast


def test_a_search_is_one_step_of_undo(opened):
    window, hand = opened
    hand.key("slash")
    hand.do("type", "--delay", "15", "bee", frames=15)
    hand.key("Escape")
    hand.wait(3)
    assert window.viewer.selection.sum() == 20
    hand.key("ctrl+z")
    assert window.viewer.selection is None
    hand.key("ctrl+z")
    assert window.viewer.selection is None


def test_tab_goes_through_the_controls_and_enter_clicks(opened):
    window, hand = opened
    hand.key("Tab")
    first = window.ui.focused
    assert first
    for _ in range(60):
        if window.ui.focused.endswith("/theme"):
            break
        hand.do("key", "Tab", frames=2)
    ring = window.screenshot()[:80, 900:].reshape(-1, 4)
    assert (np.abs(ring[:, :3].astype(int) - [255, 166, 43]).max(axis=1) < 8).sum() > 60  # the accent colour
    hand.key("Return")
    assert window.viewer.base.theme == "light"
    hand.key("Escape")
    assert window.ui.focused == ""


def test_a_long_message_takes_several_lines(opened):
    window, hand = opened
    hand.wait(3)
    before = window.screenshot()[620:740, 300:980]
    window.panels.say("one long sentence of many words " * 8)
    hand.wait(3)
    changed = np.flatnonzero((window.screenshot()[620:740, 300:980] != before).any(axis=(1, 2)))
    assert 55 < changed.max() - changed.min() < 100


def test_keys_with_control_are_not_the_plain_ones(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 5)
    hand.key("ctrl+c")
    hand.wait(10)
    assert window.viewer.selection is not None


def test_movement_is_of_the_layer_shown_since_the_one_before(opened, small_tour):
    from engine.tour.movement import movement

    window, hand = opened
    window.viewer.change(color_by="movement")
    hand.wait(10)
    hand.key("j")
    hand.settle()
    hand.key("j")
    hand.settle()
    hand.finish()
    expected = np.floor(np.clip(movement(small_tour, 2, 1), 0, 1 - 1e-9) * 256)
    assert window.viewer.coloring.codes == pytest.approx(expected)
    hand.key("k")
    hand.settle()
    hand.finish()
    expected = np.floor(np.clip(movement(small_tour, 1, 2), 0, 1 - 1e-9) * 256)
    assert window.viewer.coloring.codes == pytest.approx(expected)


def test_the_legend_counts_the_selection(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 25)
    hand.move(320, 700)
    assert window.panels.tally.selected.tolist() == [0, 5, 20]  # cat, bee, ant
    with_counts = window.screenshot()[110:190, 16:232]
    hand.key("c")
    hand.move(321, 700)
    assert (with_counts != window.screenshot()[110:190, 16:232]).any()


def test_legend_rows_with_selected_points_stand_first(opened):
    window, hand = opened
    window.viewer.select(np.asarray(window.viewer.tour.attributes["kind"] == "ant"))
    hand.move(40, 125)  # the first row
    assert window.viewer.coloring.names[window.viewer.hovered] == "ant"


def test_the_colour_bar_is_brushed(opened):
    window, hand = opened
    window.viewer.change(color_by="weight")
    hand.move(320, 700)
    draw(hand, [(28 + 48, 140), (28 + 96, 140), (28 + 144, 140)])
    weight = window.viewer.tour.attributes["weight"].to_numpy()
    share = (weight - weight.min()) / (weight.max() - weight.min())
    chosen = window.viewer.selection
    assert chosen[(share > 0.26) & (share < 0.74)].all() and not chosen[(share < 0.24) | (share > 0.76)].any()
    hand.click(100, 140)
    assert window.viewer.selection is None


def test_rows_are_copied_and_pasted(opened, monkeypatch):
    window, hand = opened
    board = []
    monkeypatch.setattr("glfw.set_clipboard_string", lambda _, text: board.append(text))
    monkeypatch.setattr("glfw.get_clipboard_string", lambda _: board[-1].encode())
    window.viewer.select(np.arange(60) % 7 == 0)
    hand.key("ctrl+c")
    hand.finish()
    assert pd.read_csv(io.StringIO(board[0]))["kind"].tolist() == ["ant"] * 3 + ["bee"] * 3 + ["cat"] * 3
    hand.key("c")
    hand.key("ctrl+v")
    hand.wait(10)
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(0, 60, 7))
    board.append("99")
    hand.key("ctrl+v")
    hand.wait(10)
    assert window.panels.toast.startswith("Points are numbered 0 to 59; '99'")
