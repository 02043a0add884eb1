"""Trustworthiness on a sample of rows: whether who is near a point in the embedding is near in the activations too.

T = 1 - 2 / (s k (2 n - 3 k - 1)) sum over s rows of sum over the k nearest in the embedding of max(0, rank - k), ranks
by distance in the activations, of n rows in all. Reference: Venna & Kaski 2001.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

SAMPLE = 256  # rows
BLOCK_BYTES = 256 * 2**20
DIRECTLY, ANYHOW = "donot_use_mm_for_euclid_dist", "use_mm_for_euclid_dist_if_necessary"


def sampled(n: int, *, seed: int) -> NDArray[np.int64]:
    """Up to SAMPLE of n rows, seeded, ascending."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:SAMPLE])


def penalties(
    rows: Tensor, points: Tensor, activations: Tensor, embedded: Tensor, k: int, *, own: Tensor | None = None
) -> list[float]:
    """For each row the sum over its k nearest embedded points of how far beyond k their rank is.

    rows: (s, w) with its points (s, d); activations: (n, w) with embedded (n, d), all on one device, float32, but for
    the activations, which come block by block from wherever they are, and perhaps in float16. own: where the rows are
    among the n themselves, and so no neighbours of their own.
    """
    near = _distances(points, embedded)
    if own is not None:
        near[torch.arange(len(rows), device=near.device), own] = torch.inf
    neighbors = near.topk(k, dim=1, largest=False).indices
    mean = activations.mean(dim=0, dtype=torch.float32).to(rows.device)
    height = max(1, BLOCK_BYTES // (4 * activations.shape[1]))
    parts = [_distances(rows - mean, block.to(rows.device).float() - mean) for block in activations.split(height)]
    apart = torch.cat(parts, dim=1)
    if own is not None:
        apart[torch.arange(len(rows), device=apart.device), own] = torch.inf
    ordered = apart.sort(dim=1).values
    ranks = torch.searchsorted(ordered, apart.gather(1, neighbors)) + 1
    beyond: list[float] = (ranks - k).clamp(min=0).sum(dim=1).double().tolist()
    return beyond


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """(s, n). Without products on a GPU, where a script may have them rounded to 10 bits: nothing near is left."""
    return torch.cdist(a, b, compute_mode=DIRECTLY if a.is_cuda else ANYHOW)


def trustworthiness(penalties: list[float], n: int, k: int) -> float:
    """The trustworthiness of rows with these penalties, of n in all. NaN without rows, or with too few for ranks."""
    most = k * (2 * n - 3 * k - 1)
    return 1.0 - 2.0 * float(np.mean(penalties)) / most if penalties and most > 0 else float("nan")
