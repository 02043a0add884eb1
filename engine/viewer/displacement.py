"""Colouring by movement between two layers and by difference between two tours: distances from a point to itself."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..tour.colors import Coloring, color_by
from ..tour.movement import DIFFERENCE, MOVEMENT, displacement
from ..tour.tour import Tour
from ..tour.view import View

EXTENT = (0.0, 1.0)  # of the colours: 1 is as far as a point lies from the centre on average


@dataclass(frozen=True)
class Displacement:
    """From which layer to which. Equal to another one where it colours the same way."""

    tour: Tour
    layer: int
    since: Tour
    since_layer: int

    def distances(self) -> NDArray[np.float64]:
        """How far each point lies from its place in the other layer, (n,); may take longer than a frame."""
        return displacement(self.since.layers[self.since_layer].points, self.tour.layers[self.layer].points)

    def coloring(self) -> Coloring:
        """The distances on Viridis over [0, 1]."""
        return color_by(pd.Series(self.distances()), n=self.tour.n, extent=EXTENT)


def is_displacement(tour: Tour, view: View) -> bool:
    """Whether a view colours by movement or difference; an attribute of that name goes before."""
    return view.color_by in (MOVEMENT, DIFFERENCE) and view.color_by not in tour.attributes


def displacement_of(
    tour: Tour, view: View, *, layer: int, since: int, partner: tuple[Tour, int] | None = None
) -> Displacement | None:
    """What a view of `layer` colours by, where that is no attribute.

    since: the layer from which movement counts. partner: the other tour and its layer, which difference needs.
    """
    if not is_displacement(tour, view):
        return None
    if view.color_by == MOVEMENT:
        return Displacement(tour, layer, tour, since)
    return None if partner is None else Displacement(tour, layer, *partner)
