"""New rows among embedded ones: their nearest neighbours there, a weighted mean, a few epochs with the others held.

What UMAP's own `transform` does, but that every new row depends on the embedded ones and itself alone. So rows may be
placed together or one by one, in any cut and order, and come out the same to the bit: the neighbours are exact,
strengths are those of one row, how often an edge is followed does not ask for the strongest edge of all, and the random
numbers of a row begin with where it starts. Reference: McInnes, Healy & Melville 2018 (UMAP).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .embedding import prepare_umap, threads_kept
from .neighbors import distances, merge, nothing_found

EPOCHS = 100  # as in its transform of up to 10,000 rows; measured in docs/embedding.md
LEAST = 1.001e-3  # of the mean of a row's distances, how far its memberships reach: UMAP's own, and a little more
RATE = 0.25  # of UMAP's own, as in its transform
BLOCK_BYTES = 256 * 2**20  # of embedded rows that are searched at a time


def neighbors_among(rows: Tensor, embedded: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k nearest of the `embedded` rows (n, w) to each of `rows` (m, w), by Euclidean distance, then by row.

    rows: float32; embedded: float32 or float16, perhaps on another device, from which they come block by block.
    Returns indices int64 and distances float32, (m, k) each, ascending, where `rows` are.
    """
    found = nothing_found(len(rows), k, rows.device)
    height = max(1, BLOCK_BYTES // (4 * embedded.shape[1]))
    for first in range(0, len(embedded), height):
        merge(rows, embedded[first : first + height].to(rows.device).float(), first, found)
    return found[0], distances(found)


def strengths(lengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """How strongly each row belongs to its neighbours (m, k), in [0, 1], from their distances: UMAP's memberships.

    As in its transform, the nearest is not a row's own point, so nothing is taken off the distances.
    """
    prepare_umap()
    from umap.umap_ import compute_membership_strengths, smooth_knn_dist

    lengths = np.ascontiguousarray(lengths)
    m, k = lengths.shape
    means = lengths.mean(axis=1, keepdims=True)
    means[means == 0.0] = 1.0  # then all are the same, whatever the width
    with threads_kept():
        # A width is at least 0.001 of the mean of all distances: 1 here, up to rounding in which other rows would show.
        widths = smooth_knn_dist(lengths / means, float(k), local_connectivity=0.0)[0]
    sigmas = np.maximum(widths, LEAST) * means[:, 0]
    sigmas[lengths[:, -1] == 0.0] = 1.0
    numbers = np.arange(m * k, dtype=np.int32).reshape(m, k)  # asked for whether they are -1
    with threads_kept():
        found = compute_membership_strengths(numbers, lengths, sigmas, np.zeros(m, dtype=np.float32), False, True)
    return found[2].reshape(m, k)


def weighted_mean(
    indices: NDArray[np.int64], weights: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Where rows start, float32 (m, d): the mean of their neighbours' points, or on the first that is the same."""
    total = np.zeros((len(indices), 1))
    start = np.zeros((len(indices), points.shape[1]))
    for column, weight in zip(indices.T, weights.T.astype(np.float64), strict=True):  # in one order for every row
        total += weight[:, None]
        start += weight[:, None] * points[column]
    same = weights[:, 0] == 1.0
    start[same], total[same] = points[indices[same, 0]], 1.0
    return (start / total).astype(np.float32)


def place_rows(
    indices: NDArray[np.int64],
    lengths: NDArray[np.float32],
    points: NDArray[np.float32],
    *,
    min_dist: float,
    seed: int | None,
) -> NDArray[np.float32]:
    """Place rows (m, d) among the embedded `points` (n, d), which stay, by their neighbours there (m, k)."""
    if not len(lengths):
        return np.empty((0, points.shape[1]), dtype=np.float32)
    weights = strengths(lengths)
    placed = weighted_mean(indices, weights, points)
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import find_ab_params

    heads, columns = np.nonzero(weights >= 1.0 / EPOCHS)  # the others would not be followed once
    a, b = find_ab_params(1.0, min_dist)
    state = np.random.RandomState(seed or 0).randint(np.iinfo(np.int32).min + 1, np.iinfo(np.int32).max - 1, 3)
    with threads_kept():
        optimize_layout_euclidean(
            placed,
            np.array(points, dtype=np.float32, order="C"),
            heads.astype(np.int32),
            indices[heads, columns].astype(np.int32),
            EPOCHS,
            len(points),
            1.0 / weights[heads, columns].astype(np.float64),
            a,
            b,
            state.astype(np.int64),
            initial_alpha=RATE,
            move_other=False,
        )
    return placed


def fitted(rows: Tensor, scale: float, *, half: bool) -> Tensor:
    """Rows as the embedded ones are kept: times their scale, and rounded to half precision where that holds them."""
    rows = rows.float() * scale
    if half:
        rounded = rows.half()
        return torch.where(torch.isfinite(rounded).all(dim=1, keepdim=True), rounded.float(), rows)
    return rows
