"""Thumbnails of saved views: small pictures made of numbers alone, beside the window's work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..motion.camera import Camera
from ..motion.transition import blend_at
from ..render.colors import THEMES
from ..tour.tour import Tour
from ..tour.view import SavedView, View

MOST = 20_000  # points that a thumbnail shows
OVER = 2  # pixels drawn for a pixel of the picture, along each side
GREYED = 0.34

Picture = NDArray[np.uint8]


def thumbnail(tour: Tour, view: View, *, size: tuple[int, int], theme: str) -> Picture:
    """The points of a view as uint8 (height, width, 4), row 0 on top. size: (width, height) in pixels."""
    from .reading import coloring_of, frame_of, position_of

    rows = np.arange(0, tour.n, -(-tour.n // MOST))
    points, radius = np.zeros((len(rows), tour.dims)), 0.0
    for k, share in blend_at(position_of(tour, view)):
        place = tour.layers[k].placement
        points += share * ((np.asarray(tour.layers[k].points[rows], dtype=np.float64) - place.mean) @ place.rotation)
        radius += share * place.radius
    xyz = points @ frame_of(tour, view)
    width, height = OVER * size[0], OVER * size[1]
    at = Camera(view.center, view.zoom).to_pixels(xyz[:, :2], size=(width, height), radius=radius or 1.0)

    coloring, look = coloring_of(tour, view), THEMES[theme]
    canvas = np.round(np.multiply(look.canvas, 255))
    codes = coloring.codes[rows].astype(int)
    colors = coloring.table[codes].astype(float) if coloring.kind != "none" else np.multiply(look.single, 255)[None]
    colors = np.broadcast_to(colors, (len(rows), 3)).copy()
    full = np.isin(codes, view.groups) if view.groups else np.ones(len(rows), dtype=bool)
    if view.selected is not None:
        full &= np.isin(rows, np.asarray(view.selected))
    colors[~full] = canvas + GREYED * (np.multiply(look.grey, 255) - canvas)

    picture = np.empty((height, width, 3))
    picture[:] = canvas
    order = np.lexsort((xyz[:, 2], full))  # what is greyed first, then from the back to the front
    side = max(1, round(height / 80 * (1.0 if len(rows) > 4_000 else 2.0 if len(rows) > 400 else 4.0)))
    corner = np.round(at[order] - side / 2).astype(int)
    for dy in range(side):
        for dx in range(side):
            x, y = corner[:, 0] + dx, corner[:, 1] + dy
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            picture[y[inside], x[inside]] = colors[order][inside]
    small = Image.fromarray(np.round(picture).astype(np.uint8)).resize(size, Image.Resampling.BOX)
    return np.asarray(small.convert("RGBA"))


class Thumbnails:
    """Makes thumbnails in a thread and keeps them; whoever asks again later gets them."""

    def __init__(self, tour: Tour, keep: Callable[[Picture], object]) -> None:
        """keep: what to do with a finished picture, in the window's thread; what it returns is handed out."""
        self._tour, self._keep = tour, keep
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._coming: dict[tuple[int, str, int], tuple[SavedView, Future[Picture]]] = {}
        self._there: dict[tuple[int, str, int], tuple[SavedView, object]] = {}

    def of(self, saved: SavedView, *, size: tuple[int, int], theme: str) -> object | None:
        """What was kept of the thumbnail of a saved view; None while it is being made."""
        key = (id(saved.view), theme, size[0])
        if key not in self._there:
            if key not in self._coming:
                made = self._pool.submit(thumbnail, self._tour, saved.view, size=size, theme=theme)
                self._coming[key] = (saved, made)  # which keeps the view alive, so that its id stays its own
            if not self._coming[key][1].done():
                return None
            _, made = self._coming.pop(key)
            self._there[key] = (saved, self._keep(made.result()) if made.exception() is None else None)
        return self._there[key][1]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
