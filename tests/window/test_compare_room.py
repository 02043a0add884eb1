"""What a story, a pinned card and the list of differences leave of the left of two figures."""

import numpy as np
import pandas as pd
import pytest

from engine.viewer import screen


@pytest.fixture
def tours(make_tour, rng):
    base = rng.standard_normal((60, 15)) * np.linspace(3, 1, 15)
    table = pd.DataFrame({"kind": pd.Categorical(np.repeat(["ant", "bee", "cat"], 20))})
    return [make_tour([base, base[:, ::-1]], attributes=table, name=name) for name in ("one", "two")]


@pytest.mark.parametrize(("size", "least"), [((800, 600), (300, 300)), ((1280, 800), (460, 410))])
def test_story_and_card_leave_the_left_figure_its_room(size, least, tours, open_window):
    window, hand = open_window(*tours, changes={"mode": "dots"})
    hand.resize(*size)
    window.viewer.playing, left = False, window.panes.all[0]

    def figures():
        """The free areas of both panes, once the cameras are at rest, of which the left figure fills its own."""
        hand.settle(0.3)
        for _ in range(80):
            window.pair.advance(0.1)
        area = left.viewer.area
        at = screen.on_screen(left.viewer, screen.shown(left.viewer), area.size)
        low, high = np.quantile(at, [0.01, 0.99], axis=0)
        assert area.left < low[0] and high[0] < area.size[0] - area.right
        assert area.top < low[1] and high[1] < area.size[1] - area.bottom
        return area, window.panes.all[1].viewer.area

    before = figures()
    window.hands.pinned = 7
    with_card = figures()
    if size[0] > 1000:
        assert window.panels.card.corner == (window.panels.compare.right - 216, window.panels.compare.bottom + 8)
    assert with_card == before  # where there is no room between the panes it is a line beside the dock
    hand.key("n")  # the list stands there then
    listed, _ = figures()
    if size[0] > 1000:
        (x, y), card = window.panels.card.corner, window.panels.card
        assert x + 216 <= window.panels.compare.right - 216 and y + card.height <= listed.top
    assert all(np.greater_equal(listed.free, least))
    window.hands.pinned = None
    for _ in range(5):
        window.pair.viewers[0].save_view("a scene")
    hand.key("b")
    for key in ("n", "n"):  # without the list, and with it
        hand.key(key)
        told, _ = figures()
        assert told.top >= window.panels.story.bottom and all(np.greater_equal(told.free, least))
