"""Text and stories that nobody should give to a window: one line, and the window goes on with what it had."""

import json
from dataclasses import replace
from pathlib import Path

import glfw
import pytest

import engine
from engine.tour.view import SavedView, View


@pytest.fixture
def opened(saved, open_window):
    return open_window(engine.load(saved / "small.tour"))


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "point\r1\r" + "b" * 200_000, "\r", '"' * 1001, "\0", "point\n" + "9" * 5000], ids=range(6)
)
def test_whatever_is_pasted_is_a_list_of_points_or_none(window, hand, text, monkeypatch):
    monkeypatch.setattr(glfw, "get_clipboard_string", lambda _: text.encode())  # X11's own stops at a NUL
    hand.key("ctrl+v")
    hand.wait(20)
    assert window.panels.toast and len(window.panels.toast) < 400 and window.faults.count == 0
    assert window.viewer.selection is None


def test_a_real_clipboard_of_200_000_letters(window, hand):
    glfw.set_clipboard_string(None, "a" * 200_000)
    hand.key("ctrl+v")
    hand.wait(20)
    assert "list of points" in window.panels.toast.lower() and window.faults.count == 0


VALUES = {"layer": [1e400, 99, {}, "x" * 5000], "color_by": [5, "nothing"], "image_size": [[]], "center": [[1]],
          "groups": [[1e400], [99]], "zoom": [float("nan"), 0], "handles": [[{"name": 5, "points": [1]}]],
          "selected": [[2**70], [-1]], "frame": [[[1]]], "theme": ["pink"]}  # fmt: skip
WRONG = [{name: value} for name, values in VALUES.items() for value in values]


def test_stories_with_a_wrong_value_dropped_on_the_window(window, hand, tmp_path):
    files = [json.dumps({"version": 1, "views": [{"caption": "x", "view": view}]}) for view in WRONG]
    for k, text in enumerate([*files, "[" * 100_000, '{"version": 1, "views": ' + "[" * 50_000, "", "nothing"]):
        (tmp_path / f"{k}.json").write_text(text)
        window.panels.toast = ""
        window._commands.dropped([str(tmp_path / f"{k}.json")])
        hand.wait(2)
        assert f"{k}.json" in window.panels.toast, text[:80]
        assert window.viewer.story.story == () and window.faults.count == 0


def test_a_saved_view_that_was_left_out_is_said(saved, open_window):
    views = [{"caption": "good", "view": {"layer": 1}}, *({"caption": "x", "view": view} for view in WRONG)]
    (saved / "small.tour/views.json").write_text(json.dumps({"version": 1, "views": views}))
    window, hand = open_window(engine.load(saved / "small.tour"))
    assert [each.caption for each in window.viewer.story.story] == ["good"]
    assert f"{len(WRONG)} saved views left out" in window.panels.toast and "views.json: view 2" in window.panels.toast
    window.viewer.play_story()
    hand.settle()
    assert window.viewer.layer == 1


def test_play_at_a_layer_that_is_not_there(window, hand):
    window.viewer.story.story = (SavedView("far", View(layer=99)),)
    hand.key("b")
    hand.click(120, window.panels.legend_bottom + 8 + 44 + 20)
    assert "cannot be shown" in window.panels.toast
    hand.click(176, window.panels.legend_bottom + 8 + 24)  # play
    hand.wait(3)
    assert "layers 0 to 3" in window.panels.toast
    hand.key("j")
    assert window.viewer.layer == 1


@pytest.mark.parametrize("name", ["L" * 300, "a\0b", "../../x", "\x1b[2J"], ids=range(4))
def test_a_picture_of_a_layer_with_such_a_name(small_tour, open_window, tmp_path, name):
    layers = (replace(small_tour.layers[0], name=name), *small_tour.layers[1:])
    window, hand = open_window(replace(small_tour, layers=layers))
    hand.key("s")
    for _ in range(100):
        hand.wait(2)
        if window.panels.toast.startswith("Saved"):
            break
    (file,) = Path(tmp_path).glob("*.png")
    assert file.name.isprintable() and file.stat().st_size > 1000 and window.faults.count == 0
