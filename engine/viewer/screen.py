"""The points as they are on the screen now, in numbers: what the hand meets when it brushes, drags or points."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..motion import projection
from ..motion.camera import Size
from ..motion.projection import Placed
from .viewer import Viewer


def sides(viewer: Viewer, points_of: Callable[[int], NDArray[np.floating]] | None = None) -> list[Placed]:
    """The layers that are shown now, with their shares.

    points_of: layer -> (m, d) as embedded, to place other points than the tour's own: centroids.
    """
    layers = viewer.tour.layers
    return [
        Placed(points_of(k) if points_of else layers[k].points, layers[k].placement.mean,
               layers[k].placement.rotation, share)
        for k, share in viewer.transition.blend
    ]  # fmt: skip


def radius(viewer: Viewer) -> float:
    """r: the largest norm among the points of a layer, mixed as they are."""
    return viewer.tour.radius(viewer.transition.blend)


def shown(viewer: Viewer) -> NDArray[np.floating]:
    """Every point's screen x, screen y and depth in data units, float32 (n, 3). Worked out once while they stand."""
    if not is_known(viewer):
        viewer.projected = _turned(viewer), projection.project(sides(viewer), viewer.frame)
    known: NDArray[np.floating] = viewer.projected[1]
    return known


def some(viewer: Viewer, rows: NDArray[np.integer]) -> NDArray[np.floating]:
    """The same of some points (m,), float32 (m, 3)."""
    there = sides(viewer, lambda k: np.asarray(viewer.tour.layers[k].some(rows)))
    return projection.project(there, viewer.frame)


def is_known(viewer: Viewer) -> bool:
    """Whether the points stand as they did when they were last worked out."""
    return viewer.projected[0] == _turned(viewer)


def _turned(viewer: Viewer) -> tuple[object, ...]:
    return viewer.frame.tobytes(), viewer.transition.blend


def on_screen(viewer: Viewer, xyz: NDArray[np.floating], size: Size) -> NDArray[np.floating]:
    """Pixels (n, 2) of projected points (n, 3) on a pane of `size`."""
    return projection.pixels(xyz, viewer.camera, size=size, radius=radius(viewer))


def standing(viewer: Viewer) -> tuple[object, ...]:
    """What tells whether the points have moved on the screen since: equal when they have not."""
    return *_turned(viewer), viewer.camera
