"""Handles worked in the real window by real events: made, dragged, renamed, deleted, one for every class."""

import math

import numpy as np
import pandas as pd
import pytest

from engine.motion.selection import in_rectangle
from sweeps import SIZE, draw, places


@pytest.fixture
def with_handle(opened):
    window, hand = opened
    hand.key("d")
    draw(hand, [(660, 250), (900, 250), (900, 560), (660, 560), (660, 260)])
    hand.key("Return")  # keeps the name that stands in the field
    (handle,) = window.hands.handles.all
    return window, hand, handle


def at(window, k=0):
    return window.hands.handles.positions(SIZE)[0][k]


def test_d_and_a_brush_make_a_handle_at_the_centroid_on_every_layer(with_handle, small_tour):
    window, hand, handle = with_handle
    assert handle.name == "Handle 1" and window.hands.tool == "hand"
    rows = list(handle.points)
    assert (in_rectangle(places(window), (660, 250), (900, 560))[rows]).all()
    assert at(window) == pytest.approx(places(window)[rows].mean(axis=0), abs=0.01)
    hand.key("j")
    for _ in range(12):  # throughout the transition
        hand.settle(0.08)
        assert at(window) == pytest.approx(places(window)[rows].mean(axis=0), abs=0.01)
    assert window.viewer.place == 1


def test_a_dragged_handle_follows_to_the_pixel_and_back(with_handle):
    window, hand, _ = with_handle
    hand.key("space")  # the tour plays
    hand.settle(0.2)
    pressed = [round(v) for v in at(window)]
    hand.do("mousemove", *pressed, frames=1)
    hand.do("mousedown", 1, frames=3)
    grip = window.hands.handles.grip
    assert grip is not None and window.viewer.held
    start, frame = at(window).copy(), window.viewer.motion.frame
    for dx, dy in ((-15, 10), (-40, 30), (-60, -5)):
        hand.do("mousemove", pressed[0] + dx, pressed[1] + dy, frames=4)
        assert at(window) == pytest.approx(start + np.array([dx, dy]), abs=0.6)
    hand.settle(0.3)  # no time passes for the tour
    hand.do("mousemove", *pressed, frames=4)
    assert window.viewer.motion.frame == pytest.approx(frame, abs=2e-2)
    assert np.abs(at(window) - start).max() < 1.01
    hand.do("mouseup", 1, frames=1)
    before = window.viewer.motion.frame
    window.draw(1 / 60)
    step = np.abs(window.viewer.motion.frame - before).max()
    assert 0 < step < 0.01 and not window.viewer.held


def test_a_handle_shows_its_points_on_hover_and_when_selected(with_handle):
    window, hand, handle = with_handle
    mask = np.isin(np.arange(60), handle.points)
    hand.click(320, 700)  # elsewhere: nothing is selected
    assert window.hands.handles.selected is None and window.viewer.spotlight is None
    hand.move(*(round(v) for v in at(window)))
    assert (window.viewer.spotlight == mask).all()
    left, top, *_ = window.hands.handles.labels[id(handle)]
    hand.click(round(left) + 20, round(top) + 12)  # its label stands for it
    hand.move(320, 700)
    assert (window.viewer.spotlight == mask).all() and window.hands.handles.selected is handle
    hand.key("Escape")
    hand.move(321, 700)
    assert window.viewer.spotlight is None


def test_a_handle_is_renamed_in_place_without_its_keys_doing_anything(with_handle):
    window, hand, handle = with_handle
    dx, dy = window.hands.handles.glide.offsets[id(handle)]
    x, y = at(window)
    hand.click(round(x + dx + 20), round(y + dy + 12))
    hand.wait(5)
    hand.do("type", "--delay", "15", "px dogs", frames=25)
    hand.key("Return")
    (renamed,) = window.hands.handles.all
    assert renamed.name == "px dogs" and renamed.points == handle.points
    assert not window.viewer.playing and window.hands.handles.selected is renamed


def test_handles_are_deleted_and_come_back(with_handle):
    window, hand, handle = with_handle
    hand.key("x")
    assert window.viewer.base.handles == ()
    hand.key("u")
    assert window.viewer.base.handles == (handle,)
    hand.wait(10)
    dx, dy = window.hands.handles.glide.offsets[id(handle)]
    x, y = at(window)
    width = 24 + 16 + math.ceil(window.ui.width(handle.name, bold=True))
    hand.click(round(x + dx + width - 12), round(y + dy + 12))
    assert window.viewer.base.handles == ()
    hand.key("x")
    assert "no handle" in window.panels.toast


def test_one_click_gives_every_class_its_handle(opened):
    window, hand = opened
    hand.click(16 + 216 - 40 + 16, 16 + 54 + 16)
    handles = window.viewer.base.handles
    assert [(each.name, each.row, each.attribute) for each in handles] == [
        ("cat", 0, "kind"), ("bee", 1, "kind"), ("ant", 2, "kind"),
    ]  # fmt: skip
    codes = window.viewer.coloring.codes
    assert all((np.flatnonzero(codes == each.row) == each.points).all() for each in handles)
    hand.click(16 + 216 - 40 + 16, 16 + 54 + 16)
    assert window.viewer.base.handles == ()


def test_of_a_thousand_classes_the_hundred_largest(open_window, make_tour, rng):
    sizes = rng.permutation(np.repeat([1, 3], [200, 50]))
    kinds = pd.Categorical(np.repeat([f"k{k:03}" for k in range(250)], sizes))
    tour = make_tour([rng.standard_normal((sizes.sum(), 4))], attributes=pd.DataFrame({"kind": kinds}))
    window, hand = open_window(tour)
    hand.click(16 + 216 - 40 + 16, 16 + 54 + 16)
    handles = window.viewer.base.handles
    assert len(handles) == 100 and sum(len(each.points) == 3 for each in handles) == 50
    assert "100 largest" in window.panels.toast
    hand.settle(0.3)
    assert 1 <= len(window.hands.handles.glide.slots) <= 40


def test_the_handle_brush_is_free_form_and_the_name_can_be_typed_at_once(opened):
    window, hand = opened
    at = places(window)
    middle = at.mean(axis=0)
    hand.key("d")
    draw(hand, [(int(middle[0] + 90 * np.cos(t)), int(middle[1] + 90 * np.sin(t))) for t in np.linspace(0, 6.2, 24)])
    inside = np.hypot(*(at - middle).T) < 80
    made = window.viewer.base.handles[0]
    assert set(np.flatnonzero(inside)) <= set(made.points) and len(made.points) < 60
    corner = (np.abs(at - middle).max(axis=1) < 88) & (np.hypot(*(at - middle).T) > 95)
    assert not set(np.flatnonzero(corner)) & set(made.points)  # which a rectangle would have caught
    hand.type("mine")
    assert window.viewer.base.handles[0].name == "mine" and window.hands.handles.renaming is None
