"""Presses, drags and releases by the tools, without a window: what is a click, a pan, a brush, and what Escape does."""

import numpy as np
import pytest

from engine.motion.framing import Area
from engine.tour.view import View
from engine.viewer.brush import CLICK
from engine.viewer.hands import Hands
from engine.viewer.viewer import Viewer

SIZE = (800.0, 600.0)
MIDDLE = (400.0, 300.0)


@pytest.fixture
def hands(small_tour):
    viewer = Viewer.of(small_tour, View(color_by="kind"))
    viewer.show_on(Area(SIZE))
    viewer.playing = False
    return Hands(viewer)


def swept(hands, *path, how="replace"):
    """A gesture along a path; what it says."""
    hands.press(path[0], SIZE, how)
    for place in path[1:]:
        hands.drag(place, SIZE)
    return hands.release(SIZE)


ALL = (0.0, 0.0), (800.0, 600.0)


def test_a_press_is_a_click_until_the_hand_moves_farther(hands):
    hands.pointed = 7
    assert not hands.busy
    hands.press(MIDDLE, SIZE, "replace")
    assert hands.busy and not hands.panning
    hands.drag((400.0 + CLICK, 300.0 - CLICK), SIZE)
    assert not hands.panning
    hands.release(SIZE)
    assert hands.pinned == 7 and not hands.busy
    for place in ((400.0 + CLICK + 1, 300.0), (400.0, 300.0 - CLICK - 1)):
        hands.pinned = 7
        hands.press(MIDDLE, SIZE, "replace")
        hands.drag(place, SIZE)
        hands.drag(MIDDLE, SIZE)  # and is no click any more when it comes back
        assert hands.panning
        hands.release(SIZE)
        assert hands.pinned == 7 and not hands.panning


def test_a_click_pins_and_the_pinned_point_or_none_lets_go(hands):
    for pointed, pinned in ((7, 7), (8, 8), (8, None), (9, 9), (None, None)):
        hands.pointed = pointed
        swept(hands, MIDDLE)
        assert hands.pinned == pinned


def test_a_tool_taken_again_is_put_down(hands):
    for tool, in_hand in (("lasso", "lasso"), ("rectangle", "rectangle"), ("rectangle", "hand")):
        hands.take(tool)
        assert hands.tool == in_hand


def test_a_rectangle_selects_what_is_in_it(hands):
    viewer = hands.viewer
    hands.take("rectangle")
    hands.press(ALL[0], SIZE, "replace")
    assert hands.busy and viewer.held
    hands.drag(ALL[1], SIZE)
    assert viewer.selection.all()
    assert hands.release(SIZE) == "" and not viewer.held and hands.trace is not None
    half = ALL[0], (400.0, 600.0)
    swept(hands, *half)
    left = viewer.selection.copy()
    assert 0 < left.sum() < 60
    swept(hands, (400.0, 0.0), (800.0, 600.0), how="add")
    assert viewer.selection.all()
    swept(hands, *half, how="subtract")
    assert (viewer.selection == ~left).all()
    assert swept(hands, (0.0, 0.0), (10.0, 10.0)) == "No points there"
    viewer.select(left)
    swept(hands, MIDDLE, how="add")  # a click with a brush
    assert (viewer.selection == left).all()
    swept(hands, MIDDLE)
    assert viewer.selection is None


def test_a_brush_catches_what_the_legend_shows(hands):
    hands.viewer.change(groups=(1,))
    hands.take("rectangle")
    swept(hands, *ALL)
    assert (hands.viewer.selection == (hands.viewer.coloring.codes == 1)).all()


def test_a_lasso_around_everything_and_the_tool_for_a_handle(hands):
    hands.take("lasso")
    swept(hands, (0.0, 0.0), (800.0, 0.0), (800.0, 600.0), (0.0, 600.0))
    assert hands.viewer.selection.all()
    some = np.arange(60) < 20
    hands.viewer.select(some)
    hands.take("handle")
    hands.press((0.0, 0.0), SIZE, "add")
    for place in ((800.0, 0.0), (800.0, 600.0), (0.0, 600.0)):
        hands.drag(place, SIZE)
    assert (hands.spotlight() == some).all() and (hands.viewer.selection == some).all()
    assert hands.release(SIZE) == "" and hands.tool == "hand"
    (handle,) = hands.handles.all
    assert set(handle.points) == set(range(20)) and hands.handles.renaming is not None
    hands.take("handle")
    said = swept(hands, (0.0, 0.0), (9.0, 0.0), (9.0, 9.0))
    assert said == "No points there to make a handle of" and hands.tool == "hand" and len(hands.handles.all) == 1


def test_escape_puts_down_one_thing_at_a_time(hands):
    viewer = hands.viewer
    before = np.arange(60) < 9
    viewer.select(before)
    hands.pinned = 4
    hands.handles.selected = hands.handles.create(before)
    hands.take("rectangle")
    hands.press(ALL[0], SIZE, "replace")
    hands.drag(ALL[1], SIZE)
    assert viewer.selection.all()
    hands.escape()
    assert hands.brush is None and (viewer.selection == before).all() and not viewer.held
    assert hands.tool == "rectangle"
    hands.escape()
    assert hands.tool == "hand" and hands.handles.selected is not None
    hands.escape()
    assert hands.handles.selected is None and hands.pinned == 4
    hands.escape()
    assert hands.pinned is None and viewer.selection is not None
    hands.escape()
    assert viewer.selection is None


def test_what_is_looked_for_beside_the_drawing_counts_while_the_cursor_rests(hands):
    waiting = []
    hands.viewer.in_background = lambda work, then: waiting.append((work, then))
    here, there = object(), object()
    hands.look(lambda: 5, here)
    assert hands.looking and hands.rested is here
    hands.rested = there  # the cursor has gone on
    for work, then in waiting:
        then(work())
    assert not hands.looking and hands.pointed is None
    waiting.clear()
    hands.look(lambda: 6, there)
    for work, then in waiting:
        then(work())
    assert hands.pointed == 6
    hands.unpoint()
    assert hands.pointed is None and hands.rested is None and hands.handles.hovered is None
