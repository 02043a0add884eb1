"""Undo and redo: every change of a view that is not motion, one step for one change."""

import pytest

from engine.tour.view import View
from engine.viewer.history import History
from engine.viewer.viewer import Viewer


@pytest.fixture
def viewer(small_tour):
    return Viewer.of(small_tour, View(color_by="kind", mode="dots"))


CHANGES = [
    {"color_by": "size"}, {"groups": (1,)}, {"mode": "images"}, {"dot_size": 2.0}, {"image_size": 0.5},
    {"theme": "light"}, {"selected": (1, 2)}, {"palette": "ten"}, {"depth_cue": False},
    {"handles": [{"name": "two", "points": [1, 2]}]},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_each_change_goes_back_and_forth(viewer, change):
    history = History()
    history.watch(viewer.base)
    before, colors = viewer.base, viewer.coloring.names
    viewer.change(**change)
    after = viewer.base
    history.watch(viewer.base)
    assert history.undo(viewer.base, viewer.restore) and viewer.base == before and viewer.coloring.names == colors
    assert not history.undo(viewer.base, viewer.restore)
    assert history.redo(viewer.base, viewer.restore) and viewer.base == after
    assert not history.redo(viewer.base, viewer.restore)


def test_groups_of_the_former_colouring_come_back(viewer):
    history = History()
    history.watch(viewer.base)
    viewer.change(groups=(2,))
    history.watch(viewer.base)
    viewer.change(color_by="size")
    assert viewer.base.groups == ()
    history.undo(viewer.base, viewer.restore)
    assert (viewer.base.color_by, viewer.base.groups) == ("kind", (2,))
    history.undo(viewer.base, viewer.restore)
    assert viewer.base.groups == ()


def test_what_is_held_is_one_step(viewer):
    history = History()
    history.watch(viewer.base)
    for k in range(20):
        viewer.change(dot_size=1.0 + k / 10)
        history.watch(viewer.base, held=True)
    history.watch(viewer.base)
    assert (
        history.undo(viewer.base, viewer.restore)
        and viewer.base.dot_size == 1.0
        and not history.undo(viewer.base, viewer.restore)
    )


def test_a_new_change_forgets_what_was_taken_back(viewer):
    history = History()
    history.watch(viewer.base)
    viewer.change(theme="light")
    history.undo(viewer.base, viewer.restore)
    viewer.change(dot_size=3.0)
    assert not history.redo(viewer.base, viewer.restore)
    assert viewer.base.theme == "dark" and viewer.base.dot_size == 3.0


def test_motion_is_not_undone(viewer):
    history = History()
    history.watch(viewer.base)
    viewer.change(theme="light")
    viewer.go_to(2)
    viewer.advance(0.0)
    viewer.advance(1.0)
    frame, camera = viewer.motion.frame, viewer.camera
    history.undo(viewer.base, viewer.restore)
    assert viewer.layer == 2 and (viewer.motion.frame == frame).all() and viewer.camera == camera


def test_in_the_window(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.key("t")
    hand.key("i")
    hand.do("mousemove", 100, 122, "click", 1)
    assert window.viewer.base.groups == (0,)
    hand.key("ctrl+z")
    assert window.viewer.base.groups == ()
    hand.key("ctrl+z")
    hand.key("ctrl+z")
    assert (window.viewer.base.mode, window.viewer.base.theme) == ("images", "dark")
    hand.key("ctrl+z")
    assert window.panels.toast == "Nothing to take back"
    hand.key("ctrl+y")
    hand.key("ctrl+shift+z")
    assert (window.viewer.base.mode, window.viewer.base.theme) == ("dots", "light")
    assert window.viewer.playing  # no letter fired by itself


def test_a_slider_dragged_in_the_window_is_one_step(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.click(1180, 36)
    x, y = 992 + 112, 64 + 44 + 16
    hand.do("mousemove", x + 46, y, "mousedown", 1, frames=4)
    for k in range(1, 5):
        hand.do("mousemove", x + 46 + 8 * k, y, frames=3)
    hand.do("mouseup", 1)
    assert window.viewer.base.dot_size > 1.5
    hand.key("ctrl+z")
    assert window.viewer.base.dot_size == pytest.approx(1.0, abs=0.05)
    assert len(window.history.before) <= 1
