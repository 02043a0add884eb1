"""A layer's full activations in few columns, so that Gram matrices of layers can be compared long after the build.

Alignment of Gram matrices (CKA) weighs directions by the fourth power of their singular values, so the leading
principal components carry nearly all of it. How far the Gram matrix of what is kept lies from that of the activations
is measured on random vectors, and stored with it. Reference: Halko, Martinsson & Tropp 2011.
"""

import numpy as np
import torch
from torch import Tensor

from ...tour.tour import Sketch
from .centred import Centred
from .principal import principal_axes

MOST = 128  # columns
TAIL = 0.0025  # share of the Gram matrix's norm that may be left out to keep fewer
DIRECT = 4 * MOST  # rows or columns up to which they are found directly, which takes float64
ROUNDS = 3  # of subspace iteration: the error is measured, so this need not be the last word
PROBES = 64  # random vectors that the error is measured on
LARGEST = 2.0**14  # what the largest number is scaled to, at most: float16 has 28 binary orders of it below


def sketch(matrix: "Tensor | Centred") -> Sketch:
    """The leading principal components of the rows of `matrix` (n, width), centred, as many as tell, float16.

    The error bounds |F|, F the Gram matrix kept less that of all activations: twice the root mean square of F g over
    64 Gaussian g. The mean of |F g|^2 is |F|^2, and falls under a quarter of it with a probability below exp(-9), by
    Laurent & Massart 2000, lemma 1.
    """
    rows = Centred.of(matrix)
    values, axes = principal_axes(rows, min(MOST, *rows.matrix.shape), rounds=ROUNDS, direct=DIRECT)
    keep = _enough(values)
    scores = rows.times(axes[:, :keep])
    scores -= scores.mean(dim=0)
    scale = 2.0 ** float(torch.floor(torch.log2(LARGEST / scores.abs().max())))
    stored = (scores * scale).half()
    return Sketch(stored.cpu().numpy(), _error(rows, stored.double(), scale))


def _enough(values: Tensor) -> int:
    """How many components to keep, of those found: directions alone, and no more than tell."""
    values = values.cpu()  # where cumsum is deterministic
    fourth = values.clamp(min=0.0) ** 2
    left_out = fourth.flip(0).cumsum(0).flip(0).roll(-1)
    left_out[-1] = 0.0
    few = int((left_out > TAIL**2 * fourth.sum()).sum()) + 1
    return min(few, int((values > values[0] * 1e-12).sum()))


def _error(rows: Centred, stored: Tensor, scale: float) -> float:
    """What bounds the Frobenius norm of stored stored^T - scale^2 X X^T, X the centred rows."""
    drawn = np.random.default_rng(1).standard_normal((len(stored), PROBES))  # others than the axes began with
    probes = torch.from_numpy(drawn - drawn.mean(axis=0)).to(stored.device)
    full = rows.times(rows.transposed_times(probes)) * scale**2
    kept = stored @ (stored.T @ probes)
    difference = kept - kept.mean(dim=0) - (full - full.mean(dim=0))
    return 2.0 * float(difference.norm()) / PROBES**0.5
