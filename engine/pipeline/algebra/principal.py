"""Principal axes of a layer's activations where they lie, on either device, without a centred copy of them."""

import numpy as np
import torch
from torch import Tensor

from .centred import Centred

EXACT = 2048  # rows or columns


def principal_axes(rows: Centred, keep: int, *, rounds: int = 16, direct: int | None = None) -> tuple[Tensor, Tensor]:
    """The `keep` largest principal values, descending, and their axes (width, keep), float64.

    Values are squares of singular values; an axis whose value is next to nothing is no direction. direct: up to
    this many rows or columns they are found directly, EXACT unless given; beyond, by `rounds` of subspace iteration.
    """
    n, width = rows.matrix.shape
    if min(n, width) <= (EXACT if direct is None else direct):
        if width <= n:
            values, vectors = torch.linalg.eigh(rows.gram())
            return values[-keep:].flip(0), vectors[:, -keep:].flip(1)
        # The same axes from the smaller product: right vectors = X^T left / singular value.
        centred = rows.matrix.to(rows.mean.device).double() - rows.mean
        values, vectors = torch.linalg.eigh(centred @ centred.T)
        values, vectors = values[-keep:].flip(0), vectors[:, -keep:].flip(1)
        return values, centred.T @ (vectors / values.clamp(min=1e-300).sqrt())
    # Subspace iteration (Halko, Martinsson & Tropp 2011), from the same start on any device.
    start = np.random.default_rng(0).standard_normal((width, 2 * keep + 8))
    axes = torch.from_numpy(start).to(rows.mean.device)
    for _ in range(rounds):
        axes = torch.linalg.qr(rows.gram_times(axes)).Q
    image = rows.times(axes)
    values, turn = torch.linalg.eigh(image.T @ image)
    return values[-keep:].flip(0), (axes @ turn)[:, -keep:].flip(1)
