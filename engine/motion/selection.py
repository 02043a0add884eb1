"""Which points a hand encloses, and how one selection joins another. Points are (n, 2), masks bool (n,)."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]
How = Literal["replace", "add", "subtract"]

FEW = 8  # edges that are tried on every point sooner than the points are sorted for them


def in_rectangle(points: NDArray[np.floating], corner: ArrayLike, opposite: ArrayLike) -> Mask:
    """Points inside the rectangle with these opposite corners, edges included."""
    corners = np.array([corner, opposite], dtype=np.float64)
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    return (x >= left) & (x <= right) & (y >= low) & (y <= high)


def in_polygon(points: NDArray[np.floating], polygon: ArrayLike) -> Mask:
    """Points inside a closed polygon (m, 2) by the even-odd rule; a polygon may cross itself.

    A point is inside when a ray to its right crosses an odd number of edges. Edges are half-open in y, so a
    vertex counts once. With the points in order of y an edge meets one run of them: the work is that of the
    sort and of the crossings, not n times m. Edges cross or not whatever the polygon that they belong to, so
    polygons that share edges join exactly: what another corner changes is the triangle that it makes.
    """
    inside = np.zeros(len(points), dtype=bool)
    corners = np.asarray(polygon, dtype=np.float64)
    if len(corners) < 3:
        return inside
    near = np.flatnonzero(in_rectangle(points, corners.min(axis=0), corners.max(axis=0)))
    few = len(corners) <= FEW
    if not few:
        near = near[np.argsort(points[near, 1])]
    x, y = points[near, 0].astype(np.float64), points[near, 1].astype(np.float64)
    odd = np.zeros(len(near), dtype=bool)
    ends = np.roll(corners, -1, axis=0)
    upward = corners[:, 1] <= ends[:, 1]
    lows, highs = np.where(upward[:, None], corners, ends), np.where(upward[:, None], ends, corners)
    runs = zip(np.searchsorted(y, lows[:, 1]), np.searchsorted(y, highs[:, 1]), strict=True) if not few else None
    for low, high in zip(lows, highs, strict=True):
        run = slice(*next(runs)) if runs else np.flatnonzero((y >= low[1]) & (y < high[1]))
        if low[1] < high[1]:
            slope = (high[0] - low[0]) / (high[1] - low[1])
            odd[run] ^= x[run] < low[0] + (y[run] - low[1]) * slope
    inside[near] = odd
    return inside


def combine(before: Mask | None, caught: Mask, how: How) -> Mask | None:
    """The selection after a brush caught some points; None, nothing singled out, where none are left.

    before: None stands for no selection, so adding to it begins one, and subtracting takes from everything.
    """
    if not caught.any():
        return None if how == "replace" else before
    if how == "add" and before is not None:
        caught = before | caught
    elif how == "subtract":
        caught = ~caught if before is None else before & ~caught
    return caught if caught.any() else None
