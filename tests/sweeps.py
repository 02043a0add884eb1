"""What a hand sweeps over the drawing of a window, rectangles and loops, and where the points stand."""

import math

import numpy as np

from engine.viewer import screen

SIZE = (1280, 800)


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
