"""Which point is under the cursor, and which are its neighbours: from the numbers, never from the frame buffer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.camera import Size
from ..motion.crowding import around, thinned
from ..motion.projection import NEAR, cue_size, nearness
from ..motion.selection import in_rectangle
from ..motion.shot import LISTED, Shot, enlargement
from ..tour.order import ranks, shuffled
from . import screen
from .viewer import Viewer

SOFT = 0.2  # pixels beyond its radius that a dot still covers more than its shader discards (points.frag)
CLEAR = 0.02  # opacity below which a sprite's fragment is discarded (sprites.frag)
SOON = 200_000  # points that are looked through within a fraction of a frame
ROWS = 4096  # of points at a time, which stay in the cache
GREYED = {"dots": 0.8, "images": 0.58}  # times the size


@dataclass(frozen=True, eq=False)
class Sight:
    """How the points are drawn in this frame."""

    shot: Shot
    size: Size
    """Of the pane, in pixels of the framebuffer."""
    alpha: Callable[[int, tuple[float, float]], float] | None = None
    """Of a point's image, its opacity at a place in [0, 1] x [0, 1] from the top left; None where dots are drawn."""
    rim: float = 0.0
    """Pixels that an image which is not greyed reaches beyond its size."""
    ratio: float = 1.0
    """Pixels of the framebuffer to a pixel of the design."""
    ordered: bool = False
    """Whether points are drawn in the fair order, whatever they look like."""
    some: int | None = None
    """How many of them a frame draws while anything changes; None is all."""


def topmost(viewer: Viewer, sight: Sight, at: tuple[float, float]) -> int | None:
    """The point that the pixel at `at` of the framebuffer shows, in front of all others; None where there is none."""
    shot, alpha = sight.shot, sight.alpha
    rows = _rows(viewer, shot)
    xyz = screen.shown(viewer) if rows is None else screen.some(viewer, rows)
    center = np.floor(at) + 0.5  # which is where the shaders sample
    full = shot.image_size if alpha else shot.dot_size
    spread = (1.0, 1.0) if alpha else _spread(viewer, shot)
    reach = max(0.5 * full * NEAR * shot.growth * max(spread), 0.5 * shot.min_dot) + SOFT + sight.rim
    corners = [center - reach - 0.5, center + reach + 0.5]  # a little more, as rounding goes
    box = viewer.camera.from_pixels(corners, size=sight.size, radius=screen.radius(viewer))
    near = np.flatnonzero(in_rectangle(xyz, *box))
    lit = viewer.is_shown(near if rows is None else rows[near])
    if shot.isolate:
        near, lit = near[lit], lit[lit]
    offsets = center - screen.on_screen(viewer, xyz[near], sight.size)
    thin = _thinned(viewer, sight, xyz, rows, center) if shot.density and alpha is None else 1.0
    wide = full * np.where(lit, spread[0], spread[1])
    sizes, depth = _sizes(viewer, shot, xyz[near, 2], lit, wide, images=alpha is not None)
    sizes = np.where(lit, np.maximum(thin * sizes, shot.min_dot), sizes)
    if alpha is None:
        covered = np.hypot(*offsets.T) <= 0.5 * sizes + SOFT
    else:
        covered = np.abs(offsets).max(axis=1) <= 0.5 * sizes + np.where(lit, sight.rim, 0.0)
    near, lit, sizes, depth, offsets = (each[covered] for each in (near, lit, sizes, depth, offsets))
    # What is greyed lies behind; for it, and for what is see-through, the order of drawing decides and not depth.
    depth = np.where(lit & (shot.opacity >= 1.0), depth, 0.0)
    near = near if rows is None else rows[near].astype(np.intp)
    turn = ranks(viewer.tour.n)[near] if sight.ordered or (alpha is None and shot.opacity < 1.0) else near
    for k in np.lexsort((turn, depth, lit))[::-1]:
        inside = 0.5 + offsets[k] / sizes[k]
        if alpha is None or alpha(int(near[k]), (float(inside[0]), float(inside[1]))) >= CLEAR:
            return int(near[k])
    return None


def first_rows(viewer: Viewer, sight: Sight) -> NDArray[np.uint32] | None:
    """The points that a frame draws while anything changes; None is all."""
    return None if sight.some is None else shuffled(viewer.tour.n)[: sight.some]


def _rows(viewer: Viewer, shot: Shot) -> NDArray[np.uint32] | None:
    """Which points a frame draws, None for all: the first ones, and as many of those alone that are not greyed."""
    if shot.drawn is None or shot.drawn >= viewer.tour.n:
        return None
    rows = shuffled(viewer.tour.n)[: shot.drawn]
    if not viewer.greys or min(viewer.first_shown[0], shot.drawn) > LISTED:
        return rows
    return np.concatenate([viewer.first_shown[1][: shot.drawn], rows[~viewer.is_shown(rows)]])


def _spread(viewer: Viewer, shot: Shot) -> tuple[float, float]:
    """Times the size of a frame's dots, of those that are not greyed and of the others: larger as they are fewer."""
    n = viewer.tour.n
    if shot.drawn is None or shot.drawn >= n:
        return 1.0, 1.0
    count = viewer.first_shown[0] if viewer.greys else n
    greyed = enlargement(shot.drawn, n)
    alike = count == 0 or min(count, shot.drawn) > LISTED
    return greyed if alike else enlargement(min(shot.drawn, count), count), greyed


def _thinned(
    viewer: Viewer,
    sight: Sight,
    xyz: NDArray[np.floating],
    rows: NDArray[np.uint32] | None,
    center: NDArray[np.floating],
) -> float:
    """Times the size of dots, where many of those that are not greyed lie over each other.

    rows: the points of `xyz`, if they are not all. Their dots are larger as they are fewer.
    """
    reach = around(sight.size)
    box = viewer.camera.from_pixels([center - reach, center + reach], size=sight.size, radius=screen.radius(viewer))
    near = np.flatnonzero(in_rectangle(xyz, *box))
    lit = viewer.is_shown(near if rows is None else rows[near])
    pixels = screen.on_screen(viewer, xyz[near[lit]], sight.size)
    share = 1.0 if rows is None else (sight.shot.drawn or len(rows)) / viewer.tour.n
    return thinned(pixels, center, pane=sight.size, dot=sight.shot.dot_size / share**0.5)


def drawn_at(
    viewer: Viewer, sight: Sight, points: NDArray[np.intp]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Where some points are drawn and how large, in pixels of the design: (k, 2) and (k,)."""
    shot, images = sight.shot, sight.alpha is not None
    xyz = screen.some(viewer, points)
    full = shot.image_size if images else shot.dot_size * _spread(viewer, shot)[0]
    sizes, _ = _sizes(viewer, shot, xyz[:, 2], viewer.is_shown(points), full, images=images)
    return screen.on_screen(viewer, xyz, sight.size) / sight.ratio, sizes / sight.ratio


def _sizes(
    viewer: Viewer, shot: Shot, z: NDArray[np.floating], lit: NDArray[np.bool_], full: Any, *, images: bool
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Sizes in pixels and depths in [-1, 1] of points, as place.glsl has them. full: in the middle, or of each."""
    r = screen.radius(viewer)
    sizes = full * cue_size(nearness(z, radius=r, cue=shot.depth_cue), shot.depth_cue)
    sizes = sizes * np.where(lit, shot.growth, GREYED["images" if images else "dots"])
    return (sizes if images else np.maximum(sizes, shot.min_dot)), np.clip(z / r, -1.0, 1.0)


def neighbors(points: NDArray[np.float32], point: int, count: int) -> NDArray[np.intp]:
    """The nearest others of points (n, d) by Euclidean distance, nearest first; equal ones by number."""
    squares = np.empty(len(points), dtype=points.dtype)
    for first in range(0, len(points), ROWS):
        apart = points[first : first + ROWS] - points[point]
        np.einsum("nd,nd->n", apart, apart, out=squares[first : first + ROWS])
    squares[point] = -1.0
    count = min(count, len(points) - 1)
    nearest = np.flatnonzero(squares <= np.partition(squares, count)[count])
    return nearest[np.lexsort((nearest, squares[nearest]))][1 : count + 1]
