"""What is under the cursor, in the real window: hover, the pinned card, its picture, its neighbours."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from engine.tour.view import View
from engine.viewer import picking
from engine.window.panels import hover
from sweeps import places


def lone(window):
    """A point that nothing else is near."""
    xy = places(window)
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e6 * np.eye(len(xy))
    free = (xy[:, 0] > 300) & (xy[:, 0] < 1000) & (xy[:, 1] > 80) & (xy[:, 1] < 640)
    return int(np.argmax(np.where(free, apart.min(axis=1), 0)))


def test_a_point_is_called_by_its_class_and_not_by_what_the_network_takes_it_for(make_tour, rng):
    from engine.viewer.viewer import Viewer
    from engine.window.panels.card import title

    taken = pd.Categorical(["retriever", "pelican", "tench"])
    table = pd.DataFrame(
        {"prediction": taken, "label": pd.Categorical(["animal", "bird", None], categories=["animal", "bird"])}
    )
    points = rng.standard_normal((3, 4))
    viewer = Viewer.of(make_tour([points], attributes=table))
    assert [title(viewer, k) for k in range(3)] == ["animal", "bird", "tench"]
    assert title(Viewer.of(make_tour([points], attributes=table.iloc[:, :1])), 0) == "retriever"
    assert title(Viewer.of(make_tour([points])), 0) == ""


def test_a_hover_card_stands_between_toolbar_and_dock_and_beside_its_point():
    for x in range(0, 800, 50):
        for y in range(0, 600, 50):
            left, top = hover.corner((x, y, 20.0), 117.0, (800.0, 600.0), right=744.0)
            assert 64 <= top and top + 117 <= 600 - 72 and (left >= x + 20 - 1 or left + hover.WIDTH <= x - 20)


def test_a_long_name_is_told_in_two_lines_on_a_hover_card(opened):
    window, _ = opened
    lines = [hover._lines(window.ui, name, 82.0) for name in ("ram", "mammals/ram, grown", "a red sign of a road")]
    assert lines[0] == ["ram"] and lines[1][0] == "mammals/" and [len(each) for each in lines] == [1, 2, 2]
    assert "".join(lines[1]) == "mammals/ram, grown" and " ".join(lines[2]) == "a red sign of a road"


def test_a_list_that_opens_over_a_pinned_card_is_in_front_of_it(opened):
    window, hand = opened
    window.hands.pinned = 3
    hand.resize(800, 600)
    hand.click(80, 86)  # the choice of an attribute
    hand.settle(0.3)
    x, y = (round(side) for side in window.panels.card.corner)
    row = 86 + 16 + 4 + 4 + 32 * 2 + 16  # of the third attribute, where the card would be
    assert x < 80 and y < row
    hand.click(80, row)
    assert window.viewer.base.color_by == "weight" and window.hands.pinned == 3


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


def test_a_cursor_that_rests_on_the_edge_of_an_image_keeps_its_card(opened):
    window, hand = opened
    window.viewer.change(mode="images", image_size=2.0)
    hand.settle()
    point = lone(window)
    (x, y), size = places(window)[point], picking.drawn_at(window.viewer, window.panes.lead.sight, np.array([point]))[1]
    assert 0.4 * size[0] > 14
    hand.move(int(x + 0.4 * size[0]), int(y + 0.4 * size[0]))
    hand.wait(20)
    assert window.hands.pointed == window.panels.hover.point == point


def test_a_long_legend_leaves_room_for_the_attributes_of_the_pinned_point(open_window, make_tour, rng):
    names = pd.Categorical([f"kind {k % 30:02}" for k in range(120)])
    numbers = {name: rng.random(120) for name in ("weight", "height", "age", "price")}
    tour = make_tour([rng.standard_normal((120, 5))], attributes=pd.DataFrame({"kind": names, **numbers}))
    window, hand = open_window(tour, view=View(color_by="kind", mode="dots"))
    window.viewer.playing = False
    hand.key("Escape")
    longest = window.panels.legend_bottom
    window.hands.pinned = 7
    hand.settle(0.5)
    card = window.panels.card
    assert card.height == card.wanted and window.panels.legend_bottom < longest
    assert window.panels.legend_bottom <= card.corner[1] and card.corner[1] + card.height <= 800
