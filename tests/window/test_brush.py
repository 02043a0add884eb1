"""Brushes worked in the real window by real events: rectangle and lasso, adding, the selection's bar, letting go."""

import numpy as np
import pandas as pd

from engine.motion.selection import in_polygon, in_rectangle
from sweeps import box, draw, loop, places

BAR = 800 - 64 - 8 - 20  # y of the selection bar's buttons


def bar_x(window, k):
    """x of the k-th of its six buttons."""
    width = 14 + window.ui.width(f"{int(window.viewer.selection.sum()):,} selected", bold=True) + 10 + 7 * 32 + 6
    return round((1280 - width) / 2) + width - 6 - 7 * 32 + 32 * k + 16


def test_a_rectangle_selects_live_and_stays(opened):
    window, hand = opened
    inside = in_rectangle(places(window), (500, 300), (700, 500))
    hand.key("f")
    draw(hand, box((500, 300), (700, 500)), hold=True)
    assert (window.viewer.selection == inside).all()  # before the release
    assert window.viewer.base.selected is None
    hand.do("mouseup", 1)
    assert 0 < inside.sum() < 60 and (window.viewer.selection == inside).all()
    assert window.viewer.view.selected == tuple(np.flatnonzero(inside))
    picture = window.screenshot()
    hand.key("c")
    assert window.viewer.selection is None and window.viewer.view.selected is None
    hand.move(640, 640)
    assert (picture != window.screenshot()).any()


def test_a_lasso_and_adding_and_subtracting(opened):
    window, hand = opened
    first, second = loop((560, 400), 160), loop((660, 400), 160)
    in_first, in_second = (in_polygon(places(window), each) for each in (first, second))
    assert (in_first & in_second).any() and (in_second & ~in_first).any()
    hand.key("g")
    draw(hand, first)
    assert (window.viewer.selection == in_first).all()
    draw(hand, second, modifier="shift")
    assert (window.viewer.selection == (in_first | in_second)).all()
    draw(hand, second, modifier="alt")
    assert (window.viewer.selection == (in_first & ~in_second)).all()
    hand.click(300, 700)  # a click on nothing
    assert window.viewer.selection is None


def test_the_tour_waits_while_a_brush_is_drawn(opened):
    window, hand = opened
    hand.key("space")
    hand.key("f")
    draw(hand, box((500, 300), (700, 500)), hold=True)
    frame = window.viewer.motion.frame
    hand.settle(0.3)
    assert (window.viewer.motion.frame == frame).all()
    hand.do("mouseup", 1)
    hand.settle(0.3)
    assert not np.allclose(window.viewer.motion.frame, frame)


def test_escape_takes_a_brush_back(opened):
    window, hand = opened
    hand.key("f")
    draw(hand, box((500, 300), (700, 500)), hold=True)
    hand.key("Escape")
    assert window.viewer.selection is None and window.hands.brush is None
    hand.do("mouseup", 1)
    assert window.viewer.selection is None and window.hands.tool == "rectangle"
    hand.key("Escape")
    assert window.hands.tool == "hand"


def test_a_brush_leaves_out_what_the_legend_switched_off(opened):
    window, hand = opened
    window.viewer.change(groups=(1,))
    hand.key("f")
    draw(hand, box((300, 60), (1000, 680)))
    inside = in_rectangle(places(window), (300, 60), (1000, 680))
    assert (window.viewer.selection == (inside & (window.viewer.coloring.codes == 1))).all()


def test_the_tools_are_in_the_dock_and_other_buttons_pan(opened):
    window, hand = opened
    x = 640 + window_dock(window) / 2 - 4 - 4 * 34 + 2 + 16
    for k, tool in enumerate(("hand", "rectangle", "lasso", "handle")):
        hand.click(x + 34 * k, 760)
        assert window.hands.tool == tool
    camera = window.viewer.camera
    hand.do("mousemove", 640, 400, "mousedown", 3, frames=4)
    hand.do("mousemove", 680, 400, frames=4)
    hand.do("mouseup", 3)
    assert window.viewer.camera.center[0] < camera.center[0] and window.viewer.selection is None


def window_dock(window):
    from engine.window.panels import bars

    return bars.DOCK


def test_what_the_bar_does(opened, tmp_path):
    window, hand = opened
    hand.key("f")
    draw(hand, box((500, 300), (700, 500)))
    chosen = window.viewer.selection
    hand.click(bar_x(window, 1), BAR)
    assert (window.viewer.selection == ~chosen).all()
    hand.click(bar_x(window, 1), BAR)
    assert (window.viewer.selection == chosen).all()
    hand.click(bar_x(window, 0), BAR)
    assert window.viewer.base.isolate
    hand.click(bar_x(window, 2), BAR)
    (handle,) = window.viewer.base.handles
    assert handle.points == tuple(np.flatnonzero(chosen))
    hand.wait(2)
    hand.click(bar_x(window, 4), BAR)
    hand.finish()
    (file,) = tmp_path.glob("*.csv")
    assert pd.read_csv(file)["point"].tolist() == np.flatnonzero(chosen).tolist()
    hand.click(bar_x(window, 6), BAR)
    assert window.viewer.selection is None and not window.viewer.base.isolate


def test_isolated_points_are_alone(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) == 5)
    hand.move(640, 650)
    greyed = window.screenshot()[100:600, 300:1000]
    window.viewer.change(isolate=True)
    hand.move(640, 651)
    alone = window.screenshot()[100:600, 300:1000]
    assert (alone != alone[0, 0]).any(axis=2).sum() < 0.2 * (greyed != greyed[0, 0]).any(axis=2).sum()


def test_escape_lets_the_selection_go_last(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 5)
    window.hands.tool, window.hands.pinned = "lasso", 3
    hand.key("Escape")
    assert window.hands.tool == "hand" and window.hands.pinned == 3
    hand.key("Escape")
    assert window.hands.pinned is None and window.viewer.selection is not None
    hand.key("Escape")
    assert window.viewer.selection is None
