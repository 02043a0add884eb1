"""Products of all rows with all rows, as fast as the device multiplies, and how far they may be from the truth.

|x - y|^2 = |x|^2 + |y|^2 - 2 x.y. A GPU multiplies float16 twice as fast as its tensor cores take float32, adding up in
float32. So it is given one centred copy in float16. What that rounds off is known here, row by row, so a bound that
holds for every pair can be taken off the product at once, by one more column, whatever the device does inside.
Tensor cores cut off where they add: Fasi, Higham, Mikaitis & Pranesh 2021 (Numerical behavior of NVIDIA tensor cores).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

BLOCK_BYTES = 256 * 2**20  # of rows made ready at a time
LONGEST = 2.0**10  # norm that the longest row of a float16 copy is scaled to, at most: 26 binary orders lie below
EPSILON = torch.finfo(torch.float32).eps
CUT = 8  # products that a tensor core adds up before it cuts their sum off


@dataclass(frozen=True, eq=False)
class Operands:
    """The rows (n, w) of a matrix as products are made of them: centred, scaled by a power of two, rounded."""

    points: Tensor
    mean: Tensor
    """float32 (w,)."""
    copy: Tensor | None
    """float16 (n, padded w + 1) on a GPU, the norm times `reach` in column w; elsewhere made block by block."""
    scale: float
    squares: Tensor
    """|x|^2 of the scaled rows, float64 (n,)."""
    norms: Tensor
    """Upper bounds of the norms of the rounded rows, float32 (n,)."""
    relative: float
    absolute: float
    """A rounded row is at most `relative` times its norm plus `absolute` from the true one."""

    @property
    def slope(self) -> float:
        """How far x.y of two rows may be from the truth, over the product of their norms."""
        width = self.points.shape[1]
        sums = 8.0 * (width + 8) ** 0.5 * EPSILON  # rounding of a sum walks at random,
        if self.copy is not None:
            sums += (width / CUT + 8) * EPSILON  # and cutting off does not
        return 2.0 * self.relative + self.relative**2 + sums

    @property
    def reach(self) -> float:
        """The root of `slope`, and so much more that rounding it to float16 leaves enough."""
        return 1.002 * self.slope**0.5

    @property
    def low(self) -> Tensor:
        """|x|^2 less all that belongs to one row alone of the error of |x - y|^2, float32 (n,)."""
        return ((1.0 - 8.0 * EPSILON) * self.squares - 2.0 * self.absolute * (self.norms + self.absolute)).float()

    def rows(self, first: int, stop: int) -> Tensor:
        """Rows as they are multiplied, (stop - first, padded w + 1); of a CPU until the next such call."""
        if self.copy is not None:
            return self.copy[first:stop]
        width = self.points.shape[1]
        ready = self.points.new_zeros((stop - first, _padded(width)), dtype=torch.float32)
        torch.sub(self.points[first:stop].float(), self.mean, out=ready[:, :width])
        ready[:, width] = self.reach * self.norms[first:stop]
        return ready


def operands(points: Tensor, *, half: bool | None = None) -> Operands:
    """Make the rows of `points` (n, w), float32 or float16, ready. half: a float16 copy, as on a GPU."""
    n, width = points.shape
    half = points.device.type == "cuda" if half is None else half
    mean = torch.stack([block.float().mean(dim=0) * (len(block) / n) for block in _blocks(points)]).sum(dim=0)
    squares = torch.cat([(block.float() - mean).double().square_().sum(dim=1) for block in _blocks(points)])
    if not half:
        norms = (squares.sqrt() * (1.0 + EPSILON)).float()
        return Operands(points, mean, None, 1.0, squares, norms, EPSILON / 2, 0.0)
    longest = float(squares.max().sqrt())
    scale = 2.0 ** float(torch.floor(torch.log2(torch.tensor(LONGEST / longest)))) if longest > 0.0 else 1.0
    copy = torch.zeros((n, _padded(width)), dtype=torch.float16, device=points.device)
    rests, lengths = [], []
    for block, place in zip(_blocks(points), _blocks(copy, width), strict=True):
        centred = (block.float() - mean).mul_(scale)
        rounded = place[:, :width].copy_(centred).float()
        lengths.append(rounded.double().norm(dim=1))
        rests.append(centred.sub_(rounded).double().norm(dim=1))
    error, norm = torch.cat(rests), torch.cat(lengths)
    absolute = width**0.5 * 2.0**-25  # of numbers below float16's normal ones
    relative = float(((error - absolute) / norm.clamp(min=1e-30)).clamp(min=0.0).max()) + EPSILON
    made = Operands(points, mean, copy, scale, squares * scale**2, (norm * (1.0 + EPSILON)).float(), relative, absolute)
    copy[:, width] = made.reach * made.norms
    return made


def lower_bounds(of: Operands, first: int, tile: Tensor, start: int = 0) -> Tensor:
    """Into `tile` (m, c): what |x - y|^2 is at least, scaled, less `low` of x, for m rows x and c rows y.

    first, start: where these rows begin. What is left out is the same along a row. -inf for x itself.
    """
    here, others = of.rows(first, first + len(tile)), slice(start, start + tile.shape[1])
    low = of.low[others]
    if of.copy is not None:
        multiply(here, of.copy[others], out=tile)
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


def _padded(width: int) -> int:
    """Room for one more column, and for rows to begin where the device reads fastest."""
    return -(-(width + 1) // 16) * 16


def _blocks(matrix: Tensor, width: int | None = None) -> Iterator[Tensor]:
    """The rows, as many at a time as make BLOCK_BYTES of float32 of `width` columns."""
    return iter(matrix.split(max(1, BLOCK_BYTES // (4 * (width or matrix.shape[1])))))
