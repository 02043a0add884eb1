"""The guided tour: to the projection that best separates groups of points.

How well a plane A separates groups is said by the LDA index of Lee, Cook, Klinke & Lumley 2005 (`lda_pp` of the R
package tourr), with W and B the sums of squares within and between the groups:

    index(A) = 1 - det(A^T W A) / det(A^T (W + B) A)          in [0, 1]

Embeddings are all but flat in some directions, along which groups may part by a hair's breadth that nobody sees. So W
is penalised as in Lee & Cook 2010 (`pda_pp`): a share of the mean variance is added to it in every direction.

The index depends on the plane alone, so no search is needed: by Cauchy's interlacing its largest value belongs to the
plane of the two directions of smallest x^T W x / x^T (W + B) x, Fisher's first two discriminants. Of two groups there
is one discriminant, and any plane through it is as good: the nearest to the present one is taken. Where a number
takes the place of groups, its quantiles are the groups, as in sliced inverse regression (Li 1991).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .rotation import Array
from .walk import Walk

PENALTY = 0.1  # of the mean variance, added within groups: costs the bare index a few per cent at most, as tried
NO_DISCRIMINANT = 1e-6  # share of variance between groups below which a direction separates nothing


@dataclass(frozen=True, eq=False)
class Scatter:
    """Sums of squares and products (d, d) of grouped points."""

    within: Array
    between: Array


def scatter(points: ArrayLike, groups: NDArray[np.integer], *, penalty: float = PENALTY) -> Scatter:
    """The scatter of points (n, d) in groups (n,), numbered from 0; points of group -1 are left out.

    penalty: of the mean variance over all directions, added within the groups; 0 for the bare LDA index.
    Raises ValueError where there are fewer than two groups.
    """
    x = np.asarray(points, dtype=np.float64)
    x, groups = x[groups >= 0], groups[groups >= 0]
    names, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError("a guided tour needs two groups of points to separate")
    x = x - x.mean(axis=0)
    sums = np.stack([np.bincount(codes, weights=column, minlength=len(names)) for column in x.T], axis=1)
    between = (sums / counts[:, None]).T @ sums
    total = x.T @ x
    added = penalty * (np.trace(total) or 1.0) / len(total)  # of one place only, anything that can be inverted
    return Scatter(total - between + added * np.eye(len(total)), between)


def separation(plane: ArrayLike, of: Scatter) -> float:
    """The LDA index of a plane (d, 2), in [0, 1], penalised as the scatter is."""
    a = np.asarray(plane, dtype=np.float64)[:, :2]
    within, total = a.T @ of.within @ a, a.T @ (of.within + of.between) @ a
    whole = float(np.linalg.det(total))
    return 1.0 - float(np.linalg.det(within)) / whole if whole > 0 else 0.0


def best_plane(of: Scatter, near: ArrayLike) -> Array:
    """The plane (d, 2) of largest index; of equally good ones that nearest to `near` (d, 2)."""
    half = np.linalg.cholesky(of.within + of.between)
    whitened = np.linalg.solve(half, np.linalg.solve(half, of.between).T)  # its eigenvalues are shares of variance
    shares, vectors = np.linalg.eigh(0.5 * (whitened + whitened.T))
    directions = np.linalg.solve(half.T, vectors[:, ::-1])  # most separating first
    count = min(2, int((shares[::-1] > NO_DISCRIMINANT).sum()))
    found = np.linalg.qr(directions[:, :count])[0]
    if count == 2:
        return found
    start = np.asarray(near, dtype=np.float64)[:, :2]
    rest = start - found @ (found.T @ start)
    spare = np.linalg.svd(rest, full_matrices=False)[0]
    return np.column_stack([found, spare[:, : 2 - count]])


class GuidedTour(Walk):
    """Goes to the best plane along the geodesic and rests there, until there is a better one.

    dims: dimensions d, at least 3. of: what to separate; None rests. speed: radians of path per second.
    """

    def __init__(self, dims: int, of: Scatter | None = None, speed: float = 0.2) -> None:
        self._of = of
        super().__init__(dims, speed)

    @property
    def of(self) -> Scatter | None:
        """What it separates. Assigning other groups, or another layer's, leads on from wherever it is."""
        return self._of

    @of.setter
    def of(self, of: Scatter | None) -> None:
        self._of = of
        self._set_out(self._here)

    def next_target(self, frame: Array) -> Array | None:
        return None if self._of is None else best_plane(self._of, frame[:, :2])
