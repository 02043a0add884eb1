"""Two panes in the real window: real events in both, the card between them, and one tour alone again."""

import numpy as np
import pandas as pd
import pytest

from engine.tour.colors import THEMES
from engine.window.panels import pane_names

HALF = 640
CARD = (HALF - 108, 16)  # its top left corner at 1280 x 800
LIST = 16 + 103 + 8  # the top of the list of differences, under it
N = 60


@pytest.fixture
def tours(make_tour, make_sprites, rng):
    base = rng.standard_normal((N, 15)) * np.linspace(3, 1, 15)
    left = [base + 0.5 * rng.standard_normal((N, 15)) for _ in range(5)]
    right = [each[:, ::-1] * 2.0 + 0.5 * rng.standard_normal((N, 15)) for each in left[:4]]
    kinds = pd.Categorical(np.repeat(["ant", "bee", "cat"], 20))
    attributes = pd.DataFrame({"id": range(N), "kind": kinds})
    tiles = rng.integers(0, 256, (N, 8, 8, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    return (
        make_tour(left, attributes=attributes, sprites=make_sprites(tiles), name="one"),
        make_tour(right, attributes=attributes, name="two"),
    )


@pytest.fixture
def opened(tours, open_window):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    hand.key("space")  # the tour waits
    hand.rest(8.0)  # and the cameras come to rest
    assert not window.pair.moving
    return window, hand


def places(window, pane):
    """Where the points of a pane are in the window, (n, 2)."""
    viewer = window.panes.all[pane].viewer
    layer = viewer.tour.layers[viewer.layer]
    xy = viewer.tour.aligned(viewer.layer) @ viewer.frame[:, :2]
    at = viewer.camera.to_pixels(xy, size=(HALF, 800), radius=layer.placement.radius)
    return at + np.array([HALF * pane, 0])


def free(at):
    """Points of a pane that no panel covers."""
    x, y = at.T % [[HALF], [800]]
    return np.flatnonzero((x > 260) & (x < 400) & (y > 250) & (y < 600))


def test_each_pane_shows_its_own_points_and_nothing_of_the_others(window):
    picture = window.screenshot()
    canvas = np.array(np.round(np.multiply(THEMES["dark"].canvas, 255)), dtype=int)
    for pane in (0, 1):
        at = places(window, pane)
        for point in free(at):
            x, y = at[point].astype(int)
            assert np.abs(picture[y, x, :3] - canvas).max() > 20


def test_a_brush_in_either_pane_lights_up_the_same_points(window, hand):
    for pane in window.panes:
        pane.viewer.fit = False  # or the camera may go on while the brush is drawn
    for pane in (1, 0):
        hand.rest()  # the figures take the room that the legend's foot has left
        at = places(window, pane)
        low, high = np.array([HALF * pane + 250, 300]), np.array([HALF * pane + 390, 560])
        hand.key("f")
        hand.drag(*low, *high)
        inside = ((at >= low) & (at <= high)).all(axis=1)
        assert inside.any()
        assert window.pair.lead == pane
        for each in window.panes:
            assert (each.viewer.selection == inside).all()
        hand.key("f")
        hand.key("c")
        hand.key("v")


def test_a_handle_dragged_in_one_pane_moves_the_view_of_the_other(window, hand):
    hand.click(16 + 216 - 40 - 36 + 16, 16 + 8 + 16)  # a handle for every class
    hand.settle(0.3)
    right = window.panes.all[1]
    for pane in window.panes:
        pane.viewer.fit = False  # or the camera goes on when the hand lets go
    frames = [pane.viewer.frame.copy() for pane in window.panes]
    start = right.hands.handles.positions((HALF, 800))[0][0]
    goal = np.round(start + 0.5 * ((HALF / 2, 400) - start))  # inwards, which is always within reach
    (x1, y1), (x2, y2) = np.round(start).astype(int), goal.astype(int)
    hand.drag(HALF + x1, y1, HALF + x2, y2)
    assert window.pair.lead == 1
    assert right.hands.handles.positions((HALF, 800))[0][0] == pytest.approx(goal, abs=1.5)
    for pane, frame in zip(window.panes, frames, strict=True):
        assert not np.allclose(pane.viewer.frame, frame, atol=1e-3)


def test_the_point_under_the_cursor_is_ringed_in_the_other_pane(window, hand):
    at = places(window, 1)
    point = next(k for k in free(at) if np.sort(np.hypot(*(at - at[k]).T))[1] > 12)  # nothing near it
    hand.move(*np.round(at[point]).astype(int))
    assert window.panes.all[1].hands.pointed == point
    assert window.panes.all[0].hands.echo == point
    picture = window.screenshot()[..., :3].astype(int)
    x, y = places(window, 0)[point]
    ring = picture[int(y) - 14 : int(y) + 15, int(x) - 14 : int(x) + 15]
    assert (np.abs(ring - (236, 237, 239)).max(axis=2) < 12).sum() > 20
    hand.do("click", 1)
    assert [pane.hands.pinned for pane in window.panes] == [point, point]


def test_wheel_and_drag_move_both_cameras_until_the_link_is_off(window, hand):
    hand.move(HALF + 320, 500)
    hand.do("click", 4)
    left, right = (pane.viewer for pane in window.panes)
    assert not left.fit and not right.fit
    assert left.camera.zoom / left.whole.zoom == pytest.approx(1.15, rel=1e-3)
    assert right.camera.zoom / right.whole.zoom == pytest.approx(1.15, rel=1e-3)
    camera = left.camera
    hand.click(CARD[0] + 160, CARD[1] + 24)
    assert not window.pair.linked
    hand.drag(HALF + 300, 600, HALF + 340, 620)
    assert left.camera == camera


def let_it_turn(window, hand):
    """Until both panes stand as they are to be, which takes the time that their scales need."""
    hand.settle(0.2)
    while any(pane.viewer.turning for pane in window.panes):
        hand.settle(0.3)


def test_the_align_switch(window, hand):
    assert window.pair.aligned
    right = window.panes.all[1].viewer
    assert not np.allclose(right.turn, np.eye(15))
    hand.click(CARD[0] + 28, CARD[1] + 24)
    let_it_turn(window, hand)
    assert not window.pair.aligned
    assert right.turn == pytest.approx(np.eye(15))
    hand.key("a")
    let_it_turn(window, hand)
    assert window.pair.aligned and not np.allclose(right.turn, np.eye(15))


def test_the_columns_go_to_layers_of_their_own_panes(window, hand):
    top = window.panels.legend_bottom + 28
    middle = (top + 800 - 72 - 32) / 2
    hand.click(36, round(middle + 24 * (3 - 2)))
    assert window.pair.layers == (3, 0) and window.pair.lead == 0
    hand.click(1244, round(middle + 24 * (2 - 1.5)))
    assert window.pair.layers == (3, 2) and window.pair.lead == 1
    hand.key("k")  # keys are the leader's
    assert window.pair.layers == (3, 1)


def test_a_cell_of_the_matrix_leads_to_its_pair_of_layers(window, hand):
    hand.wait(20)
    table = window.pair.tables["Procrustes"]
    assert table.shape == (5, 4)
    x, y = CARD[0] + 36, CARD[1] + 148
    hand.click(x + 16 * 2 + 8, y + 16 * 4 + 8)
    assert window.pair.layers == (4, 2)
    hand.settle(1.0)
    assert window.pair.fit.similarity == pytest.approx(table[4, 2])


def test_a_folded_card_leaves_its_room_to_the_figures(window, hand):
    before = [pane.viewer.camera.zoom for pane in window.panes]
    hand.key("m")
    hand.rest(6.0)
    for pane, zoom in zip(window.panes, before, strict=True):
        assert pane.viewer.camera.zoom > 1.1 * zoom


def test_the_list_of_differences_shows_a_point_alone_and_joins_its_two_places(window, hand):
    hand.key("n")
    hand.wait(20)
    assert window.panels.popover == "differences"
    distances = window.panels.differences.distances

    def crossed():
        between = window.screenshot()[60:740, 460:530, :3].astype(int)  # beside card and matrix
        return ((between[..., 0] > 140) & (between[..., 2] < 90)).any()  # orange, however it falls between two rows

    hand.move(HALF, LIST + 88 + 32 + 16)
    assert window.hands.pinned is None and crossed()  # the point of the row under the cursor
    hand.move(HALF + 60, LIST + 60)
    hand.settle(0.3)
    assert not crossed()
    hand.click(HALF, LIST + 88 + 16)
    assert window.hands.pinned == int(np.argmax(distances))
    assert not window.viewer.playing
    hand.settle(1.0)
    assert window.viewer.view.fit
    for pane in window.panes:
        assert np.flatnonzero(pane.viewer.shown_points).tolist() == [window.hands.pinned]
    for pane, (left, right) in zip(window.panes, ((0, CARD[0]), (CARD[0] + 216, 1280)), strict=True):
        x = places(window, pane is window.panes.all[1])[:, 0]
        assert (x > left).mean() > 0.98 and (x < right).mean() > 0.98  # the list covers neither figure
    assert crossed()
    hand.click(HALF + 60, LIST + 60)  # classes
    hand.click(HALF, LIST + 88 + 16)
    means = [distances[20 * k : 20 * k + 20].mean() for k in range(3)]
    worst = int(np.argmax(means))
    assert np.flatnonzero(window.viewer.shown_points).tolist() == list(range(20 * worst, 20 * worst + 20))
    hand.key("n")
    assert window.panels.popover == "" and window.viewer.shown_points is None


def test_another_tour_dropped_on_the_window_and_away_again(tours, open_window, tmp_path):
    left, right = (tmp_path / f"{tour.name}.tour" for tour in tours)
    for tour, folder in zip(tours, (left, right), strict=True):
        tour.save(folder)
    from engine.tour.reading import load

    window, hand = open_window(load(left))
    hand.key("j")
    hand.settle(1.0)
    window._commands.dropped([str(right)])
    hand.wait(30)
    assert window.pair is not None and window.pair.layers == (1, 1)
    assert [pane.viewer.tour.name for pane in window.panes] == ["one", "two"]
    window.screenshot()
    hand.click(1148, 36)  # one tour alone
    hand.wait(5)
    assert window.pair is None and window.viewer.layer == 1
    assert window.viewer.tour.name == "one"
    hand.click(1148, 36)  # the list of tours beside this one
    assert window.panels.popover == "compare"
    hand.click(1100, 64 + 44 + 16 + 32)
    hand.wait(30)
    assert window.pair.viewers[1].tour.name == "two"


def test_what_cannot_be_compared_is_said(make_tour, rng, open_window):
    one = make_tour([rng.standard_normal((20, 5))], attributes=pd.DataFrame({"id": range(20)}), name="one")
    other = make_tour([rng.standard_normal((9, 5))], attributes=pd.DataFrame({"id": range(50, 59)}), name="other")
    window, hand = open_window(one)
    window.compare(other)
    hand.wait(20)
    assert window.pair is None
    assert "one and other have no point in common" in window.panels.toast


def test_a_partial_overlap_says_its_count(make_tour, rng, open_window):
    points = rng.standard_normal((30, 5))
    one = make_tour([points], attributes=pd.DataFrame({"id": range(30)}), name="one")
    some = make_tour([points[10:25] * 2], attributes=pd.DataFrame({"id": range(10, 25)}), name="some")
    window, hand = open_window(one)
    window.viewer.change(selected=tuple(range(5, 15)))
    window.compare(some)
    hand.wait(20)
    assert [pane.viewer.tour.n for pane in window.panes] == [15, 15]
    assert "15 points in both, by their id" in window.panels.toast
    assert np.flatnonzero(window.viewer.selection).tolist() == [0, 1, 2, 3, 4]  # 10 to 14 of before


def test_a_picture_of_both(window, hand, tmp_path):
    from PIL import Image

    file = window.save_picture()
    assert file.name == "one-0-Block-two-0-Block.png"
    hand.wait(30)
    assert Image.open(file).size == (1280, 800)


def test_a_story_of_both_is_kept_and_opens_again_unless_it_is_to_be_fresh(tours, open_window, tmp_path):
    from engine.tour.reading import load

    folders = [tmp_path / f"{tour.name}.tour" for tour in tours]
    for tour, folder in zip(tours, folders, strict=True):
        tour.save(folder)
    window, hand = open_window(*map(load, folders), reopen=True)
    assert window.viewer.story.story == ()
    window.pair.go_to(3, 1)
    hand.settle(1.5)
    window.pair.touch(1)
    hand.key("b")
    hand.rest(4.0)
    assert (places(window, 0)[:, 1] > window.panels.story.bottom).mean() > 0.98  # under the story
    hand.click(100, round(window.panels.legend_bottom) + 8 + 44 + 56 + 8 + 16)  # save this view
    hand.type("where they differ")
    hand.key("ctrl+s")
    hand.wait(5)
    (kept,) = load(folders[0]).views
    assert (kept.caption, kept.view.layer, kept.beside.view.layer) == ("where they differ", 3, 1)
    assert load(folders[1]).views == []
    window.close()
    window, hand = open_window(*map(load, folders), reopen=True)
    assert window.pair.layers == (3, 1) and window.panels.story.shown
    window.screenshot()


def test_in_a_small_window_nothing_stands_over_the_names_of_the_tours(tours, open_window):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.resize(800, 600)

    def shown():
        hand.settle(1.0)
        found = pane_names.places((800.0, 600.0), window.panels.legend_bottom, window.panels.compare, story=False)
        middles = [(round((left + right) / 2), round(y)) for left, right, y in found]
        picture = window.screenshot()[..., :3].astype(int)
        return [picture[y - 8 : y + 8, x - 40 : x + 40] for x, y in middles]

    bare = shown()
    assert all(np.ptp(each) > 100 for each in bare)
    window.panels.say("Saved a picture with a very long name, in a folder with a name that is hardly shorter")
    assert all(np.abs(a - b).max() < 8 for a, b in zip(bare, shown(), strict=True))
    hand.key("w")
    assert all(np.abs(a - b).max() < 8 for a, b in zip(bare, shown(), strict=True))
    window.viewer.select(np.arange(window.viewer.tour.n) < 9)
    after = shown()  # the legend has grown, and the left name has moved with it
    assert all(np.ptp(each) > 100 for each in after) and np.abs(bare[1] - after[1]).max() < 8
