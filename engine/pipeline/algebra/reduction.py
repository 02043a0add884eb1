"""Layers too wide for exact neighbours: compared on the principal axes of a sample of their rows; what that costs.

Axes drawn at random would spoil distances by 6 % (512 of them, Johnson & Lindenstrauss); principal axes lose what the
rows hardly differ in. How much of the variance they keep, and how many neighbours, is measured on other samples.
"""

import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .centred import Centred, Span, parts, product_of
from .principal import principal_axes

ROWS = 2048  # of the sample at least, and four for each axis
TRIED = 256  # rows on which the loss is measured


@dataclass(frozen=True, eq=False)
class Axes:
    """The principal axes of a sample."""

    mean: Tensor
    """float32 (width,)."""
    axes: Tensor
    """float32 (width, keep), orthonormal, or 0 where the sample has no more directions."""


def reduced_to(neighbours: str) -> int | None:
    """How many axes wider layers are reduced to: that of `reduced:512`, None of `exact`. Raises ValueError."""
    if neighbours == "exact":
        return None
    found = re.fullmatch(r"reduced:0*([1-9]\d{0,5})", neighbours)
    if not found:
        raise ValueError(f"neighbours are exact, or reduced:512 for so many principal axes, not {neighbours!r}")
    return int(found[1])


def drawn(n: int, count: int, *, seed: int | None, what: int) -> Tensor:
    """Up to `count` of n rows, seeded, ascending. what: a number for each use, so that each draws other rows."""
    rows = np.random.default_rng([seed or 0, what]).choice(n, min(n, count), replace=False)
    return torch.from_numpy(np.sort(rows))


def tried_rows(n: int, seed: int | None) -> Tensor:
    """The rows of n on which the loss is measured."""
    return drawn(n, TRIED, seed=seed, what=1)


def sample_axes(matrix: Tensor, keep: int, *, seed: int | None, device: torch.device) -> Axes:
    """The `keep` principal axes of a seeded sample of the rows of `matrix` (n, width), wherever that lies."""
    rows = drawn(len(matrix), max(ROWS, 4 * keep), seed=seed, what=0)
    sample = Centred(matrix[rows.to(matrix.device)].to(device))
    values, axes = principal_axes(sample, min(keep, len(rows)), direct=len(rows))
    return Axes(sample.mean, (axes * (values > values[0] * 1e-12)).float())


def on_axes(matrix: Tensor, axes: Axes, part: Span, device: torch.device) -> Tensor:
    """A part of the rows on the axes, float32 (m, keep)."""
    return product_of("times", matrix, part, axes.mean, axes.axes, device)


def reduced(matrix: Tensor, axes: Axes) -> Tensor:
    """All rows on the axes, float32 (n, keep), part by part as workers would."""
    return torch.cat([on_axes(matrix, axes, part, matrix.device) for part in parts(*matrix.shape)])


def variance(matrix: Tensor, axes: Axes, tried: Tensor) -> float:
    """The share of the variance of the tried rows that the axes keep."""
    x = matrix[tried.to(matrix.device)].to(axes.mean.device).double() - axes.mean
    whole = float(x.square().sum())
    return float((x @ axes.axes.double()).square().sum()) / whole if whole > 0.0 else 1.0


def recall(found: Tensor, exact: Tensor, tried: Tensor) -> float:
    """The share of the exact neighbours of the tried rows that are among those found, a row itself not counted.

    found: of all rows, (n, k); exact: of the tried ones, (m, k).
    """
    ours = found[tried.to(found.device)].cpu()
    among = (exact.cpu()[:, :, None] == ours[:, None, :]).any(dim=2)
    counted = exact.cpu() != tried[:, None]
    return float((among & counted).sum()) / float(counted.sum())
