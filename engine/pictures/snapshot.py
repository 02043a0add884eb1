"""A picture of a tour, without a window or a display."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..motion.framing import Area
from ..render.offscreen import current
from ..render.painter import Painter, picture
from ..tour.tour import Tour, check_tours
from ..tour.view import View
from ..viewer.resolve import check_view
from ..viewer.viewer import Viewer

MIN_DOT, MAX_DOT = 3.0, 20.0  # pixels, of any dot in a picture

_latest: Painter | None = None


def snapshot(
    tour: Tour,
    *,
    view: View | None = None,
    layer: float | str = 0,
    frame: ArrayLike | None = None,
    size: tuple[int, int] = (800, 800),
    mode: str = "dots",
    color_by: str | None = None,
    selected: Sequence[int] | NDArray[Any] | None = None,
) -> NDArray[np.uint8]:
    """Draw the points of a tour, and nothing else, on a flat opaque background.

    view: what to show, drawn as a window draws it; any other argument that is given changes it. layer: index, name, or
    a number between two layers for their mix. frame: (d, 3), the first three axes unless given. size: (width, height)
    in pixels. mode: "dots" or "images". color_by: an attribute. selected: point numbers or a mask; others are greyed.
    Returns uint8 (height, width, 4), row 0 on top. Points land where `engine.motion.camera` says, dots are 3 to
    20 pixels wide. Raises KeyError, IndexError or ValueError naming what the tour does not have.
    """
    check_tours(tour)
    plain = {"layer": 0, "mode": "dots"}
    given: dict[str, Any] = {"layer": layer, "frame": frame, "mode": mode, "color_by": color_by, "selected": selected}
    changes = {name: value for name, value in given.items() if value is not None}
    if view is not None:  # which says all that the arguments leave as it is
        changes = {name: value for name, value in changes.items() if plain.get(name) is not value}
    if isinstance(selected, np.ndarray) and selected.dtype == bool and selected.shape != (tour.n,):
        raise ValueError(f"a mask has a boolean for each of the {tour.n:,} points, not shape {selected.shape}")
    wanted = replace(view or View(), **changes)
    return draw(Viewer.of(tour, wanted, plain=view is None), size)


def draw(viewer: Viewer, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The viewer's present as a picture, uint8 (height, width, 4)."""
    check_view(viewer.tour, viewer.base)
    if min(size) < 1:
        raise ValueError(f"a picture is at least a pixel wide and high, not {size[0]} x {size[1]}")
    if viewer.area.size != size:  # or something is kept free of the figure already
        viewer.show_on(Area((float(size[0]), float(size[1]))))
    with current():
        painter = _painter(viewer)
        largest = MAX_DOT / 1.22  # of what is not nearer than the middle
        shot = viewer.shot(size, scale=1.0, min_dot=MIN_DOT)
        if shot.dot_size > largest:
            viewer.base = replace(viewer.base, dot_size=viewer.base.dot_size * largest / shot.dot_size)
        return picture([painter], (int(size[0]), int(size[1])), min_dot=MIN_DOT)


def _painter(viewer: Viewer) -> Painter:
    """The painter of the latest tour, kept for the next picture of it."""
    global _latest
    if _latest is None or _latest.scene.tour is not viewer.tour:
        if _latest is not None:
            _latest.scene.close()
        _latest = Painter(viewer)
    _latest.viewer = viewer
    return _latest
