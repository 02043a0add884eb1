"""Where points land on the screen, on the CPU: the numbers behind what the shaders draw, for the hand to meet.

A layer is used as it lies in memory: with its mean m, its rotation R and a frame F, (x - m) R F = x (R F) - m R F,
so aligning and projecting are one product of (n, d) and (d, 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .camera import Camera, Size
from .rotation import Array

ALONE = 200_000
"""Multiplications below which BLAS uses one thread. Waking others for so thin a product takes ten times as long as the
product itself where they have other work."""
NEAR, FAR = 1.22, 0.72  # times the size of a point, in front and at the back (place.glsl)


@dataclass(frozen=True, eq=False)
class Placed:
    """One layer, or one set of centroids, and its share in what is shown."""

    points: NDArray[np.floating]
    """(n, d), as embedded."""
    mean: Array
    rotation: Array
    share: float = 1.0


def project(sides: Sequence[Placed], frame: Array) -> NDArray[np.floating]:
    """Screen x, screen y and depth (n, 3) of points mixed from `sides`, in data units, in the points' precision.

    Each column lies by itself in memory, since what follows asks for one at a time: that is four times as fast.
    """
    dtype = np.result_type(*(side.points.dtype for side in sides))
    n, axes = len(sides[0].points), frame.shape[1]
    rows = max(1, ALONE // frame.size)
    total = np.empty((axes, n), dtype=dtype)
    part = np.empty((rows, axes), dtype=dtype)
    for k, side in enumerate(sides):
        matrix = side.share * (side.rotation @ frame)
        narrow, shift = np.ascontiguousarray(matrix, dtype=dtype), (side.mean @ matrix).astype(dtype)[:, None]
        for first in range(0, n, rows):
            points = side.points[first : first + rows]
            shown = np.matmul(points, narrow, out=part[: len(points)]).T
            there = total[:, first : first + rows]
            np.subtract(shown, shift, out=there) if k == 0 else np.add(there, shown - shift, out=there)
    return total.T


def pixels(shown: NDArray[np.floating], camera: Camera, *, size: Size, radius: float) -> NDArray[np.floating]:
    """Pixels (n, 2) of projected points (n, 3) on a pane of `size`, as `Camera.to_pixels` but in their precision."""
    scale = camera.pixels_per_radius(size)
    dtype = shown.dtype
    factor = np.array([scale / radius, -scale / radius], dtype=dtype)
    shift = np.array([size[0] / 2.0 - camera.center[0] * scale, size[1] / 2.0 + camera.center[1] * scale], dtype=dtype)
    return shown[:, :2] * factor + shift


def nearness(depth: NDArray[np.floating], *, radius: float, cue: float) -> NDArray[np.floating]:
    """0 at the back, 1 in front; 0.5 for all without the cue."""
    near = np.clip(0.5 + 0.5 * depth / radius, 0.0, 1.0)
    return 0.5 + (near - 0.5) * cue


def cue_size(near: NDArray[np.floating], cue: float) -> NDArray[np.floating]:
    """Times the size of a point."""
    return 1.0 + (FAR + (NEAR - FAR) * near - 1.0) * cue
