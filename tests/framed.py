"""A viewer whose figure is framed, and what is seen of that, frame by frame."""

from dataclasses import replace

import numpy as np

from engine.motion.framing import FASTEST, Area
from engine.viewer import screen
from engine.viewer.resolve import first_view
from engine.viewer.viewer import Viewer

AREA = Area((1280.0, 800.0), 240.0, 64.0, 60.0, 72.0)
FPS = 60


def framed(tour, **view):
    viewer = Viewer.of(tour, replace(first_view(tour), mode="dots", **view))
    viewer.show_on(AREA)
    return viewer


def filled(viewer, points=slice(None)):
    """How much of the free area's limiting side the shown points take, and how far from its middle they are."""
    area = viewer.area.within(viewer.reach(viewer.camera.zoom))
    at = screen.on_screen(viewer, screen.shown(viewer), area.size)[points]
    low, high = at.min(axis=0), at.max(axis=0)
    middle = np.array([area.left + area.free[0] / 2, area.top + area.free[1] / 2])
    return float(max((high - low) / area.free)), float(np.abs((low + high) / 2 - middle).max())


def pass_time(viewer, seconds):
    for _ in range(round(seconds * FPS)):
        viewer.advance(1 / FPS)


def framing_of(viewer):
    """How much of the free area's limiting side 99 in 100 points take."""
    area, figure = viewer.area.within(viewer.reach(viewer.camera.zoom)), viewer.framer.figure(viewer._seen())
    unit = viewer.camera.pixels_per_radius(area.size)
    return max(2 * half * unit / side for half, side in zip(figure.half, area.free, strict=True))


def watched(viewer, seconds):
    """What is seen of the framing, frame by frame: fills of 99 in 100 points, and the scale's relative speeds."""
    fills, zooms = [], [viewer.camera.zoom]
    for _ in range(round(seconds * FPS)):
        viewer.advance(1 / FPS)
        fills.append(framing_of(viewer))
        zooms.append(viewer.camera.zoom)
    return np.array(fills), np.diff(np.log(zooms)) * FPS


def check_rest(viewer):
    fills, _ = watched(viewer, 3.0)
    assert 0.8 < fills[-1] < 0.95
    assert filled(viewer)[1] < 0.12 * AREA.size[1]


def arrive(viewer):
    """What is seen of the framing until nothing is under way any more."""
    fills, rates = watched(viewer, 2 / FPS)
    while viewer._under_way:
        more = watched(viewer, 1 / FPS)
        fills, rates = np.append(fills, more[0]), np.append(rates, more[1])
    return fills, rates


def check_steady(rates):
    assert np.abs(rates).max() <= FASTEST + 1e-9
    assert np.abs(np.diff(rates)).max() < 0.08  # a second's speed, between two frames
