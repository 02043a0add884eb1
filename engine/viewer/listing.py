"""Points in a list and in what order: the selected or found ones, or a list worth a look, sorted by a choice."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..motion.selection import Mask
from ..tour.tour import Tour

AS_FOUND = "as found"
TO_PINNED = "distance to the pinned point"


@dataclass(frozen=True, eq=False)
class Listed:
    """Points in the order in which a list shows them."""

    points: NDArray[np.intp]
    """(m,), their numbers."""
    values: NDArray[np.generic] | None = None
    """(m,), what they are sorted by, or are worth a look for."""
    measure: str = ""
    """What the values are, in a word or two."""


def choices(tour: Tour, *, pinned: bool) -> list[str]:
    """What a list can be sorted by. pinned: whether a point is."""
    return [AS_FOUND, *([TO_PINNED] if pinned else []), *map(str, tour.attributes.columns)]


def as_found(mask: Mask | None, n: int, ranks: NDArray[np.int8] | None = None) -> Listed:
    """The selected ones of n points, or all; what a search has found, best hits first (tour.search), else by number."""
    points = np.arange(n) if mask is None else np.flatnonzero(mask)
    return Listed(points if ranks is None else points[np.argsort(ranks[points], kind="stable")])


def arranged(listed: Listed, tour: Tour, *, by: str, layer: int, pinned: int | None) -> Listed:
    """The same points sorted: as they were found, by an attribute, or by their distance from the pinned one.

    Distances are those of the layer's embedding. What has no value stands last; equal ones keep their order.
    """
    points = listed.points
    if by == TO_PINNED and pinned is not None:
        there = tour.layers[layer].points
        distances = np.linalg.norm(there[points] - there[pinned], axis=1)
        order = np.argsort(distances, kind="stable")
        return Listed(points[order], distances[order], "distance")
    if by == AS_FOUND or by not in tour.attributes:
        return listed
    column = tour.attributes[by].iloc[points]
    keys = column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column
    keys = pd.Series(keys.to_numpy()).mask(column.isna().to_numpy())
    placed: NDArray[np.intp] = keys.argsort(kind="stable").to_numpy().astype(np.intp)
    missing = column.isna().to_numpy()[placed]
    placed = np.concatenate([placed[~missing], placed[missing]])
    return Listed(points[placed], column.to_numpy()[placed], by)
