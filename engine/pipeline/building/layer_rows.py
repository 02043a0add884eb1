"""The rows of a layer that are compared and embedded: all or a seeded sample, as they are or on principal axes.

The rows of the sample are embedded together. Every other row is placed by itself, by its exact neighbours among them
(`placing`), so neither the parts nor who places them can be told from the result.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...progress import steps
from ..algebra.centred import Centred, Span, parts
from ..algebra.reduction import Axes, drawn, on_axes, recall, reduced, sample_axes, tried_rows, variance
from ..algebra.trustworthiness import penalties, trustworthiness
from ..placing import neighbors_among, place_rows
from .options import Options
from .work import Work

log = logging.getLogger("engine")

POINT_BYTES = 128  # of a point and each of its neighbours, in umap-learn's lists of edges and schedules
AMONG = 10_000  # embedded rows that trustworthiness is measured among

Placed = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Compared:
    """Rows that neighbours are found among."""

    rows: Tensor
    """(N, width), or (N, axes)."""
    axes: Axes | None


@dataclass(frozen=True, eq=False)
class LayerRows:
    """The rows of a layer."""

    every: Centred
    embedded: Centred
    """Those that are embedded together."""
    with_rest: Callable[[Placed], Placed] | None = None
    """Points of all rows from those of the embedded ones, where they are a sample."""

    @classmethod
    def of(cls, matrix: Tensor) -> "LayerRows":
        """All embedded together."""
        rows = Centred(matrix)
        return cls(rows, rows)


def most_embedded(n: int, options: Options, memory: int) -> int | None:
    """How many of n rows are embedded together: what is asked for, or what memory takes; None where that is all."""
    asked = memory // (POINT_BYTES * options.n_neighbors) if options.embed_sample is None else options.embed_sample
    return max(asked, options.n_neighbors) if asked < n else None


def sampled(n: int, options: Options) -> Tensor | None:
    """The rows that are embedded together, ascending; None where all n are."""
    if options.embed_sample is None or options.embed_sample >= n:
        return None
    return _sample(n, options.embed_sample, options.seed)


@lru_cache(maxsize=1)  # asked for with every part of every layer, and a second's work where there are millions
def _sample(n: int, count: int, seed: int | None) -> Tensor:
    return drawn(n, count, seed=seed, what=2)


def wide(matrix: Tensor, options: Options) -> bool:
    """Whether rows are compared on axes."""
    return options.reduced is not None and matrix.shape[1] > options.reduced


def embedded_rows(matrix: Tensor, options: Options) -> Tensor:
    """The rows of a layer that are in the sample, as they are."""
    sample = sampled(len(matrix), options)
    return matrix if sample is None else matrix[sample.to(matrix.device)]


def axes_of(rows: Tensor, options: Options, device: torch.device) -> Axes:
    """What rows (N, width) are compared on, where they are wide."""
    assert options.reduced is not None
    return sample_axes(rows, options.reduced, seed=options.seed, device=device)


def layer_rows(matrix: Tensor, among: Compared, options: Options, name: str) -> LayerRows:
    """The rows of a layer in memory, and its name. among: what neighbours are found among."""
    if sampled(len(matrix), options) is None:
        return LayerRows.of(matrix)
    embedded = Centred(among.rows if among.axes is None else embedded_rows(matrix, options))
    return LayerRows(Centred(matrix), embedded, partial(placed, matrix, among, options=options, name=name))


def compared(matrix: Tensor, options: Options) -> Compared:
    """What neighbours of the rows of `matrix` (n, width) are found among."""
    rows = embedded_rows(matrix, options)
    if not wide(matrix, options):
        return Compared(rows, None)
    axes = axes_of(rows, options, matrix.device)
    return Compared(reduced(rows, axes), axes)


# ---------------------------------------------------------------------------------------------- the rest


def rest_of(n: int, part: Span, options: Options) -> NDArray[np.int64]:
    """Which rows of a part of n are not in the sample."""
    sample = sampled(n, options)
    assert sample is not None
    begin, end = np.searchsorted(sample.numpy(), part)
    return np.setdiff1d(np.arange(*part), sample.numpy()[begin:end], assume_unique=True)


def place_part(
    matrix: Tensor, part: Span, among: Compared, points: Placed, options: Options, device: torch.device
) -> tuple[NDArray[np.int64], Placed]:
    """Which of a part of the rows are not in the sample, and where they are placed among its `points` (N, d).

    device: where that is computed, wherever the rows lie.
    """
    rest = rest_of(len(matrix), part, options)
    if not len(rest):
        return rest, points[:0]
    rows = matrix[torch.from_numpy(rest).to(matrix.device)].to(device)
    if among.axes is not None:
        rows = on_axes(rows, among.axes, (0, len(rows)), device)
    found = neighbors_among(rows.float(), among.rows, min(options.n_neighbors, len(points)))
    indices, lengths = (each.cpu().numpy() for each in found)
    return rest, place_rows(indices, lengths, points, min_dist=options.min_dist, seed=options.seed)


def with_the_rest(
    n: int, points: Placed, options: Options, rests: Iterable[tuple[NDArray[np.int64], Placed]]
) -> Placed:
    """All n rows, (n, d): those of the sample at their `points`, the others where `rests` say, part by part."""
    sample = sampled(n, options)
    assert sample is not None
    everything = np.empty((n, points.shape[1]), dtype=np.float32)
    everything[sample.numpy()] = points
    for rest, here in rests:
        everything[rest] = here
    return everything


def placed(matrix: Tensor, among: Compared, points: Placed, *, options: Options, name: str = "") -> Placed:
    """All rows of `matrix`, (n, d): those of the sample at their `points`, the others placed part by part.

    name: of the layer.
    """
    with steps(f"placing {name}", len(matrix)) as advance:

        def rests() -> Iterator[tuple[NDArray[np.int64], Placed]]:
            for part in parts(*matrix.shape):
                yield place_part(matrix, part, among, points, options, matrix.device)
                advance(part[1] - part[0])

        return with_the_rest(len(matrix), points, options, rests())


# ---------------------------------------------------------------------------------------------- what it costs


def note_reduction(work: Work, k: int, rows: Tensor, axes: Axes, found: Tensor, exact: Tensor) -> None:
    """Say and keep what the axes of layer k lose. rows: (N, width); found: of all, exact: of those tried."""
    tried = tried_rows(len(rows), work.options.seed)
    kept, same = variance(rows, axes, tried), recall(found, exact, tried)
    log.info(
        "%s on %d of %s axes: %.1f %% of the variance and %.1f %% of the neighbours, measured on %d rows",
        work.probes[k].name, axes.axes.shape[1], f"{rows.shape[1]:,}", 100 * kept, 100 * same, len(tried),
    )  # fmt: skip
    work.job.note(k, {"axes": axes.axes.shape[1], "variance": kept, "recall": same})


def exact_of_tried(rows: Tensor, options: Options) -> Tensor:
    """Indices of the true neighbours of those rows (N, width) on which the loss is measured."""
    tried = tried_rows(len(rows), options.seed).to(rows.device)
    return neighbors_among(rows[tried].float(), rows, options.n_neighbors)[0]


def note_placing(work: Work, k: int, matrix: Tensor, points: Placed) -> None:
    """Say and keep how trustworthy the placed points of layer k are, beside the embedded ones, on samples of both."""
    options, device = work.options, work.machine.device
    sample = sampled(len(matrix), options)
    assert sample is not None
    among = sample[drawn(len(sample), AMONG, seed=options.seed, what=3)]
    own = tried_rows(len(among), options.seed)
    rest = torch.from_numpy(rest_of(len(matrix), (0, len(matrix)), options))
    rest = rest[tried_rows(len(rest), options.seed)]
    count = min(options.n_neighbors, (len(among) - 1) // 2)

    def rows(which: Tensor) -> tuple[Tensor, Tensor]:
        return matrix[which.to(matrix.device)].to(device).float(), torch.from_numpy(points[which.numpy()]).to(device)

    activations, there = rows(among)
    of_own = penalties(activations[own], there[own], activations, there, count, own=own.to(device))
    of_rest = penalties(*rows(rest), activations, there, count)
    embedded, put = (trustworthiness(each, len(among), count) for each in (of_own, of_rest))
    log.info(
        "%s: %s points embedded, %s placed; trustworthiness %.3f and %.3f, measured on %d of each",
        work.probes[k].name, f"{len(sample):,}", f"{len(matrix) - len(sample):,}", embedded, put, len(own),
    )  # fmt: skip
    work.job.note(k, {"embedded": len(sample), "trust": embedded, "trust of the placed": put})
