"""Whatever fails in a panel, an action, work in the background or the picture costs a message, not the window."""

import logging

import numpy as np
import pytest

from engine.tour.view import SavedView, View
from engine.window import panels, surface


@pytest.fixture
def opened(small_tour, open_window):
    return open_window(small_tour)


def without(what):
    def fail(*_, **__):
        raise StopIteration(f"nothing of {what}")

    return fail


broken = without("the kind")


def goes_on(window, hand):
    """Keys and panels still work."""
    theme = window.viewer.base.theme
    hand.key("t")
    assert window.viewer.base.theme != theme
    hand.do("key", "question")
    assert window.panels.popover == "help"
    hand.key("Escape")


PARTS = ("legend", "story", "card", "hover", "layers", "bars", "selection", "caption", "opening", "popovers", "drawer",
         "partners", "handle", "marks", "epochs")  # fmt: skip


def test_a_panel_that_fails_is_left_out_and_said_once(window, hand, monkeypatch, caplog):
    window.panels.story.shown, window.panels.popover = True, "worth"
    for part in PARTS:
        before, error = window.faults.count, f"StopIteration: nothing of {part}"
        caplog.clear()
        with monkeypatch.context() as patch:
            patch.setattr(getattr(panels, part), "draw", without(part))
            hand.wait(3)
            assert window.faults.count >= before + 3 and f"failed: {error}" in window.panels.toast
            assert [each.message.count(error) for each in caplog.records if each.levelno == logging.ERROR] == [1]
        faults = window.faults.count
        hand.wait(3)
        assert window.faults.count == faults, part
    goes_on(window, hand)


def test_what_a_panel_left_open_is_closed(window, hand, monkeypatch):
    """In the middle of a list in a panel, with colours, fonts and sizes pushed."""
    window.viewer.playing = False
    hand.rest(4.0)
    before = window.screenshot()
    with monkeypatch.context() as patch:
        patch.setattr(panels.legend, "_list", broken)
        hand.wait(3)
    window.panels.toast = ""
    hand.wait(3)
    assert (window.screenshot()[:600, :600] == before[:600, :600]).all()
    goes_on(window, hand)


@pytest.mark.parametrize("part", ["paint", "advance", "place"])
def test_a_view_that_cannot_be_drawn_is_taken_back(window, hand, part, monkeypatch):
    fine = window.viewer.base
    monkeypatch.setattr(window.panes, part, lambda *_, **__: 1 / (window.viewer.base is fine))
    window.viewer.change(theme="light")
    window.draw(1 / 60)
    assert window.faults.count == 1 and window.viewer.base.theme == "dark"


def test_an_action_that_fails(window, hand, monkeypatch):
    monkeypatch.setattr(panels.story, "save", broken)  # by Ctrl+S, in GLFW's callback
    hand.key("ctrl+s")
    monkeypatch.setattr(window.viewer, "step", broken)  # by a key
    hand.key("j")
    assert window.faults.count == 2
    goes_on(window, hand)


def test_work_in_the_background_that_fails(window, hand):
    seen = []
    for work in (broken, lambda: 1):
        window._worker.do(work, seen.append, failed=seen.append)
    window._worker.do(lambda: 2, broken, failed=seen.append)
    hand.wait(20)
    assert seen == [1] and window.faults.count == 2 and "background" in window.panels.toast
    goes_on(window, hand)


def test_groups_and_handles_that_are_not_there(window, hand):
    viewer, handles = window.viewer, window.hands.handles
    viewer.change(groups=(99,))
    hand.wait(3)
    handles.create(np.arange(60) < 5)
    viewer.change(handles=())
    hand.wait(3)
    hand.key("x")
    assert window.panels.toast == "There is no handle to delete"
    handles.create(np.arange(60) < 5)
    handles.take(handles.selected, (640.0, 400.0), (1280.0, 800.0))
    viewer.change(handles=())
    handles.pull((600.0, 300.0), (1280.0, 800.0))
    assert handles.grip is None and not viewer.held and window.faults.count == 0


def test_a_story_that_lost_its_views_is_played_no_more(window, hand):
    viewer = window.viewer
    viewer.story.story = (SavedView("a", View(layer=1)),)
    viewer.play_story()
    viewer.story.story = ()
    hand.wait(5)
    goes_on(window, hand)


def test_a_driver_that_was_reset_ends_the_window_with_a_word(window, monkeypatch):
    assert surface.GL.glGetGraphicsResetStatus() == 0
    monkeypatch.setattr(surface.GL, "glGetGraphicsResetStatus", lambda: surface.GL.GL_INNOCENT_CONTEXT_RESET)
    window.viewer.playing = True
    with pytest.raises(surface.ContextLostError, match="driver was reset"):
        window.run()
    assert window.closed
