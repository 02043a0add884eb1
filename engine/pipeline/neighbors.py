"""Exact nearest neighbours: candidates from tiled matrix products, their order from direct differences.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y is one matrix product for all pairs, and loses what is nearly equal to rounding.
So the product only proposes: every pair by the least that its distance can be (`products`). The true distances of
those candidates decide, and a row is settled once no point outside them can be nearer; until then it gets more.
"""

import importlib.util
from collections.abc import Callable

import torch
from torch import Tensor

from .fused import squared_distances
from .products import Operands, lower_bounds, operands, slack

TILE_BYTES = 256 * 2**20  # of one block of products
GPU_TILE_BYTES = 4 * TILE_BYTES  # which fills the chip with every product, and is a small part of its memory
CACHE_BYTES = 2**21  # of a block of differences on a CPU: what stays near the core is read at its speed
SPARE = 16  # candidates beyond k to begin with


def nearest(points: Tensor, k: int, *, advance: Callable[[int], None] = lambda rows: None) -> tuple[Tensor, Tensor]:
    """The k nearest neighbours of every row of `points` (n, w), itself first, by Euclidean distance.

    points: float32, or float16 to save memory: exact for the matrix as it is stored. Returns indices int64 (n, k)
    and distances float32 (n, k), ascending, on the device of `points`. Raises ValueError where there are fewer
    than k rows.
    """
    n = len(points)
    if not 1 <= k <= n:
        raise ValueError(f"{k} neighbours (itself included) of {n} points cannot be had; ask for at most {n}")
    indices = torch.empty((n, k), dtype=torch.int64, device=points.device)
    distances = torch.empty((n, k), dtype=torch.float32, device=points.device)
    height = max(1, min(n, (GPU_TILE_BYTES if points.is_cuda else TILE_BYTES) // (4 * n)))
    tile = torch.empty((height, n), device=points.device)
    of = operands(points)
    for first in range(0, n, height):
        rows = torch.arange(first, min(n, first + height), device=points.device)
        _settle(of, lower_bounds(of, first, tile[: len(rows)]), rows, k, indices, distances)
        advance(len(rows))
    return indices, distances


def _settle(of: Operands, bounds: Tensor, rows: Tensor, k: int, indices: Tensor, distances: Tensor) -> None:
    """Find the neighbours of `rows` and write them into `indices` and `distances`."""
    n = len(of.points)
    count = min(n, k + SPARE)
    while len(rows):
        least, candidates = bounds.topk(count, dim=1, largest=False)
        least += of.low[rows, None]
        # k of them are no farther than this, so what is farther at least is out.
        enough = (least + slack(of, rows, candidates)).kthvalue(k, dim=1, keepdim=True).values
        possible = least <= enough
        exact = torch.full_like(least, torch.inf)
        exact[possible] = _differences(of.points, rows, candidates, possible)
        exact[:, 0] = -1.0  # itself first, whoever else lies on the same spot
        order = exact.argsort(dim=1, stable=True)[:, :k]
        best = exact.gather(1, order)
        settled = (least[:, -1] >= best[:, -1] * of.scale**2) | (best[:, -1] <= 0.0)
        if count == n:
            settled[:] = True
        indices[rows[settled]] = candidates.gather(1, order)[settled]
        distances[rows[settled]] = best[settled].clamp(min=0.0).sqrt()
        bounds, rows = bounds[~settled], rows[~settled]
        count = min(n, 4 * count)


def _fuses(points: Tensor) -> bool:
    return points.is_cuda and importlib.util.find_spec("cupy") is not None


def _differences(points: Tensor, rows: Tensor, candidates: Tensor, possible: Tensor) -> Tensor:
    """Squared distances float32 (p,) of the pairs marked in `possible`, row by row.

    A difference of near-duplicates is exact, and the sum is torch's cascade: right to a few units of rounding.
    """
    place, column = possible.nonzero(as_tuple=True)
    left, right = rows[place], candidates[place, column]
    if _fuses(points):
        found = squared_distances(points, left, right)
        if found is not None:
            return found
    cached = points.device.type == "cpu"
    height = max(1, (CACHE_BYTES if cached else TILE_BYTES) // (4 * points.shape[1]))
    height = min(height, max(1, len(left)))
    # The same two blocks again and again: fresh memory would cost more than the arithmetic.
    a, b = torch.empty((2, height, points.shape[1]), dtype=points.dtype, device=points.device)
    squares = torch.empty(len(left), device=points.device)
    for first in range(0, len(left), height):
        part = slice(first, min(len(left), first + height))
        here, there = a[: part.stop - first], b[: part.stop - first]
        torch.index_select(points, 0, left[part], out=here)
        torch.index_select(points, 0, right[part], out=there)
        difference = here.sub_(there) if points.dtype == torch.float32 else here.float() - there.float()
        squares[part] = difference.square_().sum(dim=1)
    return squares
