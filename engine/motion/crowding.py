"""How points crowd on the screen, in numbers: what the shaders of density work out, for the hand to meet."""

import math

import numpy as np
from numpy.typing import NDArray

from .camera import Size

CELLS = 160  # of the field along the longer side of the pane
LEAST_CELL = 4.0  # pixels
REACH = 4  # cells: three standard deviations of what makes the field smooth (density_blur.frag)
THINNED = 0.55  # times the size of a dot, where it is most crowded (points.vert)


def cell(pane: Size) -> float:
    """The side of a cell in pixels."""
    return max(LEAST_CELL, max(pane) / CELLS)


def around(pane: Size) -> float:
    """How far from a place points count for how crowded it is, in pixels."""
    return REACH * cell(pane)


def thinned(pixels: NDArray[np.floating], at: NDArray[np.floating], *, pane: Size, dot: float) -> float:
    """Times the size of a dot at a place (2,), where points lie at `pixels` (n, 2); dot: its diameter in pixels.

    As many dots as lie over each other there by a Gaussian of the points around: one makes none smaller, sixteen most.
    """
    sigma = REACH / 3.0 * cell(pane)
    squares = ((pixels - at) ** 2).sum(axis=1, dtype=np.float64)
    weights = np.exp(-0.5 * squares[squares < around(pane) ** 2] / sigma**2)
    overlap = float(weights.sum()) / (2.0 * math.pi * sigma**2) * math.pi / 4.0 * dot**2
    return 1.0 - (1.0 - THINNED) * min(1.0, 0.25 * math.log2(max(1.0, overlap)))
