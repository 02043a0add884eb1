"""A saved view as a small picture, drawn by numpy: no OpenGL, so that it can be made in any thread."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.camera import Camera
from ..motion.framing import Area, box
from ..motion.shot import dot_size
from ..motion.transition import blend_at
from ..tour.colors import THEMES, on_ground
from ..tour.order import few
from ..tour.tour import Tour
from ..tour.view import View
from .resolve import coloring_of, frame_of, position_of

MOST = 20_000  # points that a thumbnail shows
OVER = 2  # pixels drawn for a pixel of the picture, along each side
LEAST_DOT = 2.0  # pixels of a large picture
GREYED = 0.34

Picture = NDArray[np.uint8]


def thumbnail(tour: Tour, view: View, *, size: tuple[int, int], theme: str, large: bool = False) -> Picture:
    """The points of a view as uint8 (height, width, 4), row 0 on top. size: (width, height) in pixels.

    large: as discs of the size that dots have on a pane of that size; as suits a small picture unless given.
    """
    rows = few(tour.n, MOST)
    blend = blend_at(position_of(tour, view))
    points, radius = np.zeros((len(rows), tour.dims)), tour.radius(blend)
    for k, share in blend:
        points += share * tour.layers[k].some_aligned(rows)
    xyz = points @ frame_of(tour, view)
    width, height = OVER * size[0], OVER * size[1]
    camera = Camera(view.center, view.zoom)
    if view.fit:
        alone = np.isin(rows, np.asarray(view.selected)) if view.isolate and view.selected is not None else slice(None)
        camera = Area((float(width), float(height))).fitted(box(xyz[alone, :2] / radius))
    at = camera.to_pixels(xyz[:, :2], size=(width, height), radius=radius)

    look = THEMES[theme]
    coloring = on_ground(coloring_of(tour, view), look.canvas)
    canvas = np.round(np.multiply(look.canvas, 255))
    codes = coloring.codes[rows].astype(int)
    colors = coloring.table[codes].astype(float) if coloring.kind != "none" else np.multiply(look.single, 255)[None]
    colors = np.broadcast_to(colors, (len(rows), 3)).copy()
    full = np.isin(codes, view.groups) if view.groups else np.ones(len(rows), dtype=bool)
    if view.selected is not None:
        full &= np.isin(rows, np.asarray(view.selected))
    colors[~full] = canvas + GREYED * (np.multiply(look.grey, 255) - canvas)

    order = np.lexsort((xyz[:, 2], full))  # what is greyed first, then from the back to the front
    suits = height / 80 * (1.0 if len(rows) > 4_000 else 2.0 if len(rows) > 400 else 4.0)
    dot = max(LEAST_DOT, dot_size(tour.n, side=min(size), zoom=camera.zoom) * view.dot_size)
    side = max(1, round(OVER * dot if large else suits))
    corner = np.round(at[order] - side / 2).astype(int)
    words, ground = _words(colors[order]), _words(canvas)
    picture = np.full(width * height, ground)
    for dy in range(side):
        for dx in range(side):
            if large and np.hypot(dx + 0.5 - side / 2, dy + 0.5 - side / 2) > side / 2:
                continue  # a disc
            x, y = corner[:, 0] + dx, corner[:, 1] + dy
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            picture[(y * width + x)[inside]] = words[inside]
    fine = picture.view(np.uint8).reshape(size[1], OVER, size[0], OVER, 4)
    return ((fine.sum(axis=(1, 3), dtype=np.uint16) + OVER**2 // 2) // OVER**2).astype(np.uint8)


def _words(colors: NDArray[np.floating[Any]]) -> NDArray[np.uint32]:
    """Opaque colours of 0 to 255, (..., 3), each as one word of four bytes."""
    opaque = np.full((*colors.shape[:-1], 4), 255, dtype=np.uint8)
    opaque[..., :3] = np.floor(colors + 0.5)
    return opaque.view(np.uint32)[..., 0]
