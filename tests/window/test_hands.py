"""Brush, handles, card, search, lists and colour bar, worked in the real window by real events."""

import io
import math

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from engine.motion.selection import in_polygon, in_rectangle
from engine.tour.view import View
from engine.viewer import picking, screen

SIZE = (1280, 800)
BAR = 800 - 64 - 8 - 20  # y of the selection bar's buttons


def bar_x(window, k):
    """x of the k-th of its six buttons."""
    width = 14 + window.ui.width(f"{int(window.viewer.selection.sum()):,} selected", bold=True) + 10 + 7 * 32 + 6
    return round((1280 - width) / 2) + width - 6 - 7 * 32 + 32 * k + 16


def places(window):
    return screen.on_screen(window.viewer, screen.shown(window.viewer), SIZE)


def draw(hand, corners, *, modifier=None, hold=False):
    if modifier:
        hand.do("keydown", modifier, frames=2)
    hand.do("mousemove", *corners[0], "mousedown", 1, frames=4)
    for corner in corners[1:]:
        hand.do("mousemove", *corner, frames=2)
    if not hold:
        hand.do("mouseup", 1, frames=6)
    if modifier:
        hand.do("keyup", modifier, frames=2)


def box(corner, opposite):
    """The way of a hand from one corner to the other, in whole pixels."""
    (x1, y1), (x2, y2) = corner, opposite
    return [(x1, y1), ((x1 + x2) // 2, (y1 + y2) // 2), (x2, y2)]


def loop(center, radius):
    return [
        (round(center[0] + radius * math.cos(t)), round(center[1] + radius * math.sin(t)))
        for t in np.linspace(0, 2 * math.pi, 17)[:-1]
    ]


# ---------------------------------------------------------------------------------------------- brush


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
    hand.click(bar_x(window, 4), BAR)
    for _ in range(50):
        if window.panels.toast.startswith("Saved"):
            break
        hand.wait(2)
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


def test_rows_are_copied_and_pasted(opened, monkeypatch):
    window, hand = opened
    board = []
    monkeypatch.setattr("glfw.set_clipboard_string", lambda _, text: board.append(text))
    monkeypatch.setattr("glfw.get_clipboard_string", lambda _: board[-1].encode())
    window.viewer.select(np.arange(60) % 7 == 0)
    hand.key("ctrl+c")
    for _ in range(50):
        if board:
            break
        hand.wait(2)
    assert pd.read_csv(io.StringIO(board[0]))["kind"].tolist() == ["ant"] * 3 + ["bee"] * 3 + ["cat"] * 3
    hand.key("c")
    hand.key("ctrl+v")
    hand.wait(10)
    assert np.flatnonzero(window.viewer.selection).tolist() == list(range(0, 60, 7))
    board.append("99")
    hand.key("ctrl+v")
    hand.wait(10)
    assert window.panels.toast.startswith("Points are numbered 0 to 59; '99'")


# ---------------------------------------------------------------------------------------------- handles


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


# ---------------------------------------------------------------------------------------------- card, search, legend


def lone(window):
    """A point that nothing else is near."""
    xy = places(window)
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e6 * np.eye(len(xy))
    free = (xy[:, 0] > 300) & (xy[:, 0] < 1000) & (xy[:, 1] > 80) & (xy[:, 1] < 640)
    return int(np.argmax(np.where(free, apart.min(axis=1), 0)))


@pytest.mark.parametrize("mode", ["dots", "images"])
def test_hover_shows_a_card_and_a_click_keeps_it(mode, opened, small_tour):
    window, hand = opened
    window.viewer.change(mode=mode)
    for _ in range(30):
        hand.wait(2)
    point = lone(window)
    hand.move(*(int(v) for v in places(window)[point]))
    assert window.hands.pointed == window.panels.hover.point == point and window.panels.card.point is None
    x, at_x = window.panels.hover.corner[0], places(window)[point][0]
    assert not (x <= at_x <= x + 168)
    hand.click(*(int(v) for v in places(window)[point]))
    hand.move(320, 700)
    assert window.hands.pointed is None and window.hands.pinned == window.panels.card.point == point
    points = small_tour.layers[0].points
    order = np.argsort(np.linalg.norm(points - points[point], axis=1))
    assert window.panels.card.neighbors == tuple(order[1:7].tolist())
    assert window.panels.card.corner[0] == 16 and window.panels.hover.corner is None  # docked under the legend
    for _ in range(20):
        hand.wait(2)
    x, y = (int(side) for side in window.panels.card.corner)
    picture = window.screenshot()[y + 20 : y + 120, x + 54 : x + 162]
    tile = small_tour.sprites.load(0)[point][..., :3].astype(float)
    seen = picture[..., :3].reshape(100, 108, 3).astype(float)
    assert np.abs(seen.mean(axis=(0, 1)) - tile.mean(axis=(0, 1))).max() < 25
    hand.key("Escape")
    assert window.hands.pinned is None


def test_among_many_points_hover_looks_beside_the_drawing_while_the_tour_turns(opened, small_tour, monkeypatch):
    monkeypatch.setattr(picking, "SOON", 0)
    window, hand = opened
    point = lone(window)
    window.viewer.speed, window.viewer.playing = 0.5, True
    spot = [int(v) for v in places(window)[point]]
    hand.move(*spot)
    assert window.viewer.moving and window.hands.pointed == window.panels.hover.point == point
    hand.move(320, 700)
    assert window.hands.pointed is None
    hand.click(*spot)
    hand.move(1000, 780)
    assert window.hands.pointed is None and window.hands.pinned == point


def test_the_card_shows_the_full_image_where_there_is_a_file(open_window, make_tour, rng, tmp_path):
    Image.new("RGB", (300, 300), (210, 30, 90)).save(tmp_path / "a.png")
    attributes = pd.DataFrame({"file": [str(tmp_path / "a.png")] * 5})
    tour = make_tour([rng.standard_normal((5, 4))], attributes=attributes)
    window, hand = open_window(tour, view=View())
    window.viewer.playing = False
    hand.wait(3)
    point = lone(window)
    hand.click(*(int(v) for v in places(window)[point]))
    hand.move(320, 700)
    for _ in range(30):
        hand.wait(2)
    x, y = (int(side) for side in window.panels.card.corner)
    assert window.screenshot()[y + 16 + 56, x + 108, :3] == pytest.approx([210, 30, 90], abs=2)


def test_pinned_neighbors_follow_the_layer(opened, small_tour):
    window, hand = opened
    point = lone(window)
    hand.click(*(int(v) for v in places(window)[point]))
    hand.move(320, 700)
    hand.key("j")
    hand.settle()
    points = small_tour.layers[1].points
    order = np.argsort(np.linalg.norm(points - points[point], axis=1))
    assert window.panels.card.neighbors == tuple(order[1:7].tolist())


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


def test_the_legend_counts_the_selection(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 25)
    hand.move(320, 700)
    assert window.panels.tally.selected.tolist() == [0, 5, 20]  # cat, bee, ant
    with_counts = window.screenshot()[110:190, 16:232]
    hand.key("c")
    hand.move(321, 700)
    assert (with_counts != window.screenshot()[110:190, 16:232]).any()


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


def test_movement_is_of_the_layer_shown_since_the_one_before(opened, small_tour):
    from engine.tour.movement import movement

    window, hand = opened
    window.viewer.change(color_by="movement")
    hand.wait(10)
    hand.key("j")
    hand.settle()
    hand.key("j")
    hand.settle()
    expected = np.floor(np.clip(movement(small_tour, 2, 1), 0, 1 - 1e-9) * 256)
    assert window.viewer.coloring.codes == pytest.approx(expected)
    hand.key("k")
    hand.settle()
    expected = np.floor(np.clip(movement(small_tour, 1, 2), 0, 1 - 1e-9) * 256)
    assert window.viewer.coloring.codes == pytest.approx(expected)


def test_keys_with_control_are_not_the_plain_ones(opened):
    window, hand = opened
    window.viewer.select(np.arange(60) < 5)
    hand.key("ctrl+c")
    hand.wait(10)
    assert window.viewer.selection is not None


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


# ---------------------------------------------------------------------------------------------- small things


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


def test_legend_rows_with_selected_points_stand_first(opened):
    window, hand = opened
    window.viewer.select(np.asarray(window.viewer.tour.attributes["kind"] == "ant"))
    hand.move(40, 125)  # the first row
    assert window.viewer.coloring.names[window.viewer.hovered] == "ant"


def test_a_long_message_takes_several_lines(opened):
    window, hand = opened
    hand.wait(3)
    before = window.screenshot()[620:740, 300:980]
    window.panels.say("one long sentence of many words " * 8)
    hand.wait(3)
    changed = np.flatnonzero((window.screenshot()[620:740, 300:980] != before).any(axis=(1, 2)))
    assert 55 < changed.max() - changed.min() < 100


def test_a_resting_cursor_keeps_its_point_or_none_while_the_tour_turns(opened):
    window, hand = opened
    point = lone(window)
    hand.move(*(int(v) for v in places(window)[point]))
    assert window.hands.pointed == point
    window.viewer.speed, window.viewer.playing = 40.0, True
    seen = set()
    for _ in range(90):
        window.draw(1 / 30)
        seen.add(window.hands.pointed)
    assert seen <= {point, None} and None in seen
