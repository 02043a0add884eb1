"""The story in the real window, worked with real keys and clicks."""

import json
from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.tour.story import export_story
from engine.tour.view import SavedView, View
from engine.viewer import screen
from engine.viewer.storyteller import span

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def told(small_tour, tmp_path):
    """A tour on disk with three saved views."""
    views = [SavedView(name, View(layer=k, color_by="kind", zoom=1.0 + k)) for k, name in enumerate(NAMES)]
    replace(small_tour, views=views).save(tmp_path / "small.tour")
    return engine.load(tmp_path / "small.tour")


@pytest.fixture
def story(told, open_window):
    """(window, hand, y of the story's first row), with the panel open."""
    window, hand = open_window(told)
    hand.key("b")
    return window, hand, window.panels.legend_bottom + 8 + 44


def captions(window):
    return [each.caption for each in window.viewer.story.story]


def test_the_panel_opens_and_closes(told, open_window):
    window, hand = open_window(told)
    assert not window.panels.story.shown
    hand.click(1116, 36)
    assert window.panels.story.shown and window.panels.legend_bottom < 200  # the legend made room
    hand.key("b")
    assert not window.panels.story.shown


def test_a_click_flies_to_a_view_and_shows_its_caption(story):
    window, hand, top = story
    hand.click(120, top + 56 * 2 + 20)
    assert window.viewer.layer == 2 and window.viewer.story.caption == "gamma"
    hand.settle()
    assert window.viewer.camera.zoom == 3.0
    band = window.screenshot()[698:714, 560:720, :3].astype(int)
    assert (band.min(axis=2) > 200).any()  # the caption's letters


def test_a_caption_leaves_the_figure_of_a_framed_view_its_room(small_tour, tmp_path, open_window):
    views = [SavedView("word " * words, View(layer=k, fit=True)) for k, words in ((0, 60), (2, 2))]
    replace(small_tour, views=views).save(tmp_path / "small.tour")
    window, hand = open_window(engine.load(tmp_path / "small.tour"))
    viewer = window.viewer
    hand.key("space")
    before = viewer.area.bottom

    def lowest():
        """Of the figure, from the window's bottom."""
        return viewer.area.size[1] - screen.on_screen(viewer, screen.shown(viewer), viewer.area.size)[:, 1].max()

    rooms = []
    for place in (0, 1):
        viewer.tell(place)
        hand.settle(4.0)
        assert viewer.story.told == place
        assert lowest() > viewer.area.bottom > before
        rooms.append(viewer.area.bottom)
    assert rooms[0] > rooms[1] + 50  # three lines, and one
    hand.key("j")  # which leaves the view, and its caption
    hand.settle(4.0)
    assert viewer.story.told is None and viewer.area.bottom < rooms[1]


def test_thumbnails_come(story):
    window, hand, top = story
    for _ in range(100):
        hand.wait(2)
        picture = window.screenshot()[int(top) + 8 : int(top) + 48, 28:88, :3].astype(int)
        if (picture.max(axis=2) - picture.min(axis=2) > 60).any():
            return
    raise AssertionError("no colours in the first thumbnail")


def test_save_this_view_and_caption_it(story):
    window, hand, top = story
    hand.key("j")
    hand.settle()
    hand.click(120, top + 3 * 56 + 8 + 16)
    assert captions(window) == [*NAMES, "1 Block"] and window.panels.story.editing == 3
    hand.type("jump by the book")
    assert captions(window)[-1] == "jump by the book"
    assert window.viewer.playing and window.viewer.layer == 1 and window.panels.story.shown  # no key fired
    assert window.viewer.story.story[-1].view.layer == 1


def menu(hand, top, place, item):
    y = top + 56 * place
    hand.move(120, y + 20)
    hand.click(204, y + 28)
    hand.click(260, y + 44 + 4 + 32 * item + 16)
    hand.wait(2)  # what it opens comes, and then the keys go there


def test_rename_move_replace_and_delete(story):
    window, hand, top = story
    menu(hand, top, 1, 0)
    hand.type("second")
    assert captions(window) == ["alpha", "second", "gamma"]
    menu(hand, top, 1, 2)
    assert captions(window) == ["second", "alpha", "gamma"]
    menu(hand, top, 1, 3)
    assert captions(window) == ["second", "gamma", "alpha"]
    hand.key("t")
    menu(hand, top, 0, 1)
    assert window.viewer.story.story[0].view.theme == "light" and captions(window)[0] == "second"
    menu(hand, top, 1, 4)
    assert captions(window) == ["second", "alpha"]


def test_nothing_is_written_without_an_explicit_save(story, tmp_path):
    window, hand, top = story
    file = tmp_path / "small.tour/views.json"
    before = file.read_bytes()
    menu(hand, top, 0, 4)
    hand.click(120, top + 2 * 56 + 8 + 16)
    hand.key("Return")
    assert window.viewer.story.unsaved and file.read_bytes() == before
    window.close()
    assert file.read_bytes() == before


@pytest.mark.parametrize("how", ["button", "key", "menu"])
def test_saving_writes_the_tour(story, tmp_path, how):
    window, hand, top = story
    menu(hand, top, 0, 4)
    if how == "button":
        hand.click(208, top + 2 * 56 + 8 + 16)
    elif how == "key":
        hand.key("ctrl+s")
    else:
        hand.click(208, top - 20)
        hand.click(250, top + 4 + 16)
    assert not window.viewer.story.unsaved
    assert "Saved 2 views into small.tour" in window.panels.toast
    assert [each.caption for each in engine.load(tmp_path / "small.tour").views] == ["beta", "gamma"]


def test_a_tour_in_memory_says_where_its_story_can_go(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.key("ctrl+s")
    assert "export the story as JSON" in window.panels.toast


def test_export_and_import(story, tmp_path, small_tour):
    window, hand, top = story
    hand.click(208, top - 20)
    hand.click(250, top + 4 + 2 * 32 + 16)
    file = tmp_path / "small-story.json"
    assert [each["caption"] for each in json.loads(file.read_text())["views"]] == list(NAMES)
    export_story([SavedView("delta", View(layer=3)), SavedView("far", View(layer=99))], tmp_path / "other.json")
    hand.click(208, top - 20)
    hand.click(250, top + 4 + 32 + 16)
    assert window.panels.story.path == "small-story.json"  # the newest here, as a suggestion
    hand.type("other.json")
    assert captions(window) == [*NAMES, "delta"]
    assert "1 view from other.json; 1 left out: far: small has layers 0 to 3" in window.panels.toast


@pytest.mark.parametrize(("text", "complaint"), [(None, "no such file"), ("{}", "no story")])
def test_a_file_that_is_no_story(story, tmp_path, text, complaint):
    window, hand, top = story
    if text:
        (tmp_path / "x.json").write_text(text)
    hand.click(208, top - 20)
    hand.click(250, top + 4 + 32 + 16)
    hand.type("x.json")
    assert complaint in window.panels.toast and "x.json" in window.panels.toast
    assert captions(window) == list(NAMES)


def test_play_all_and_stop(story):
    window, hand, top = story
    hand.click(176, top - 20)
    told = window.viewer.story
    assert told.playing and told.told == 0
    hand.settle(span(told.story[0]))
    assert told.told == 1 and window.viewer.layer == 1
    hand.key("Escape")
    assert not told.playing
    hand.click(176, top - 20)
    assert told.playing and told.told == 1


def test_a_long_story_scrolls_and_follows(told, open_window):
    views = [replace(told.views[k % 3], caption=f"view {k}") for k in range(30)]
    window, hand = open_window(replace(told, views=views))
    hand.key("b")
    top = window.panels.legend_bottom + 8 + 44
    hand.move(120, top + 100)
    hand.do("click", 5, "click", 5)
    hand.click(120, top + 30)
    assert window.viewer.story.told > 0
    window.viewer.tell(20)
    window.viewer.play_story()
    hand.settle(0.5)
    assert window.viewer.story.told == 20
    rows = (732 - 52 - top) // 56  # in view; the last is the told one
    hand.click(60, top + (rows - 2) * 56 + 20)
    assert window.viewer.story.told == 19


@pytest.mark.parametrize("more", [0, 20])
def test_a_view_that_is_saved_under_a_full_list_comes_into_view_whole(more, told, open_window):
    window, hand = open_window(replace(told, views=[told.views[0]] * 30))
    hand.key("b")
    end = round(window.panels.story.bottom) - 52  # of the list
    rows = (end - round(window.panels.legend_bottom) - 8 - 44) // 56
    window.viewer.story.story = window.viewer.story.story[: rows + more]
    hand.click(100, end + 24)
    hand.settle(0.5)  # the list scrolls before the field is there to be typed into
    hand.type("the last")
    hand.move(640, 300)
    hand.settle(0.5)
    assert captions(window)[-1] == "the last" and window.viewer.story.told == rows + more
    column = window.screenshot()[end - 60 : end, 94, :3].astype(int)  # beside the thumbnail
    tint = column[-3]
    assert (np.abs(column[6:] - tint).max(axis=1) < 4).all() and (np.abs(column[:3] - tint).max(axis=1) > 4).all()


def test_text_fields_keep_their_keys(story):
    window, hand, top = story
    menu(hand, top, 0, 0)
    hand.do("type", "--delay", "15", "tip", frames=20)
    hand.key("ctrl+z")
    assert window.viewer.base.theme == "dark" and window.viewer.base.mode == "images"
    hand.key("Escape")
    assert captions(window) == list(NAMES)
