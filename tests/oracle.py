"""Where the drawing has to put points, worked out in numpy from the design's rules alone."""

import numpy as np

from engine.tour.colors import THEMES

DARK = np.round(np.multiply(THEMES["dark"].canvas, 255))


def oracle(xyz, radius, size, center=(0.0, 0.0), zoom=1.0):
    """Pixels (column, row), continuous, of projected points: the rule under Numbers, with the camera."""
    width, height = size
    scale = min(width, height) / 2 / (1.1 * radius) * zoom
    column = width / 2 + (xyz[:, 0] - center[0] * radius) * scale
    row = height / 2 - (xyz[:, 1] - center[1] * radius) * scale
    return np.column_stack([column, row])


def raw_aligned(tour, layer):
    """Aligned in float64 from first principles: centre, then rotate down the chain."""
    rotation = np.eye(tour.dims)
    centred = [each.points.astype(float) - each.points.astype(float).mean(axis=0) for each in tour.layers]
    for k in range(1, layer + 1):
        u, _, vt = np.linalg.svd(centred[k].T @ centred[k - 1])
        rotation = (u @ vt) @ rotation
    return centred[layer] @ rotation


def largest_norm(points):
    return np.linalg.norm(points, axis=1).max()


def grid_tour(make_tour, side, *, attributes=None, sprites=None):
    """side x side points in 3-D, all in the screen plane of the first axes, well apart."""
    line = np.linspace(-1, 1, side)
    x, y = np.meshgrid(line, line)
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(side * side)])
    return make_tour([points], attributes=attributes, sprites=sprites)
