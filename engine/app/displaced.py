"""Colouring by movement and by difference: what is no attribute, but how far each point lies from itself elsewhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..render.colors import Coloring, color_by
from ..tour.epochs import line
from ..tour.movement import DIFFERENCE, MOVEMENT, displacement
from ..tour.tour import Tour
from ..tour.view import View

if TYPE_CHECKING:
    from .viewer import Viewer

EXTENT = (0.0, 1.0)  # of the colours: 1 is as far as a point lies from the centre on average


@dataclass(frozen=True)
class Displacement:
    """From where to where. Equal to another one where it colours the same way."""

    tour: Tour
    layer: int
    since: Tour
    since_layer: int

    def distances(self) -> NDArray[np.float64]:
        """How far each point lies from itself, (n,); may take longer than a frame."""
        return displacement(self.since.layers[self.since_layer].points, self.tour.layers[self.layer].points)

    def coloring(self) -> Coloring:
        """The distances on Viridis over [0, 1]."""
        return color_by(pd.Series(self.distances()), n=self.tour.n, extent=EXTENT)


def is_displacement(tour: Tour, view: View) -> bool:
    """Whether a view colours by movement or difference; an attribute of that name goes before."""
    return view.color_by in (MOVEMENT, DIFFERENCE) and view.color_by not in tour.attributes


def displacement_of(viewer: "Viewer") -> Displacement | None:
    """What a viewer colours by, where that is no attribute; difference needs a partner."""
    if not is_displacement(viewer.tour, viewer.base):
        return None
    if viewer.base.color_by == MOVEMENT:
        return Displacement(viewer.tour, viewer.layer, viewer.tour, viewer.moved_from)
    if viewer.partner is None:
        return None
    return Displacement(viewer.tour, viewer.layer, viewer.partner.tour, viewer.partner.layer)


def layer_before(tour: Tour, layer: int) -> int:
    """The layer before in the network, of the first one the layer after."""
    return layer - 1 if layer % tour.depth else min(layer + 1, line(tour, layer)[-1])


def moved(tour: Tour, layer: int) -> Coloring:
    """How far the points moved from the layer before to `layer`."""
    return Displacement(tour, layer, tour, layer_before(tour, layer)).coloring()
