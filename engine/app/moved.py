"""Colouring by movement: what is no attribute, and shows how far each point moved since the layer shown before."""

import pandas as pd

from ..render.colors import Coloring, color_by
from ..tour.epochs import line
from ..tour.movement import MOVEMENT, movement
from ..tour.tour import Tour
from ..tour.view import View


def is_movement(tour: Tour, view: View) -> bool:
    """Whether a view colours by how far the points moved; an attribute of that name goes before."""
    return view.color_by == MOVEMENT and MOVEMENT not in tour.attributes


def layer_before(tour: Tour, layer: int) -> int:
    """The layer before in the network, of the first one the layer after."""
    return layer - 1 if layer % tour.depth else min(layer + 1, line(tour, layer)[-1])


def moved(tour: Tour, layer: int, since: int | None) -> Coloring:
    """How far the points moved from layer `since` (the one before unless given) to `layer`, on Viridis over [0, 1]."""
    since = layer_before(tour, layer) if since is None else since
    return color_by(pd.Series(movement(tour, layer, since)), n=tour.n, extent=(0.0, 1.0))
