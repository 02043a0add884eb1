"""Exact nearest neighbours: candidates from tiled matrix products, their order from direct differences.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y is one matrix product for all pairs, and loses what is nearly equal to rounding.
So the product only proposes. The true distances of its candidates decide, and a row is settled once the product's
own error bound shows that no point outside the candidates can be nearer; until then it is given more of them.
"""

import torch
from torch import Tensor

from ..progress import steps

TILE_BYTES = 256 * 2**20  # of one block of products, or of differences


def nearest(points: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k nearest neighbours of every row of `points` (n, w), itself first, by Euclidean distance.

    Returns indices int64 (n, k) and distances float32 (n, k), ascending, on the device of `points`.
    Raises ValueError where there are fewer than k rows.
    """
    n = len(points)
    if not 1 <= k <= n:
        raise ValueError(f"{k} neighbours (itself included) of {n} points cannot be had; ask for at most {n}")
    points = points.float()
    centred = points - points.mean(dim=0)  # for the products; their rounding grows with the norms
    squares = (centred.double() ** 2).sum(dim=1)
    indices = torch.empty((n, k), dtype=torch.int64, device=points.device)
    distances = torch.empty((n, k), dtype=torch.float32, device=points.device)
    tile = max(1, min(n, TILE_BYTES // (4 * n)))
    with steps("neighbours", n) as advance:
        for first in range(0, n, tile):
            rows = torch.arange(first, min(n, first + tile), device=points.device)
            _settle(points, centred, squares, rows, k, indices, distances)
            advance(len(rows))
    return indices, distances


def _settle(
    points: Tensor, centred: Tensor, squares: Tensor, rows: Tensor, k: int, indices: Tensor, distances: Tensor
) -> None:
    """Find the neighbours of `rows` and write them into `indices` and `distances`."""
    n, width = centred.shape
    products = torch.addmm(squares.float()[None, :], centred[rows], centred.T, alpha=-2.0)
    products += squares[rows, None].float()
    # The rounding of such a sum of `width` products walks at random: some sqrt(width) eps of |x| |y|.
    reach = squares[rows].sqrt() + squares.max().sqrt()
    bound = (8.0 * (width + 8) ** 0.5 * torch.finfo(torch.float32).eps * reach**2).float()
    count = min(n, k + 16)
    while len(rows):
        proposed, candidates = products.topk(count, dim=1, largest=False)
        exact = _differences(points, rows, candidates)
        exact[candidates == rows[:, None]] = -1.0  # itself first, whoever else lies on the same spot
        order = exact.argsort(dim=1, stable=True)[:, :k]
        best = exact.gather(1, order)
        beyond = proposed[:, -1] - bound  # nothing outside the candidates is nearer than this
        settled = ((beyond >= best[:, -1]) | (best[:, -1] <= 0.0)) & (best[:, 0] < 0.0)
        if count == n:
            settled[:] = True
        indices[rows[settled]] = candidates.gather(1, order)[settled]
        distances[rows[settled]] = best[settled].clamp(min=0.0).sqrt()
        products, rows, bound = products[~settled], rows[~settled], bound[~settled]
        count = min(n, 4 * count)


def _differences(points: Tensor, rows: Tensor, candidates: Tensor) -> Tensor:
    """Squared distances float32 (m, c) between rows and their candidates, in blocks that fit the memory.

    A difference of near-duplicates is exact, and the sum is torch's cascade: right to a few units of rounding.
    """
    block = max(1, TILE_BYTES // (8 * points.shape[1] * candidates.shape[1]))
    parts = []
    for first in range(0, len(rows), block):
        here = points[rows[first : first + block], None, :]
        parts.append((points[candidates[first : first + block]] - here).square_().sum(dim=2))
    return torch.cat(parts)
