"""Which tour turns the frame (grand, little, local, guided), and which groups the guided one separates."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..motion.flat import FlatTour
from ..motion.grandtour import GrandTour
from ..motion.guided import GuidedTour, Scatter, scatter
from ..motion.little import LittleTour
from ..motion.local import LocalTour
from ..motion.rotation import Array
from ..motion.walk import Motion
from ..tour.colors import LEVELS, NO_CLASS, Coloring
from ..tour.order import few
from ..tour.tour import Tour
from ..tour.view import View

TourKind = Literal["grand", "little", "local", "guided"]
KINDS: tuple[TourKind, ...] = get_args(TourKind)
TITLES = ("Grand tour", "Little tour", "Local tour", "Guided tour")
HASTE = {"guided": 2.0}  # times the speed: who knows where to go does not stroll
MOST = 20_000  # points that the guide looks at
SLICES = 8  # of a number, by its quantiles


def motion_of(kind: TourKind, tour: Tour, *, seed: int | None = 0) -> Motion:
    """A motion of that kind at the first three axes; of a figure in a plane the only one there is."""
    dims = tour.dims
    if tour.flat:
        return FlatTour()
    if kind == "grand":
        return GrandTour(dims, seed=seed)
    if kind == "little":
        return LittleTour(dims, seed=seed)
    return LocalTour(dims, seed=seed) if kind == "local" else GuidedTour(dims)


@dataclass
class Guide:
    """Keeps a guided tour informed of what is shown."""

    _seen: tuple[Any, ...] = ()

    def lead(self, motion: GuidedTour, tour: Tour, view: View, coloring: Coloring, *, layer: int, turn: Array) -> None:
        """Tell the tour what there is to separate, whenever that has changed. The rest as `scatter_of`."""
        seen = (layer, coloring, view.groups, view.selected)
        if len(seen) == len(self._seen) and all(a is b or a == b for a, b in zip(seen, self._seen, strict=True)):
            return
        self._seen = seen
        motion.of = scatter_of(tour, view, coloring, layer=layer, turn=turn)


def scatter_of(tour: Tour, view: View, coloring: Coloring, *, layer: int, turn: Array) -> Scatter | None:
    """Of a layer's points, as they are selected or coloured; None where there are no two groups.

    turn: (d, d), how aligned points are turned before a frame shows them.
    """
    rows = few(tour.n, MOST)
    groups = grouping(view, coloring)[rows]
    if len(np.unique(groups[groups >= 0])) < 2:
        return None
    return scatter(tour.layers[layer].some_aligned(rows) @ turn, groups)


def grouping(view: View, coloring: Coloring) -> NDArray[np.int64]:
    """The group (n,) of each point: the selection and the rest, or classes, or slices of a number; -1 for none.

    Classes that are switched on in the legend are told from each other and from the rest; else points without a class
    are left out.
    """
    codes = coloring.codes.astype(np.int64)
    if view.selected is not None:
        chosen = np.zeros(len(codes), dtype=np.int64)
        chosen[np.asarray(view.selected)] = 1
        return chosen
    if coloring.kind == "none":
        return np.full(len(codes), -1)
    if coloring.kind == "continuous":
        return _slices(codes)
    if view.groups:
        return np.where(np.isin(codes, view.groups), codes, len(coloring.names))
    return np.where(codes == len(coloring.names) - 1, -1, codes) if coloring.names[-1] == NO_CLASS else codes


def _slices(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Levels of a number as slices of about as many points each."""
    known = levels < LEVELS
    if not known.any():
        return np.full(len(levels), -1)
    edges = np.quantile(levels[known], np.arange(1, SLICES) / SLICES)
    return np.where(known, np.searchsorted(edges, levels, side="right"), -1)


def nothing_to_separate(motion: Motion, coloring: Coloring) -> str:
    """Why a guided tour stays where it is, in a line; empty where it does not."""
    if not isinstance(motion, GuidedTour) or motion.of is not None:
        return ""
    what = "colour by something" if coloring.kind == "none" else "colour by two groups at least"
    return f"A guided tour separates groups: {what}, or select points"
