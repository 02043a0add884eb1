"""The layers of one pass, each embedded from the one before and aligned to it, its neighbours found ahead."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...progress import steps
from ...tour.alignment import Placement, place
from ...tour.schema import DIMS
from ..activations import Captured
from ..algebra.centred import Centred
from ..algebra.sketch import sketch
from ..device import Machine
from ..embedding import embed, following_start, principal_start, schedule
from ..probing.probes import Probe
from .exclusion import CONSTANT, beyond_range, is_constant, kept_rows, leave_out_layer, moved_up
from .layer_rows import (
    Compared,
    LayerRows,
    compared,
    embedded_rows,
    exact_of_tried,
    layer_rows,
    note_placing,
    note_reduction,
)
from .neighbors_ahead import Neighbors, ahead
from .options import Options
from .work import Work

Points = NDArray[Any]


def embedded(work: Work, captured: Captured, layers: Sequence[int]) -> Generator[int]:
    """Embed these layers in their order and keep the results. Yields each one's number, its memory given back."""
    labels = [f"neighbours of {probe.name}" for probe in work.probes]
    options, matrices, coming = work.options, _matrices(work, captured, layers), dict[int, Compared]()

    def among(k: int, matrix: Tensor) -> Tensor:
        coming[k] = compared(matrix, options)
        return coming[k].rows

    with closing(ahead(matrices, options.n_neighbors, labels=labels, machine=work.machine, among=among)) as begun:
        for k, matrix, graph in begun:
            indices = graph.result()[0]
            mine = coming.pop(k)
            rows = layer_rows(matrix, mine, options, work.probes[k].name)
            if mine.axes is not None:
                full = rows.embedded.matrix
                note_reduction(work, k, full, mine.axes, indices, exact_of_tried(full, options))
                del full
            embed_layer(work, k, rows, graph)
            del matrix, graph, indices, mine, rows  # and work on with what they took
            work.machine.release()
            yield k


def _matrices(work: Work, captured: Captured, layers: Sequence[int]) -> Iterator[tuple[int, Tensor]]:
    """Each layer and its rows, less those left out, freed as the next is taken. Says and skips layers of equal rows."""
    keep = kept_rows(work, len(captured.rows))
    for k in layers:
        every = captured.matrices.pop(work.probes[k].name, None)
        if every is None:
            continue
        matrix = moved_up(every, torch.from_numpy(keep).nonzero()[:, 0])
        constant = is_constant(matrix)
        del every  # not before the device has answered: the stream that took its memory may be at work on another pass
        if constant:
            leave_out_layer(work, k, CONSTANT)
            continue
        yield k, matrix
        del matrix


def embed_layer(work: Work, k: int, rows: LayerRows, graph: Neighbors) -> None:
    """Embed and keep layer k, without the rows that are left out; a layer of equal rows is left out itself."""
    job = work.job
    keep = kept_rows(work, len(rows.every.matrix) + len(job.left_out))
    earlier = job.kept_layers(k)
    before = job.layer(earlier[-1]) if earlier else None
    if before is not None:
        before = before[0][keep], before[1]
    try:
        points, placement = _layer(rows, work.probes[k], before, work.options, work.machine, graph)
    except NothingToEmbedError as error:
        return leave_out_layer(work, k, str(error))
    if rows.with_rest is not None:
        note_placing(work, k, rows.every.matrix, points)
    job.keep_layer(k, points, placement, sketch(rows.every) if work.options.similarity else None, keep=keep)


def _layer(
    rows: LayerRows,
    probe: Probe,
    before: tuple[Points, Placement] | None,
    options: Options,
    machine: Machine,
    graph: Neighbors,
) -> tuple[Points, Placement]:
    """Embed one layer, or a sample and the rest around it, and place it, on the device: only the result leaves it."""
    how = schedule(len(rows.embedded.matrix), first=before is None)
    found = graph.result()
    if why := beyond_range(rows.embedded.matrix, found[1]):
        raise NothingToEmbedError(why)
    earlier = None if before is None else torch.from_numpy(before[0]).to(machine.device)
    start = _start(rows.embedded, None if earlier is None else embedded_rows(earlier, options), options)
    start = start.to(machine.device)
    with steps(f"UMAP of {probe.name}", how.epochs) as advance:
        points = embed(
            found,
            start,
            how=how,
            min_dist=options.min_dist,
            seed=options.seed,
            machine=machine,
            advance=advance,
        )
    if rows.with_rest is not None:
        points = torch.from_numpy(rows.with_rest(points.cpu().numpy())).to(machine.device)
    points = nn.functional.pad(points, (0, max(0, DIMS[0] - options.dims)))  # a figure in a plane stands in three
    placement = place(
        _in_array_module(points, machine),
        None if earlier is None else _in_array_module(earlier, machine),
        None if before is None else before[1],
    )
    return points.cpu().numpy(), placement


class NothingToEmbedError(ValueError):
    """The rows of a layer cannot be embedded. The message is why."""


def _start(rows: Centred, earlier: Tensor | None, options: Options) -> Tensor:
    """Where UMAP begins: the layer before, or the principal components of the first. Raises NothingToEmbedError."""
    try:
        if earlier is None:
            return principal_start(rows, options.dims, seed=options.seed)
        return following_start(earlier[:, : options.dims], seed=options.seed)
    except ValueError:
        raise NothingToEmbedError(CONSTANT) from None


def _in_array_module(points: Tensor, machine: Machine) -> Any:
    """The same memory as a CuPy array on a GPU with CuPy, as a NumPy array elsewhere."""
    if machine.cuml:
        import cupy

        return cupy.from_dlpack(points)
    return points.cpu().numpy()
