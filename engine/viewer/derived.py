"""Colouring by what depends on the layer shown: movement, difference to another tour, agreement of the neighbours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..tour.agreement import AGREEMENT, agreement, label_of
from ..tour.colors import Coloring, color_by
from ..tour.movement import DIFFERENCE, MOVEMENT, displacement
from ..tour.tour import Tour
from ..tour.view import View

EXTENT = (0.0, 1.0)  # of the colours: for distances, 1 is as far as a point lies from the centre on average


@dataclass(frozen=True)
class Displacement:
    """How far points are from where they are on another layer. Equal values colour alike."""

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


@dataclass(frozen=True)
class Agreement:
    """Which share of a point's neighbours on a layer have its label."""

    tour: Tour
    layer: int
    label: str

    def coloring(self) -> Coloring:
        """The shares on Viridis over [0, 1]; finding the neighbours of a layer may take seconds the first time."""
        return color_by(pd.Series(agreement(self.tour, self.layer, self.label)), n=self.tour.n, extent=EXTENT)


Derived = Displacement | Agreement


def is_derived(tour: Tour, view: View) -> bool:
    """Whether a view colours by what depends on the layer; an attribute of that name goes before."""
    return view.color_by in (MOVEMENT, DIFFERENCE, AGREEMENT) and view.color_by not in tour.attributes


def derived(
    tour: Tour, view: View, *, layer: int, since: int, partner: tuple[Tour, int] | None = None
) -> Derived | None:
    """What a view of `layer` colours by, where that is no attribute.

    since: the layer from which movement counts. partner: the other tour and its layer, which difference needs.
    """
    if not is_derived(tour, view):
        return None
    if view.color_by == MOVEMENT:
        return Displacement(tour, layer, tour, since)
    if view.color_by == AGREEMENT:
        label = label_of(tour)
        return None if label is None else Agreement(tour, layer, label)
    return None if partner is None else Displacement(tour, layer, *partner)


def choices(tour: Tour, *, compared: bool) -> list[str]:
    """The names of what this tour can be coloured by beside its attributes. compared: whether another is beside it."""
    there = {MOVEMENT: len(tour.layers) > 1, AGREEMENT: label_of(tour) is not None, DIFFERENCE: compared}
    return [name for name, possible in there.items() if possible and name not in tour.attributes]
