"""Lists of points worth a look: wrong, unsure, moved, different elsewhere, among strangers, doubled, far out.

Each is a `Listing`, of which `lists` gives those that a tour allows. A list that needs neighbours names the layers that
they are found on (`reads`), seconds each: find these beside the drawing, one at a time, then ask for the list.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .agreement import MAJORITY, agreement, agrees_from, classes_of, share_of_another, shared_neighbors
from .epochs import line
from .movement import displacement
from .neighbors import Neighbors, neighbors_of
from .tour import Layer, Tour

DOUBLE = 0.25  # of the median distance to the nearest neighbour: below it two points are near-duplicates
FAR_OUT = 1.5  # local outlier factor from which on a point is an outlier; 1 is as dense as around the neighbours


@dataclass(frozen=True, eq=False)
class About:
    """What is looked at: a layer of a tour, perhaps beside one of another tour of the same points in the same order."""

    tour: Tour
    layer: int
    label: str | None = None
    """The attribute of classes that neighbours are to agree with."""
    other: Tour | None = None
    other_layer: int = 0

    @property
    def before(self) -> int | None:
        """The layer before in the network; the first has none."""
        return self.layer - 1 if self.layer % self.tour.depth else None

    @property
    def here(self) -> Layer:
        return self.tour.layers[self.layer]


@dataclass(frozen=True, eq=False)
class Finding:
    """Points in the order in which they are worth a look, and why."""

    points: NDArray[np.intp]
    """(m,), their numbers."""
    values: NDArray[np.floating]
    """(m,), of each."""
    measure: str
    """What the values are, in a word or two."""
    partners: NDArray[np.intp] | None = None
    """(m,): of doubles, each one's double."""


@dataclass(frozen=True)
class Listing:
    """A kind of list."""

    name: str
    possible: Callable[[About], bool]
    find: Callable[[About], Finding]
    reads: Callable[[About], tuple[Layer, ...]] = lambda about: ()
    """The layers whose neighbours have to be found for it."""


def lists(about: About) -> tuple[Listing, ...]:
    """The kinds of lists that there are of this."""
    return tuple(each for each in LISTINGS if each.possible(about))


# ------------------------------------------------------------------------------------ what the network answered


def wrong(about: About) -> Finding:
    """Points whose prediction is not their label, by `error`, largest first, or by `confidence`, surest first."""
    table = about.tour.attributes
    said, true = table["prediction"], table["label"]
    points = np.flatnonzero((said.astype(str) != true.astype(str)) & said.notna() & true.notna())
    measure = next((name for name in ("error", "confidence") if name in table), "")
    values = _numbers(table[measure]) if measure else np.ones(about.tour.n)
    return _ordered(values, measure, points, largest_first=True)


def unsure(about: About) -> Finding:
    """All points by `confidence`, least first."""
    return _ordered(_numbers(about.tour.attributes["confidence"]), "confidence")


# ------------------------------------------------------------------------------------ elsewhere


def moved(about: About) -> Finding:
    """All points by how far they moved since the layer before, farthest first (movement.displacement)."""
    assert about.before is not None
    distances = displacement(about.tour.layers[about.before].points, about.here.points)
    return _ordered(distances, "movement", largest_first=True)


def elsewhere(about: About) -> Finding:
    """All points by how far apart their places in the two tours are, farthest first."""
    return _ordered(displacement(_there(about).points, about.here.points), "difference", largest_first=True)


def other_neighbors(about: About) -> Finding:
    """All points by how many of their neighbours are the same in both tours (Jaccard), fewest first."""
    return _ordered(
        shared_neighbors(neighbors_of(about.here).ids, neighbors_of(_there(about)).ids), "neighbours shared"
    )


# ------------------------------------------------------------------------------------ among neighbours


def strangers(about: About) -> Finding:
    """Points most of whose neighbours have one other label, by the share of those that do, largest first.

    So an early layer that sorts by no label at all has few: there the neighbours are of many labels.
    """
    assert about.label is not None
    shares = share_of_another(neighbors_of(about.here).ids, classes_of(about.tour, about.label))
    return _ordered(shares, "of one other label", np.flatnonzero(shares > MAJORITY), largest_first=True)


def late(about: About) -> Finding:
    """Points by the layer from which on most neighbours have their label, last first; infinity is never.

    Those that are among their own from the first layer on are left out. The value is the number of the layer in its
    network: where in the network a picture becomes what it is.
    """
    assert about.label is not None
    shares = np.stack([agreement(about.tour, k, about.label) for k in line(about.tour, about.layer)])
    layers = agrees_from(shares)
    layers = np.where(layers >= len(shares), np.inf, layers)
    return _ordered(layers, "layer", np.flatnonzero(layers > 0), largest_first=True)


def doubles(about: About) -> Finding:
    """Pairs of points that are each other's nearest and nearly in one place, nearest first, each followed by its pair.

    The value is their distance over the median distance of nearest neighbours.
    """
    found = neighbors_of(about.here)
    if not found.ids.shape[1]:
        return Finding(np.zeros(0, dtype=np.intp), np.zeros(0), "distance", np.zeros(0, dtype=np.intp))
    closest, distances = found.ids[:, 0].astype(np.intp), found.distances[:, 0]
    middle = float(np.median(distances))
    values = distances / middle if middle > 0 else distances
    rows = np.arange(len(closest))
    pairs = rows[(values < DOUBLE) & (closest[closest] == rows) & (rows < closest)]
    pairs = pairs[np.argsort(values[pairs], kind="stable")]
    points, partners = np.stack([pairs, closest[pairs]], axis=1), np.stack([closest[pairs], pairs], axis=1)
    return Finding(points.ravel(), values[points.ravel()], "distance", partners.ravel())


def outliers(about: About) -> Finding:
    """Points that lie far sparser than their neighbours do, by their local outlier factor, largest first."""
    factors = outlier_factors(neighbors_of(about.here))
    return _ordered(factors, "outlier factor", np.flatnonzero(factors > FAR_OUT), largest_first=True)


def outlier_factors(found: Neighbors) -> NDArray[np.floating]:
    """How much sparser it is around each point than around its neighbours, (n,), about 1 for most.

    The local outlier factor of Breunig, Kriegel, Ng & Sander 2000: with reach(p, o) the larger of |p - o| and the
    distance of o to its k-th neighbour, the mean of density(o) / density(p), a density being 1 / mean reach.
    """
    if not found.ids.shape[1]:
        return np.ones(len(found.ids))
    reach = np.maximum(found.distances[:, -1][found.ids], found.distances)
    density = 1.0 / (reach.mean(axis=1) + 1e-10)
    factors: NDArray[np.floating] = density[found.ids].mean(axis=1) / density
    return factors


# ------------------------------------------------------------------------------------ which there are


def _ordered(
    values: NDArray[np.floating], measure: str, points: NDArray[np.intp] | None = None, *, largest_first: bool = False
) -> Finding:
    """Points, all unless given, by their values (n,); those without one left out, equal ones in their own order."""
    points = np.arange(len(values)) if points is None else points
    points = points[~np.isnan(values[points])]
    order = np.argsort(-values[points] if largest_first else values[points], kind="stable")
    return Finding(points[order], values[points[order]], measure)


def _numbers(values: "pd.Series[float]") -> NDArray[np.floating]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _there(about: About) -> Layer:
    assert about.other is not None
    return about.other.layers[about.other_layer]


def _has(*names: str) -> Callable[[About], bool]:
    return lambda about: all(name in about.tour.attributes for name in names)


def _answered(about: About) -> bool:
    """Whether predictions are in the words of the labels: those of another task are neither right nor wrong."""
    if not _has("prediction", "label")(about):
        return False
    said, true = (set(about.tour.attributes[name].dropna().astype(str)) for name in ("prediction", "label"))
    return bool(said & true)


def _compared(about: About) -> bool:
    return about.other is not None


def _labelled(about: About) -> bool:
    return about.label is not None


def _this(about: About) -> tuple[Layer, ...]:
    return (about.here,)


LISTINGS = (
    Listing("Wrong predictions", _answered, wrong),
    Listing("Least confident", _has("confidence"), unsure),
    Listing("Most moved since the layer before", lambda about: about.before is not None, moved),
    Listing("Farthest from their place in the other", _compared, elsewhere),
    Listing("Other neighbours in the other", _compared, other_neighbors,
            lambda about: (about.here, _there(about))),
    Listing("Among other labels", _labelled, strangers, _this),
    Listing("Late among their own", _labelled, late,
            lambda about: tuple(about.tour.layers[k] for k in line(about.tour, about.layer))),
    Listing("Near-duplicates", lambda about: True, doubles, _this),
    Listing("Outliers", lambda about: True, outliers, _this),
)  # fmt: skip
