"""Products of all rows with all rows, as fast as the device multiplies, and how far they may be from the truth.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y. A GPU multiplies float16 twice as fast as its tensor cores take float32, adding up in
float32. So it is given a centred copy in float16, of all rows or of as many as memory has room for. What that rounds
off is known here, row by row, so a bound that holds for every pair can be taken off the product at once, by one more
column, whatever the device does inside.
Tensor cores cut off where they add: Fasi, Higham, Mikaitis & Pranesh 2021 (Numerical behavior of NVIDIA tensor cores).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

BLOCK_BYTES = 64 * 2**20  # of rows in float32 that are worked on at a time
AT_ONCE = 4  # such blocks that are there together while rows are made ready
LONGEST = 2.0**10  # norm that the longest row of a float16 copy is scaled to, at most: 26 binary orders lie below
EPSILON = torch.finfo(torch.float32).eps
CUT = 8  # products that a tensor core adds up before it cuts their sum off


@dataclass(frozen=True, eq=False)
class Operands:
    """The rows (n, w) of a matrix as products are made of them: centred, scaled by a power of two, rounded."""

    points: Tensor
    mean: Tensor
    """float32 (w,)."""
    half: bool
    """Whether products are of float16, as on a GPU, or of float32."""
    scale: float
    squares: Tensor
    """|x|^2 of the scaled rows, float64 (n,)."""
    norms: Tensor
    """Upper bounds of the norms of the rounded rows, float32 (n,)."""
    relative: float
    absolute: float
    """A rounded row is at most `relative` times its norm plus `absolute` from the true one."""
    copy: Tensor | None = None
    """float16 (m, padded w + 1) of m rows from `start` on, the norm times `reach` in column w; others are made anew."""
    start: int = 0

    @property
    def slope(self) -> float:
        """How far x.y of two rows may be from the truth, over the product of their norms."""
        width = self.points.shape[1]
        sums = 8.0 * (width + 8) ** 0.5 * EPSILON  # rounding of a sum walks at random,
        if self.half:
            sums += (width / CUT + 8) * EPSILON  # and cutting off does not
        return 2.0 * self.relative + self.relative**2 + sums

    @property
    def reach(self) -> float:
        """The root of `slope`, and so much more that rounding it to float16 leaves enough."""
        return 1.002 * self.slope**0.5

    @cached_property
    def low(self) -> Tensor:
        """|x|^2 less all that belongs to one row alone of the error of |x - y|^2, float32 (n,)."""
        return ((1.0 - 8.0 * EPSILON) * self.squares - 2.0 * self.absolute * (self.norms + self.absolute)).float()

    def rows(self, first: int, stop: int) -> Tensor:
        """Rows as they are multiplied, (stop - first, padded w + 1)."""
        kept = self._kept(first, stop)
        if kept is not None:
            return kept
        width = self.points.shape[1]
        kind = torch.float16 if self.half else torch.float32
        ready = self.points.new_empty((stop - first, padded(width)), dtype=kind)
        for block, place in zip(_blocks(self.points[first:stop]), _blocks(ready, width), strict=True):
            if self.half:
                place[:, :width] = (block.float() - self.mean).mul_(self.scale)
            else:
                torch.sub(block.float(), self.mean, out=place[:, :width])
        ready[:, width] = self.reach * self.norms[first:stop]
        ready[:, width + 1 :] = 0.0
        return ready

    def _kept(self, first: int, stop: int) -> Tensor | None:
        if self.copy is None or first < self.start or stop > self.start + len(self.copy):
            return None
        return self.copy[first - self.start : stop - self.start]


def operands(points: Tensor, *, half: bool | None = None, keep: slice | None = None) -> Operands:
    """Make the rows of `points` (n, w), float32 or float16, ready.

    half: for products of float16; on a GPU unless given. keep: of which rows a float16 copy is kept; of all unless
    given.
    """
    n, width = points.shape
    half = points.device.type == "cuda" if half is None else half
    mean = torch.stack([block.float().mean(dim=0) * (len(block) / n) for block in _blocks(points)]).sum(dim=0)
    squares = torch.cat([(block.float() - mean).double().square_().sum(dim=1) for block in _blocks(points)])
    if not half:
        norms = (squares.sqrt() * (1.0 + EPSILON)).float()
        return Operands(points, mean, False, 1.0, squares, norms, EPSILON / 2, 0.0)
    first, stop, _ = (slice(0, n) if keep is None else keep).indices(n)
    longest = float(squares.max().sqrt())
    scale = 2.0 ** float(torch.floor(torch.log2(torch.tensor(LONGEST / longest)))) if longest > 0.0 else 1.0
    copy = torch.zeros((stop - first, padded(width)), dtype=torch.float16, device=points.device)
    rests, lengths = [], []
    for span in (slice(0, first), slice(first, stop), slice(stop, n)):
        places = _blocks(copy, width) if span.start == first else None
        for block in _blocks(points[span]) if span.start < span.stop else ():
            centred = (block.float() - mean).mul_(scale)
            rounded = (centred.half() if places is None else next(places)[:, :width].copy_(centred)).float()
            lengths.append(rounded.double().norm(dim=1))
            rests.append(centred.sub_(rounded).double().norm(dim=1))
    error, norm = torch.cat(rests), torch.cat(lengths)
    absolute = width**0.5 * 2.0**-25  # of numbers below float16's normal ones
    relative = float(((error - absolute) / norm.clamp(min=1e-30)).clamp(min=0.0).max()) + EPSILON
    norms = (norm * (1.0 + EPSILON)).float()
    made = Operands(points, mean, True, scale, squares * scale**2, norms, relative, absolute, copy, first)
    copy[:, width] = made.reach * made.norms[first:stop]
    return made


def lower_bounds(of: Operands, first: int, tile: Tensor, start: int = 0) -> Tensor:
    """Into `tile` (m, c): what |x - y|^2 is at least, scaled, less `low` of x, for m rows x and c rows y.

    first, start: where these rows begin. What is left out is the same along a row. -inf for x itself.
    """
    here, others = of.rows(first, first + len(tile)), slice(start, start + tile.shape[1])
    low = of.low[others]
    if of.half:
        multiply(here, of.rows(others.start, others.stop), out=tile)
        torch.add(low[None], tile, alpha=-2.0, out=tile)
    else:
        at = 0
        for block in _blocks(of.points[others]):
            part = slice(at, at + len(block))
            there = of.rows(start + part.start, start + part.stop)
            torch.addmm(low[part][None], here, there.T, alpha=-2.0, out=tile[:, part])
            at = part.stop
    tile.diagonal(first - start).fill_(-torch.inf)
    return tile


def slack(of: Operands, rows: Tensor, others: Tensor) -> Tensor:
    """How far above its lower bound |x - y|^2 may be, scaled: rows (m,), others of each (m, c), float32 (m, c)."""
    here, there = of.norms[rows, None], of.norms[others]
    squares = (of.squares[rows, None] + of.squares[others]).float()
    # Twice each error; the column of norms times reach is more than slope by what it was rounded up.
    product = 2.0 * (1.01 * of.reach**2 + of.slope) * here * there
    return product + 16.0 * EPSILON * squares + 4.0 * of.absolute * (here + there + 2.0 * of.absolute)


def multiply(left: Tensor, right: Tensor, *, out: Tensor) -> None:
    """left right^T in float32 of float16 (m, w) and (n, w). Float16 products are exact in float32."""
    if left.device.type == "cuda" and hasattr(torch.ops.aten.mm, "dtype_out"):  # from torch 2.8 on
        torch.ops.aten.mm.dtype_out(left, right.T, torch.float32, out=out)
        return
    start = 0
    for block in _blocks(right):
        stop = start + len(block)
        torch.mm(left.float(), block.float().T, out=out[:, start:stop])
        start = stop


def padded(width: int) -> int:
    """Room for one more column, and for rows to begin where the device reads fastest."""
    return -(-(width + 1) // 16) * 16


def _blocks(matrix: Tensor, width: int | None = None) -> Iterator[Tensor]:
    """The rows, as many at a time as make BLOCK_BYTES of float32 of `width` columns."""
    return iter(matrix.split(max(1, BLOCK_BYTES // (4 * (width or matrix.shape[1])))))
