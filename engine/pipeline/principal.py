"""Principal axes of a layer's activations where they lie, on either device, without a centred copy of them."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

EXACT = 2048  # rows or columns


def mean_row(matrix: Tensor) -> Tensor:
    """The mean of the rows, float32 (width,)."""
    return matrix.float().mean(dim=0) if matrix.numel() <= EXACT**2 else matrix.mean(dim=0, dtype=torch.float32)


def principal_axes(
    matrix: Tensor, mean: Tensor, keep: int, *, rounds: int = 16, direct: int | None = None
) -> tuple[Tensor, Tensor]:
    """The `keep` largest principal values, descending, and their axes (width, keep), float64.

    Values are squares of singular values; an axis whose value is next to nothing is no direction. direct: up to
    this many rows or columns they are found directly, EXACT unless given; beyond, by `rounds` of subspace iteration.
    """
    n, width = matrix.shape
    if min(n, width) <= (EXACT if direct is None else direct):
        centred = matrix.double() - mean
        values, vectors = torch.linalg.eigh(centred.T @ centred if width <= n else centred @ centred.T)
        values, vectors = values[-keep:].flip(0), vectors[:, -keep:].flip(1)
        if width > n:  # the same axes from the smaller product: right vectors = X^T left / singular value
            vectors = centred.T @ (vectors / values.clamp(min=1e-300).sqrt())
        return values, vectors
    # Subspace iteration (Halko, Martinsson & Tropp 2011), from the same start on any device.
    start = np.random.default_rng(0).standard_normal((width, 2 * keep + 8))
    axes = torch.from_numpy(start).to(matrix.device)
    for _ in range(rounds):
        axes = torch.linalg.qr(times(matrix, mean, axes, transposed=True)).Q
    image = times(matrix, mean, axes)
    values, turn = torch.linalg.eigh(image.T @ image)
    return values[-keep:].flip(0), (axes @ turn)[:, -keep:].flip(1)


def times(matrix: Tensor, mean: Tensor, axes: Tensor, *, transposed: bool = False) -> Tensor:
    """X axes of the centred rows X, or X^T X axes, float64, block by block."""
    if transposed:
        return sum_of_blocks(matrix, mean, lambda block, _: block.T @ (block @ axes.float()))
    return torch.cat([(block @ axes.float()).double() for _, block in blocks(matrix, mean)])


def sum_of_blocks(matrix: Tensor, mean: Tensor, part: Callable[[Tensor, slice], Tensor]) -> Tensor:
    """The sum over blocks of centred rows of `part(block, which rows)`, float64."""
    total = None
    for rows, block in blocks(matrix, mean):
        here = part(block, rows).double()
        total = here if total is None else total.add_(here)
    assert total is not None
    return total


def blocks(matrix: Tensor, mean: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Centred rows, float32, as many at a time as a device holds beside the matrix, and which they are."""
    step = max(1, EXACT**2 * 4 // matrix.shape[1])
    for first in range(0, len(matrix), step):
        rows = slice(first, min(first + step, len(matrix)))
        yield rows, matrix[rows].float() - mean
