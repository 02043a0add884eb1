"""How far the neighbours of a point agree with its label, on a layer and along the layers; how neighbours change.

All in shares of the nearest neighbours, which no rotation and no scale changes.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .neighbors import Ids, neighbors_of
from .tour import Tour

AGREEMENT = "agreement"  # colour by it where an attribute could stand
MAJORITY = 0.5

Shares = NDArray[np.float64]


def classes_of(tour: Tour, attribute: str) -> NDArray[np.intp]:
    """The number of each point's class (n,), -1 where it has none. Raises KeyError where there is no such attribute."""
    return pd.factorize(tour.attribute(attribute))[0]


def label_of(tour: Tour) -> str | None:
    """The attribute that says what the points are: `label`, or the first one of classes, if there is one."""
    columns = tour.attributes
    if "label" in columns:
        return "label"
    return next((str(name) for name in columns if isinstance(columns[name].dtype, pd.CategoricalDtype)), None)


def share_alike(ids: Ids, classes: NDArray[np.intp]) -> Shares:
    """The share of neighbours `ids` (n, k) that have a point's own class (n,), in [0, 1]; NaN where it has none.

    Neighbours without a class are left out; a point whose neighbours all lack one has NaN too.
    """
    theirs = classes[ids]
    alike = ((theirs == classes[:, None]) & (theirs >= 0)).sum(axis=1)
    return _share(alike, theirs, classes)


def share_of_another(ids: Ids, classes: NDArray[np.intp]) -> Shares:
    """The share of neighbours `ids` (n, k) that have one class other than a point's own (n,): of the commonest such.

    In [0, 1]; NaN where the point has no class or none of its neighbours has one.
    """
    theirs = classes[ids]
    most = np.zeros(len(ids), dtype=np.intp)
    for column in theirs.T:
        alike = (theirs == column[:, None]).sum(axis=1)
        np.maximum(most, np.where((column != classes) & (column >= 0), alike, 0), out=most)
    return _share(most, theirs, classes)


def _share(count: NDArray[np.intp], theirs: NDArray[np.intp], classes: NDArray[np.intp]) -> Shares:
    """The share that `count` (n,) is of neighbours that have a class; NaN where none has, or the point has none."""
    counted = np.where(classes >= 0, (theirs >= 0).sum(axis=1), 0)
    return np.divide(count, counted, out=np.full(len(count), np.nan), where=counted > 0)


def agreement(tour: Tour, layer: int, attribute: str) -> Shares:
    """The share of each point's nearest neighbours on a layer that have its class, (n,); may take seconds."""
    return share_alike(neighbors_of(tour.layers[layer]).ids, classes_of(tour, attribute))


def agrees_from(shares: Shares) -> NDArray[np.float64]:
    """The first layer from which on a MAJORITY of the neighbours agrees, on it and on all after it, (n,).

    shares: (layers, n). The number of layers where it does not even on the last; NaN where the last has NaN.
    """
    agrees = np.asarray(shares) >= MAJORITY
    last = np.logical_and.accumulate(agrees[::-1], axis=0).sum(axis=0)  # layers at the end on which it does throughout
    first = len(agrees) - last.astype(np.float64)
    return np.where(np.isnan(shares[-1]), np.nan, first)


def shared_neighbors(ids: Ids, others: Ids) -> Shares:
    """Jaccard index of each point's two sets of neighbours, (n, k) and (n, m): shared over all, in [0, 1]."""
    both = np.concatenate([ids, others], axis=1)
    both.sort(axis=1)
    shared = (both[:, 1:] == both[:, :-1]).sum(axis=1)
    union = both.shape[1] - shared
    return np.divide(shared, union, out=np.ones(len(both)), where=union > 0)
