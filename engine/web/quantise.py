"""Points as small whole numbers: how far a page's points may lie from the tour's, and how many bytes that takes.

A page shows the square [-1.1 r, 1.1 r] on its shorter side at zoom 1. On a side of `SIDE` pixels at a zoom of `ZOOM`
one r takes SIDE * ZOOM / 2.2 pixels. With one step for all axes of a layer, a point lies within half a step of itself
on each, so its projection lies within sqrt(d) / 2 steps, whatever the frame: the step follows from `WITHIN` pixels.
Codes are stored axis by axis, the low bytes of all points and then the high ones, which is what gzip likes; before them
stands where each axis begins, so that a page's manifest can be made before any point has been read.
"""

import math

import numpy as np
from numpy.typing import NDArray

SIDE, ZOOM, WITHIN = 1600, 8.0, 0.25  # pixels, times, pixels
PER_RADIUS = SIDE * ZOOM / 2.2  # pixels


def step_of(radius: float, dims: int) -> float:
    """Data units between two codes. radius: the largest norm among the points."""
    return 2.0 * WITHIN * (radius or 1.0) / PER_RADIUS / math.sqrt(dims)


def quantised(points: NDArray[np.float32], *, radius: float) -> bytes:
    """Aligned points (n, d) as low + code * `step_of`: `low` as d doubles, then the codes, plane by plane of each axis.

    radius: the largest norm among them, in data units.
    """
    low = points.min(axis=0).astype("<f8")
    codes = np.rint((points.T - low[:, None]) / step_of(radius, points.shape[1])).astype(np.uint32)
    planes = max(1, -(-int(codes.max()).bit_length() // 8))
    split = np.stack([(codes >> (8 * plane)).astype(np.uint8) for plane in range(planes)], axis=1)
    return low.tobytes() + split.tobytes()
