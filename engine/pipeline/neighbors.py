"""Exact nearest neighbours: candidates from tiled matrix products, their order from direct differences.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y is one matrix product for all pairs, and loses what is nearly equal to rounding.
So the product only proposes: every pair by the least that its distance can be (`products`). The true distances of
those candidates decide, and a row is settled once no point outside them can be nearer; until then it gets more.

Of points equally far the one in the lower row is nearer. So what is found depends on the rows alone, not on how they
are cut: blocks of rows may be searched one after the other, anywhere, and what they bring be merged (`merge`). They are
as large as the memory beside the matrix has room for, and smaller where it turns out to have less.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from .algebra.fused import squared_distances
from .algebra.products import BLOCK_BYTES, Operands, lower_bounds, operands, slack
from .algebra.tiling import LEAST, PAIR_BYTES, Tiling, tiling
from .device import out_of_memory, release, room

CACHE_BYTES = 2**21  # of a block of differences on a CPU: what stays near the core is read at its speed
SPARE = 16  # candidates beyond k to begin with
ROUNDED = 1.0 + 2e-6  # a computed distance is within this of the true one
SAME_BYTES = 32  # of a pair of rows that may be on the same spot
NOTHING = 2e-45  # a difference whose square is less than this is computed as none

Found = tuple[Tensor, Tensor]
"""The nearest so far: indices int64 (m, k) and squared distances float32 (m, k), ascending; inf where none is."""


def nearest(points: Tensor, k: int, *, advance: Callable[[int], None] = lambda rows: None) -> tuple[Tensor, Tensor]:
    """The k nearest neighbours of every row of `points` (n, w), itself first, by Euclidean distance, then by row.

    points: float32, or float16 to save memory: exact for the matrix as it is stored. Returns indices int64 (n, k)
    and distances float32 (n, k), ascending, on the device of `points`. Raises ValueError where there are fewer
    than k rows.
    """
    n = len(points)
    if not 1 <= k <= n:
        raise ValueError(f"{k} neighbours (itself included) of {n} points cannot be had; ask for at most {n}")
    found = nothing_found(n, k, points.device)
    _search(points, slice(0, n), slice(0, n), 0, found, advance)
    return found[0], distances(found)


def nothing_found(m: int, k: int, device: torch.device) -> Found:
    """k empty places for the neighbours of each of m rows."""
    indices = torch.full((m, k), -1, dtype=torch.int64, device=device)
    return indices, torch.full((m, k), torch.inf, device=device)


def distances(found: Found) -> Tensor:
    """Distances float32 (m, k) of what was found."""
    return found[1].clamp(min=0.0).sqrt()


def merge(rows: Tensor, block: Tensor, first: int, found: Found, *, at: int | None = None) -> None:
    """Look for the neighbours of `rows` (m, w) among `block` (c, w) as well, whose numbers begin with `first`.

    found: what other blocks have brought, made better here. at: where in the block `rows` lie, if they are part of it.
    """
    if at is None:
        both = torch.cat([rows, block])
        _search(both, slice(0, len(rows)), slice(len(rows), len(both)), first - len(rows), found)
    else:
        _search(block, slice(at, at + len(rows)), slice(0, len(block)), first, found)


class NoRoomError(MemoryError):
    """There is no memory for finding neighbours, however few rows are looked at together."""


def _search(
    points: Tensor,
    rows: slice,
    others: slice,
    offset: int,
    found: Found,
    advance: Callable[[int], None] = lambda m: None,
) -> None:
    """Neighbours of some rows of `points` among others of its rows. offset: what is added to a row for its number.

    Where memory is shorter than it seemed, that is begun again with smaller pieces. Raises NoRoomError in the end.
    """
    m, n, width = rows.stop - rows.start, others.stop - others.start, points.shape[1]
    free, told, before = room(points.device), _Told(advance), [each.clone() for each in found]
    while True:
        candidates = found[0].shape[1] + SPARE
        cut = tiling(m, n, width, candidates=candidates, room=max(free, LEAST), gpu=points.device.type == "cuda")
        try:
            return _search_in(cut, points, rows, others, offset, found, told)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        if free <= LEAST:
            raise NoRoomError(f"none for neighbours beside {len(points):,} rows of {width:,} numbers")
        release(points.device)  # not above, where the error's traceback still holds what did not fit
        free = min(free, room(points.device)) // 2
        for now, then in zip(found, before, strict=True):
            now.copy_(then)


def _search_in(
    cut: Tiling, points: Tensor, rows: slice, others: slice, offset: int, found: Found, told: "_Told"
) -> None:
    """The same in pieces of that size."""
    starts = range(others.start, others.stop, cut.columns)
    blocks = [slice(first, min(others.stop, first + cut.columns)) for first in starts]
    of = operands(points, keep=blocks[0])
    memory = torch.empty(cut.height * (blocks[0].stop - blocks[0].start), device=points.device)
    done = 0
    for block in blocks:
        if block is not blocks[0]:
            of = replace(of, copy=None)  # which goes before the next is made
            of = replace(of, copy=of.rows(block.start, block.stop), start=block.start)
        width = block.stop - block.start
        for first in range(rows.start, rows.stop, cut.height):
            here = torch.arange(first, min(rows.stop, first + cut.height), device=points.device)
            tile = memory[: len(here) * width].view(len(here), width)
            bounds = lower_bounds(of, first, tile, block.start)
            _settle(of, bounds, here, _Among(block.start, offset, cut.spare), found, here - rows.start)
            done += len(here) * width
            told.until(done // (others.stop - others.start))


class _Told:
    """How many rows somebody was told of, who is told of none twice where they are searched again."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance, self._told = advance, 0

    def until(self, rows: int) -> None:
        more = max(0, rows - self._told)
        self._told += more
        self._advance(more)


class _Among(NamedTuple):
    """Which points the columns of a tile of bounds are: rows from `start` on, `offset` more among all points."""

    start: int
    offset: int
    spare: int
    """Bytes for those rows of the tile that are looked at again, as many at a time as it has room for."""


def _settle(of: Operands, bounds: Tensor, rows: Tensor, among: _Among, found: Found, places: Tensor) -> None:
    """Improve the neighbours of `rows`, kept at `places` of `found`, by the points whose lower bounds are `bounds`."""
    width = bounds.shape[1]
    count = min(width, found[0].shape[1] + SPARE)
    left = _looked_at(of, bounds, rows, among, found, places, count)
    while len(left):
        count = min(width, 4 * count)
        parts = left.split(max(1, among.spare // (4 * width + PAIR_BYTES * count)))
        again = [_looked_at(of, bounds[p], rows[p], among, found, places[p], count) for p in parts]
        left = torch.cat([part[open_] for part, open_ in zip(parts, again, strict=True)])


def _looked_at(
    of: Operands, bounds: Tensor, rows: Tensor, among: _Among, found: Found, places: Tensor, count: int
) -> Tensor:
    """Settle rows by their `count` most promising candidates. Returns which of them (m,) were not to be settled."""
    k, width = found[0].shape[1], bounds.shape[1]
    least, columns = bounds.topk(count, dim=1, largest=False)
    candidates = columns + among.start
    least += of.low[rows, None]
    known = found[1][places, -1:] * (of.scale**2 * ROUNDED)
    if count >= k:  # k of them are no farther than this, so what is farther at least is out
        most = least + slack(of, rows, candidates)
        # Not kthvalue, which torch refuses on a GPU to scripts that ask for deterministic algorithms.
        enough = most.topk(k, dim=1, largest=False).values[:, -1:]
        known = torch.minimum(known, enough * ROUNDED)
    best = _with(found, places, _measured(of, rows, candidates, least <= known), candidates + among.offset)
    last = best[1][:, -1]
    settled = (least[:, -1] > last * (of.scale**2 * ROUNDED)) | (count == width)
    same = ~settled & (last <= 0.0)
    _write(found, places[settled], (best[0][settled], best[1][settled]))
    left = (~settled & ~same).nonzero()[:, 0]
    del least, columns, candidates, best
    for part in same.nonzero()[:, 0].split(max(1, among.spare // (SAME_BYTES * width))):
        if len(part):
            zeros = _lowest_of_the_same(of, bounds[part], rows[part], among, k)
            _write(found, places[part], _with(found, places[part], *zeros))
    return left


def _lowest_of_the_same(of: Operands, bounds: Tensor, rows: Tensor, among: _Among, k: int) -> tuple[Tensor, Tensor]:
    """Of rows on the same spot as k others or more, the first of those: squared distances, and their numbers.

    There may be as many as points, and all of them nearest, so they are taken as they come.
    """
    width = bounds.shape[1]
    possible = bounds + of.low[rows, None] <= of.points.shape[1] * NOTHING * of.scale**2
    order = torch.where(possible, torch.arange(width, device=rows.device), width)
    order[torch.isneginf(bounds)] = -1  # itself
    count = min(width, k + SPARE)
    while True:
        picked, columns = order.topk(count, dim=1, largest=False)
        candidates = columns + among.start
        exact = _measured(of, rows, candidates, picked < width)
        exact[exact > 0.0] = torch.inf
        if count == width or bool(((exact <= 0.0).sum(dim=1) >= k).logical_or(picked[:, -1] >= width).all()):
            return exact, candidates + among.offset
        count = min(width, 4 * count)


def _measured(of: Operands, rows: Tensor, candidates: Tensor, possible: Tensor) -> Tensor:
    """Squared distances (m, c) of rows to their candidates, inf where not possible, less than 0 to themselves."""
    exact = torch.full(candidates.shape, torch.inf, device=rows.device)
    exact[possible] = _differences(of.points, rows, candidates, possible)
    exact[candidates == rows[:, None]] = -1.0  # itself first, whoever else lies on the same spot
    return exact


def _with(found: Found, places: Tensor, exact: Tensor, numbers: Tensor) -> Found:
    """What is nearest of what was found in `places` and of more points: by distance, then by number."""
    k = found[0].shape[1]
    indices = torch.cat([found[0][places], numbers], dim=1)
    squares = torch.cat([found[1][places], exact], dim=1)
    indices, order = indices.sort(dim=1)
    squares = squares.gather(1, order)
    squares, order = squares.sort(dim=1, stable=True)
    return indices.gather(1, order)[:, :k], squares[:, :k]


def _write(found: Found, places: Tensor, best: Found) -> None:
    found[0][places], found[1][places] = best


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
    height = max(1, (CACHE_BYTES if cached else BLOCK_BYTES) // (4 * points.shape[1]))
    height = max(2, min(height, len(left)))
    # The same two blocks again and again: fresh memory would cost more than the arithmetic.
    a, b = torch.empty((2, height, points.shape[1]), dtype=points.dtype, device=points.device)
    squares = torch.empty(len(left), device=points.device)
    for first in range(0, len(left), height):
        part = slice(first, min(len(left), first + height))
        here, there = a[: part.stop - first], b[: part.stop - first]
        torch.index_select(points, 0, left[part], out=here)
        torch.index_select(points, 0, right[part], out=there)
        difference = here.sub_(there) if points.dtype == torch.float32 else here.float() - there.float()
        squares[part] = _sums(difference.square_())
    return squares


def _sums(block: Tensor) -> Tensor:
    """Of each row. A row alone would be added up in as many parts as there are threads, and come out otherwise."""
    return block.sum(dim=1) if len(block) != 1 else torch.cat([block, block]).sum(dim=1)[:1]
