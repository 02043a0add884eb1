"""The line that says how a figure comes back that a hand has moved out of sight."""

import numpy as np

from engine.motion.camera import Camera


def line(window):
    """Whether it is shown: the pixels around the middle of where it stands, of which some are the accent's."""
    accent = np.array([255, 181, 77])
    strip = window.screenshot()[800 - 72 - 30 : 800 - 72 - 6, 500:780, :3].astype(int)
    return bool((np.abs(strip - accent).max(axis=2) < 12).any())


def test_a_figure_that_was_dragged_away_comes_back_by_the_line_or_its_key(small_tour, open_window):
    window, hand = open_window(small_tour, changes={"mode": "dots"})
    window.viewer.playing = False
    hand.settle(0.5)
    assert not line(window)
    for bring in (lambda: hand.key("r"), lambda: hand.click(640, 800 - 72 - 18)):
        hand.drag(300, 640, 1200, 640)
        hand.drag(300, 640, 1200, 640)
        assert window.viewer.lost and line(window)
        bring()
        hand.settle(1.5)
        assert not window.viewer.lost and window.viewer.fit and not line(window)


def test_nothing_is_said_of_one_image_that_fills_the_window(small_tour, open_window):
    window, hand = open_window(small_tour, changes={"mode": "images"})
    viewer = window.viewer
    viewer.playing = False
    hand.settle(0.3)
    xy = viewer.tour.aligned(viewer.layer) @ viewer.frame[:, :2] / viewer.tour.layers[viewer.layer].placement.radius
    viewer.look(viewer.area.centered(tuple(xy[3]), 100.0))
    hand.settle(1.2)
    assert not viewer.lost and viewer.camera.zoom == 100.0
    viewer.look(Camera((5.0, 5.0), 100.0))
    hand.settle(1.2)
    assert viewer.lost
