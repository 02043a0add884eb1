"""Exact nearest neighbours: candidates from tiled matrix products, their order from direct differences.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y is one matrix product for all pairs, and loses what is nearly equal to rounding.
So the product only proposes. The true distances of its candidates decide, and a row is settled once the product's
own error bound shows that no point outside the candidates can be nearer; until then it is given more of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from ..progress import steps

TILE_BYTES = 256 * 2**20  # of one block of products, or of points made ready for one
CACHE_BYTES = 2**21  # of a block of differences on a CPU: what stays near the core is read at its speed
SPARE = 16  # candidates beyond k to begin with


def nearest(points: Tensor, k: int) -> tuple[Tensor, Tensor]:
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
    height = max(1, min(n, TILE_BYTES // (4 * n)))
    tile = torch.empty((height, n), device=points.device)
    with steps("neighbours", n) as advance, _tensor_cores(points.device) as input_rounding:
        mean = torch.stack([block.mean(dim=0) * (len(block) / n) for block in _blocks(points)]).sum(dim=0)
        squares = torch.cat([(block - mean).double().square_().sum(dim=1) for block in _blocks(points)])
        for first in range(0, n, height):
            rows = torch.arange(first, min(n, first + height), device=points.device)
            products = _products(points, mean, squares, first, tile[: len(rows)])
            bound = _bound(squares, rows, points.shape[1], input_rounding)
            _settle(points, products, squares, bound, rows, k, indices, distances)
            advance(len(rows))
    return indices, distances


@contextmanager
def _tensor_cores(device: torch.device) -> Iterator[float]:
    """Let CUDA multiply on its tensor cores (TF32); yields the relative rounding of what they are given."""
    if device.type != "cuda":
        yield 0.0
        return
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        yield 2.0**-11  # of 10 bits after the point
    finally:
        torch.set_float32_matmul_precision(before)


def _blocks(points: Tensor) -> Iterator[Tensor]:
    """The rows in float32, as many at a time as a tile's bytes hold."""
    for block in points.split(max(1, TILE_BYTES // (4 * points.shape[1]))):
        yield block.float()


def _products(points: Tensor, mean: Tensor, squares: Tensor, first: int, tile: Tensor) -> Tensor:
    """Into `tile` (m, n): |y|^2 - 2 x.y for rows x from `first` on and all rows y, centred; -inf for x itself.

    What |x|^2 adds is the same along a row, and its order is all that is asked here.
    """
    here = points[first : first + len(tile)].float() - mean
    start = 0
    for block in _blocks(points):
        stop = start + len(block)
        there = block - mean
        torch.addmm(squares[start:stop].float()[None], here, there.T, alpha=-2.0, out=tile[:, start:stop])
        start = stop
    tile.diagonal(first).fill_(-torch.inf)
    return tile


def _bound(squares: Tensor, rows: Tensor, width: int, input_rounding: float) -> Tensor:
    """How far a product may be from the truth, float32 (m,): its own rounding, and that of what went into it.

    The rounding of a sum of `width` products walks at random: some sqrt(width) eps of |x| |y|. That of the inputs
    is 2 r |x| |y| at most, in -2 x.y twice that, and |x| |y| is at most a quarter of (|x| + |y|)^2.
    """
    reach = squares[rows].sqrt() + squares.max().sqrt()
    return ((8.0 * (width + 8) ** 0.5 * torch.finfo(torch.float32).eps + input_rounding) * reach**2).float()


def _settle(
    points: Tensor,
    products: Tensor,
    squares: Tensor,
    bound: Tensor,
    rows: Tensor,
    k: int,
    indices: Tensor,
    distances: Tensor,
) -> None:
    """Find the neighbours of `rows` and write them into `indices` and `distances`."""
    n = len(points)
    count = min(n, k + SPARE)
    while len(rows):
        proposed, candidates = products.topk(count, dim=1, largest=False)
        proposed += squares[rows, None].float()
        # k of them are no farther than the k-th proposal and its error; what is beyond that by its own, is out.
        possible = proposed <= proposed[:, k - 1 : k] + 2.0 * bound[:, None]
        exact = torch.full_like(proposed, torch.inf)
        exact[possible] = _differences(points, rows, candidates, possible)
        exact[:, 0] = -1.0  # itself first, whoever else lies on the same spot
        order = exact.argsort(dim=1, stable=True)[:, :k]
        best = exact.gather(1, order)
        beyond = proposed[:, -1] - bound  # nothing outside the candidates is nearer than this
        settled = (beyond >= best[:, -1]) | (best[:, -1] <= 0.0)
        if count == n:
            settled[:] = True
        indices[rows[settled]] = candidates.gather(1, order)[settled]
        distances[rows[settled]] = best[settled].clamp(min=0.0).sqrt()
        products, rows, bound = products[~settled], rows[~settled], bound[~settled]
        count = min(n, 4 * count)


def _differences(points: Tensor, rows: Tensor, candidates: Tensor, possible: Tensor) -> Tensor:
    """Squared distances float32 (p,) of the pairs marked in `possible`, row by row.

    A difference of near-duplicates is exact, and the sum is torch's cascade: right to a few units of rounding.
    """
    place, column = possible.nonzero(as_tuple=True)
    left, right = rows[place], candidates[place, column]
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
