"""How far each point lies from where it was on another layer, or on a layer of another tour."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .alignment import centred, procrustes
from .tour import Tour

MOVEMENT, DIFFERENCE = "movement", "difference"  # colour by them where an attribute could stand


def displacement(source: Any, target: Any) -> NDArray[np.float64]:
    """How far every point is from where it is on another layer, both (n, d), row for row: float64 (n,).

    d_i = || x_i Q / |x| - y_i / |y| ||, both centred, |x| and |y| the means of their row norms, Q the orthogonal
    matrix nearest to taking x to y, over all rows. So 1 is as far as a point lies from the centre on average.
    The published tour's "movement" and "difference", there with Q from a random half of the points.
    Raises ValueError where the shapes differ.
    """
    rotation = procrustes(source, target).rotation
    x, y = _unit(centred(source)), _unit(centred(target))
    return np.linalg.norm(x @ rotation - y, axis=1)


def _unit(points: Any) -> Any:
    """Centred points over the mean of their norms; a single place stays at 0."""
    size = np.linalg.norm(points, axis=1).mean()
    return points / size if size > 0 else points


def movement(tour: Tour, layer: int, since: int) -> NDArray[np.float64]:
    """How far each point moved from layer `since` to `layer`, (n,)."""
    return displacement(tour.layers[since].points, tour.layers[layer].points)


def difference(tour: Tour, layer: int, other: Tour, other_layer: int) -> NDArray[np.float64]:
    """How far each point is from where it is on a layer of another tour of the same points, (n,).

    Raises ValueError where the two have not the same number of points and dimensions.
    """
    if (tour.n, tour.dims) != (other.n, other.dims):
        raise ValueError(
            f"difference needs the same points in the same dimensions: {tour.name} has {tour.n} in {tour.dims}-D, "
            f"{other.name} has {other.n} in {other.dims}-D"
        )
    return displacement(tour.layers[layer].points, other.layers[other_layer].points)
