"""How similar layers are: every layer of one tour to every layer of another, or of the same one, by three measures.

With A (n, d) and B (n, e) two layers of the same n points, both centred:

procrustes    nuclear(A^T B) / (|A| |B|), the cosine between the two under the best rotation; that of the published
              UMAP Tour.
cka           |A^T B|^2 / (|A^T A| |B^T B|), the cosine between the Gram matrices A A^T and B B^T: linear centred
              kernel alignment (Kornblith et al. 2019).
debiased cka  the cosine between the same two once U-centred, so that unrelated points come out at 0 on average
              however few they are (Song et al. 2012; Nguyen et al. 2021). May fall below 0.

All norms are Frobenius norms. Rotation, reflection, translation and scale of either layer change nothing. No n x n
matrix is ever made: see `_debiased`. Sums run in float64; of float16, in float32 within a block of rows.
"""

import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .alignment import array_module, host
from .matching import matched
from .tour import Tour, check_tours

log = logging.getLogger("engine")

MEASURES = {"procrustes": "Procrustes", "cka": "CKA", "debiased cka": "Debiased CKA"}  # and as a reader is told

BLOCK = 2048  # rows at a time: they stay in the cache, where the product is several times as fast

Matrix = NDArray[np.float64]


def similarity(tour_a: Tour, tour_b: Tour) -> Matrix:
    """Similarity of every layer of one tour to every layer of the other, float64 (La, Lb), in [0, 1].

    Entry (i, j) is nuclear(A_i^T B_j) / (||A_i||_F ||B_j||_F), both centred over all rows: the cosine
    between the two under the best rotation. Points are the same by their file or `id`, whatever their order, and
    what only one tour has is left out, which is said; where there is neither, they are the same in order. Raises
    ValueError where no point is in both, or their dimensions differ.
    """
    check_tours(tour_a, tour_b)
    if tour_a is not tour_b:
        match = matched(tour_a, tour_b)
        if match.partial:
            log.warning("%s points are in both of %s and %s", f"{match.left.n:,}", *(f"{n:,}" for n in match.total))
        tour_a, tour_b = match.left, match.right
    return matrices(tour_a, tour_b)["procrustes"]


def matrices(tour_a: Tour, tour_b: Tour) -> dict[str, Matrix]:
    """Every measure of every layer of one tour against every layer of the other, float64 (La, Lb) each.

    The rows of the two must be the same points in the same order; a tour against itself is symmetric.
    Raises ValueError where their number or dimensions differ.
    """
    if (tour_a.n, tour_a.dims) != (tour_b.n, tour_b.dims):
        raise ValueError(
            f"similarity needs the same points in the same dimensions: {tour_a.name} has {tour_a.n} in "
            f"{tour_a.dims}-D, {tour_b.name} has {tour_b.n} in {tour_b.dims}-D"
        )
    for layer in (*tour_a.layers, *tour_b.layers):
        layer.check()
    a = [layer.points for layer in tour_a.layers]
    return _measured(a, a if tour_a is tour_b else [layer.points for layer in tour_b.layers])


def measures(source: Any, target: Any) -> dict[str, float]:
    """Every measure of one layer (n, d) against another (n, e), row for row."""
    return {name: float(values[0, 0]) for name, values in _measured([source], [target]).items()}


def _measured(a: Sequence[Any], b: Sequence[Any]) -> dict[str, Matrix]:
    products = gram_products(a, b)
    return {"procrustes": _procrustes(products), "cka": cka(products), "debiased cka": debiased_cka(products)}


# ---------------------------------------------------------------------------------------------- the products


@dataclass(frozen=True, eq=False)
class Side:
    """One side's layers, each by itself; r_i is the squared norm of its centred row i."""

    edges: NDArray[np.intp]
    """(L + 1,): where the columns of each layer begin, and where the last ends."""
    square: Matrix
    """(L,): |A|^2, the sum of r."""
    fourth: Matrix
    """(L,): |A^T A|^2."""
    rows: Matrix
    """(L,): the sum of r^2."""


@dataclass(frozen=True, eq=False)
class Products:
    """All that the measures are made of."""

    n: int
    a: Side
    b: Side
    cross: Matrix
    """A^T B of all pairs, (columns of all a, columns of all b)."""
    rows: Matrix
    """(La, Lb): the sum over points of the product of their r in a and in b."""


def gram_products(a: Sequence[Any], b: Sequence[Any]) -> Products:
    """One product for all pairs of layers, a block of rows at a time. `b` may be `a` itself.

    a, b: arrays (n, any width), the same points in the same order, all of NumPy or all of CuPy. The rows stay where
    they are; only the sums come to the host.
    """
    n, same = len(a[0]), a is b
    left = _Sums(a)
    right = left if same else _Sums(b)
    cross = left.xp.zeros((int(left.edges[-1]), int(right.edges[-1])))
    rows = left.xp.zeros((len(a), len(b)))
    for first in range(0, n, BLOCK):
        x, r = left.add(first)
        y, s = (x, r) if same else right.add(first)
        cross += x.T @ y
        rows += r.T @ s
    side = left.side()
    return Products(n, side, side if same else right.side(), host(cross), host(rows))


class _Sums:
    """What is summed of one side alone, and room for its rows at hand: centred, all layers in a row."""

    def __init__(self, layers: Sequence[Any]) -> None:
        self.xp = xp = array_module(layers[0])
        self.layers = [xp.asarray(each) for each in layers]
        self.edges = np.cumsum([0, *(each.shape[1] for each in self.layers)])
        self.mean = xp.concatenate([_mean(each) for each in self.layers])
        coarse = all(each.dtype == np.float16 for each in self.layers)
        shape = (min(BLOCK, len(self.layers[0])), int(self.edges[-1]))
        self.room = xp.empty(shape, dtype=np.float32 if coarse else np.float64)
        self.squares = [xp.zeros((width, width)) for width in np.diff(self.edges).tolist()]
        self.rows = xp.zeros(len(self.layers))

    def add(self, first: int) -> tuple[Any, Any]:
        """The rows from `first` on, (m, columns), and their squared norms, (m, L). Good until the next call."""
        parts = [each[first : first + BLOCK] for each in self.layers]
        x = self.room[: len(parts[0])]
        for part, (begin, end) in zip(parts, itertools.pairwise(self.edges), strict=True):
            x[:, begin:end] = part
        x -= self.mean
        r = self.xp.empty((len(x), len(parts)), dtype=x.dtype)
        for k, (begin, end) in enumerate(itertools.pairwise(self.edges)):
            part = x[:, begin:end]
            r[:, k] = self.xp.einsum("nd,nd->n", part, part)
            self.squares[k] += part.T @ part
        self.rows += self.xp.einsum("nl,nl->l", r, r)
        return x, r

    def side(self) -> Side:
        squares = [host(each) for each in self.squares]
        square = np.array([each.trace() for each in squares])
        fourth = np.array([np.vdot(each, each) for each in squares])
        return Side(self.edges, square, fourth, host(self.rows))


def _mean(points: Any) -> Any:
    """Over the rows, (d,), in float64, without a copy of all of them."""
    xp = array_module(points)
    total = xp.zeros(points.shape[1])
    for first in range(0, len(points), BLOCK):
        block = points[first : first + BLOCK].astype(np.float64)
        total += xp.ones(len(block)) @ block
    return total / len(points)


# ---------------------------------------------------------------------------------------------- the measures


def _procrustes(products: Products) -> Matrix:
    """Layers of one width on either side: their blocks in one batch of singular value decompositions."""
    a, b = products.a, products.b
    shape = (len(a.square), int(a.edges[1]), len(b.square), int(b.edges[1]))
    blocks = products.cross.reshape(shape).transpose(0, 2, 1, 3)
    nuclear = np.linalg.svd(blocks, compute_uv=False).sum(axis=-1)
    return _cosine(nuclear, a.square, b.square)


def cka(products: Products) -> Matrix:
    """<A A^T, B B^T> = |A^T B|^2, over the norms of both."""
    return _cosine(_inner(products), products.a.fourth, products.b.fourth)


def debiased_cka(products: Products) -> Matrix:
    """The cosine between the U-centred Gram matrices; 0 throughout below four points, where there are none."""
    if products.n < 4:
        return np.zeros_like(products.rows)
    a, b = products.a, products.b
    inner = _debiased(products.n, _inner(products), products.rows, np.outer(a.square, b.square))
    return _cosine(inner, debiased_size(products.n, a), debiased_size(products.n, b))


def debiased_size(n: int, side: Side) -> Matrix:
    """The squared norm of each layer's U-centred Gram matrix, (L,); 0 where it is nothing but rounding."""
    if n < 4:
        return np.zeros_like(side.rows)
    size = _debiased(n, side.fourth, side.rows, side.square**2)
    return np.where(size > 1e-12 * side.fourth, size, 0.0)


def _debiased(n: int, inner: Matrix, rows: Matrix, squares: Matrix) -> Matrix:
    """n (n - 3) times the unbiased HSIC of Song et al. 2012 (their equation 5), from sums over the features.

    With K = A A^T, its diagonal r put to 0 in K~, and L, s likewise, theirs is
    tr(K~ L~) + (1^T K~ 1)(1^T L~ 1) / ((n - 1)(n - 2)) - 2 / (n - 2) 1^T K~ L~ 1.
    A is centred, so K 1 = 0 and K~ 1 = -r: tr(K~ L~) = |A^T B|^2 - r.s, 1^T K~ 1 = -|A|^2, 1^T K~ L~ 1 = r.s.
    inner: |A^T B|^2. rows: r.s. squares: |A|^2 |B|^2.
    """
    return inner - n / (n - 2) * rows + squares / ((n - 1) * (n - 2))


def _inner(products: Products) -> Matrix:
    """|A^T B|^2 of every pair, (La, Lb)."""
    squared = np.square(products.cross)
    return np.add.reduceat(np.add.reduceat(squared, products.a.edges[:-1], axis=0), products.b.edges[:-1], axis=1)


def _cosine(inner: Matrix, a: Matrix, b: Matrix) -> Matrix:
    """inner / sqrt(a b), within [-1, 1]; 0 where one of them is 0."""
    size = np.sqrt(np.outer(a, b))
    return np.clip(np.divide(inner, size, out=np.zeros_like(inner), where=size > 0), -1.0, 1.0)
