"""The window reopens as it was left, per tour; what cannot be used is said in one line and ignored."""

import json
import logging
import os
from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.tour.view import SavedView, View
from engine.tour.writing import write_views
from engine.viewer.opening import opening_view
from engine.viewer.remembered import recall, remember, state_file
from engine.viewer.viewer import Viewer


@pytest.fixture
def on_disk(small_tour, tmp_path):
    small_tour.save(tmp_path / "small.tour")
    return engine.load(tmp_path / "small.tour")


def files(folder):
    return {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in folder.rglob("*")}


def test_reopens_as_it_was_left_and_leaves_the_tour_alone(on_disk, open_window, tmp_path):
    before = files(tmp_path / "small.tour")
    window, hand = open_window(on_disk, reopen=True)
    for key in ("i", "t", "j", "b", "space"):
        hand.key(key)
    hand.do("mousemove", 500, 300, "click", 4)
    hand.settle()
    window.viewer.change(color_by="size", groups=(1,), handles=[{"name": "two", "points": [1, 2]}], selected=(4,))
    window.viewer.take_tour("local")
    window.viewer.speed = 11.0
    window.viewer.save_view("not saved yet")
    hand.do("search", "--name", "UMAP Tour", "windowsize", 1000, 700, frames=30)
    left = window.viewer.view
    window.close()
    assert files(tmp_path / "small.tour") == before

    again, _ = open_window(engine.load(tmp_path / "small.tour"), reopen=True)
    view = again.viewer.view
    assert np.asarray(view.frame) == pytest.approx(np.asarray(left.frame))
    assert replace(view, frame=None) == replace(left, frame=None)
    assert (again.viewer.playing, again.viewer.speed, again.viewer.tour_kind) == (False, 11.0, "local")
    assert again.panels.story.shown and again.size == (1000, 700)
    assert [each.caption for each in again.viewer.story.story] == ["not saved yet"] and again.viewer.story.unsaved


def test_each_tour_has_its_own(small_tour, tmp_path, open_window):
    for name in ("a", "b"):
        small_tour.save(tmp_path / f"{name}.tour")
    window, hand = open_window(engine.load(tmp_path / "a.tour"), reopen=True)
    hand.key("t")
    window.close()
    assert recall(engine.load(tmp_path / "a.tour")).view.theme == "light"
    assert recall(engine.load(tmp_path / "b.tour")) is None
    assert recall(small_tour) is None


def test_a_view_or_changes_that_are_asked_for_come_first(on_disk, open_window):
    window, hand = open_window(on_disk, reopen=True)
    hand.key("t")
    window.close()
    window, _ = open_window(on_disk, view=View(theme="dark", layer=2), reopen=True)
    assert (window.viewer.base.theme, window.viewer.layer) == ("dark", 2)
    window.viewer.change(theme="light", color_by="kind", groups=(1,))
    window.close()
    window, _ = open_window(on_disk, changes={"layer": 1, "color_by": "size"}, reopen=True)
    base = window.viewer.base
    assert (base.theme, window.viewer.layer, base.color_by, base.groups) == ("light", 1, "size", ())


def test_windows_that_do_not_ask_neither_read_nor_write(on_disk, open_window):
    window, hand = open_window(on_disk)
    hand.key("t")
    window.close()
    assert not state_file(on_disk).exists()


@pytest.fixture
def kept(on_disk):
    """The file of a window that was left in light."""
    remember(Viewer.of(on_disk, View(theme="light", color_by="kind")), size=(1280, 800))
    return state_file(on_disk)


def edit(**changes):
    return lambda text: json.dumps(json.loads(text) | changes)


def edit_view(**changes):
    return lambda text: json.dumps((state := json.loads(text)) | {"view": state["view"] | changes})


BAD = {
    "cut short": lambda text: text[:40],
    "empty": lambda text: "",
    "not a table": lambda text: "[1, 2]",
    "another version": edit(version=7),
    "another tour": edit(tour={"name": "small", "n": 61}),
    "no view": edit(view=None),
    "frame of another": edit_view(frame=[[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "frame that is none": edit_view(frame=np.ones((15, 3)).tolist()),
    "layer beyond": edit_view(layer=44),
    "attribute gone": edit_view(color_by="colour"),
    "points gone": edit_view(selected=[3, 99]),
    "zoom of nothing": edit_view(zoom=0),
    "tour unknown": edit(tour_kind="lunar"),
    "window of nothing": edit(window=None),
    "deep": lambda text: "[" * 100_000,
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_one_line_in_the_log(spoil, kept, on_disk, caplog):
    assert recall(on_disk).view.theme == "light" and not caplog.records
    kept.write_text(spoil(kept.read_text()))
    with caplog.at_level(logging.INFO, "engine"):
        left = recall(on_disk)
    assert len(caplog.records) == 1 and "\n" not in caplog.records[0].message, caplog.text
    if left:
        Viewer.of(on_disk, left.view)


def test_a_corrupt_state_opens_the_first_view(kept, on_disk, open_window):
    kept.write_text("{")
    window, _ = open_window(on_disk, reopen=True)
    assert window.size == (1280, 800) and window.viewer.base == opening_view(on_disk)


def test_a_folder_that_cannot_be_written_is_one_line(on_disk, open_window, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with caplog.at_level(logging.INFO, "engine"):
        window, _ = open_window(on_disk, reopen=True)
        window.close()
    assert 1 <= len(caplog.records) <= 2 and "not kept" in caplog.records[-1].message


def test_unsaved_changes_do_not_cover_a_newer_story(on_disk, open_window):
    window, _ = open_window(on_disk, reopen=True)
    window.viewer.save_view("mine")
    window.close()
    write_views([SavedView("theirs")], on_disk.folder)
    again = engine.load(on_disk.folder)
    window, hand = open_window(again, reopen=True)
    assert [each.caption for each in window.viewer.story.story] == ["theirs", "mine"]
    assert window.viewer.story.unsaved and "not saved; here it is" in window.panels.toast
    hand.key("ctrl+s")
    assert [each.caption for each in engine.load(on_disk.folder).views] == ["theirs", "mine"]
    window.close()
    assert not list(state_file(again).parent.glob("*.story"))


def test_show_reopens(on_disk, display, monkeypatch, tmp_path):
    """`engine.show` is a window that is left as it was."""
    monkeypatch.setenv("DISPLAY", display)
    seen = {}

    class Recorder:
        def __init__(self, tour, other, **keywords):
            seen.update(keywords)

        def run(self):
            pass

    monkeypatch.setattr("engine.window.window.Window", Recorder)
    engine.show(on_disk)
    assert seen == {"reopen": True}
    engine.show(on_disk, on_disk)
    assert seen == {"reopen": True}
    assert os.environ["XDG_STATE_HOME"] in str(state_file(on_disk))
