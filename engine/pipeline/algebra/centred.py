"""The centred rows X of a layer as a linear operator: products with them, made part by part, added up in float64.

Rows are cut into the same parts and blocks whoever multiplies them: blocks add up to the sum of a part, and parts, in
their order, to the whole. So one machine and any number of workers end in the same bits.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

PART_BYTES = 512 * 2**20  # of rows, in float32
FEWEST = 8  # parts, where there are as many rows
BLOCK = 4 * 2048**2  # values at a time: what a device holds beside the matrix

Span = tuple[int, int]
"""Where rows begin and end."""
Multiply = Callable[[str, Sequence[Span], Tensor | None, Tensor | None], Iterator[Tensor]]
"""Makes what `product_of` of a kind makes of each part, in their order, with a mean and a factor."""


def parts(n: int, width: int) -> list[Span]:
    """n rows cut into parts, (first, end): the pieces in which workers share the work on a layer."""
    size = max(1, min(-(-n // FEWEST), PART_BYTES // (4 * width)))
    return [(first, min(n, first + size)) for first in range(0, n, size)]


class Centred:
    """Rows of `matrix` (n, width) less their mean. by: who multiplies them; this process unless given.

    All that comes out is float64 on that device, but for the mean.
    """

    def __init__(self, matrix: Tensor, *, by: Multiply | None = None) -> None:
        self.matrix = matrix
        self._by = by

    @classmethod
    def of(cls, rows: "Tensor | Centred") -> "Centred":
        return rows if isinstance(rows, Centred) else cls(rows)

    @cached_property
    def mean(self) -> Tensor:
        """float32 (width,)."""
        return (self._added("sum", None, None) / len(self.matrix)).float()

    def gram(self) -> Tensor:
        """X^T X, (width, width), of products in float64."""
        return self._added("gram", self.mean, None)

    def gram_times(self, axes: Tensor) -> Tensor:
        """X^T (X axes), (width, k)."""
        return self._added("gram times", self.mean, axes)

    def transposed_times(self, columns: Tensor) -> Tensor:
        """X^T columns, (width, k). columns: (n, k)."""
        return self._added("transposed times", self.mean, columns)

    def times(self, axes: Tensor) -> Tensor:
        """X axes, (n, k)."""
        return torch.cat(list(self._made("times", self.mean, axes))).double()

    def _added(self, kind: str, mean: Tensor | None, factor: Tensor | None) -> Tensor:
        made = self._made(kind, mean, factor)
        total = next(made).clone()
        for each in made:
            total += each
        return total

    def _made(self, kind: str, mean: Tensor | None, factor: Tensor | None) -> Iterator[Tensor]:
        cut, matrix = parts(*self.matrix.shape), self.matrix
        if self._by is not None:
            return self._by(kind, cut, mean, factor)
        return (product_of(kind, matrix, part, mean, factor, matrix.device) for part in cut)


def product_of(
    kind: str, matrix: Tensor, part: Span, mean: Tensor | None, factor: Tensor | None, device: torch.device
) -> Tensor:
    """What a part of the rows adds to a sum, or, of "times", its own rows of the product, on that device."""
    mean = None if mean is None else mean.to(device)
    product, by_row = PRODUCTS[kind]
    step = max(1, BLOCK // matrix.shape[1])
    made: list[Tensor] = []
    for first in range(*part, step):
        rows = slice(first, min(first + step, part[1]))
        block = matrix[rows].to(device)
        given = None if factor is None else (factor[rows] if by_row else factor).to(device)
        here = product(block, mean, given)
        if kind == "times" or not made:
            made.append(here)
        else:
            made[0] += here
    return torch.cat(made)


def _sum(block: Tensor, mean: Tensor | None, factor: Tensor | None) -> Tensor:
    return block.sum(dim=0, dtype=torch.float64)


def _gram(block: Tensor, mean: Tensor, factor: Tensor | None) -> Tensor:
    x = block.double() - mean
    return x.T @ x


def _gram_times(block: Tensor, mean: Tensor, axes: Tensor) -> Tensor:
    x = block.float() - mean
    return (x.T @ (x @ axes.float())).double()


def _times(block: Tensor, mean: Tensor, axes: Tensor) -> Tensor:
    return (block.float() - mean) @ axes.float()


def _transposed_times(block: Tensor, mean: Tensor, columns: Tensor) -> Tensor:
    return ((block.float() - mean).T @ columns.float()).double()


PRODUCTS: dict[str, tuple[Callable[..., Tensor], bool]] = {
    "sum": (_sum, False),
    "gram": (_gram, False),
    "gram times": (_gram_times, False),
    "times": (_times, False),
    "transposed times": (_transposed_times, True),
}
"""By kind: what is made of a block of rows, the mean and a factor; and whether the factor has a row for each row."""
