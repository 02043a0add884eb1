"""The layers of one pass, each embedded from the one before and placed by it, its neighbours found ahead."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..progress import steps
from ..tour.alignment import Placement, place
from ..tour.schema import DIMS
from .activations import Captured
from .ahead import Neighbors, ahead
from .centred import Centred
from .device import Machine
from .embedding import embed, following_start, principal_start, schedule
from .exclusion import CONSTANT, beyond_range, is_constant, kept_rows, leave_out_layer
from .options import Options
from .probes import Probe
from .sketch import sketch
from .work import Work

Points = NDArray[Any]


def embedded(work: Work, captured: Captured, layers: Sequence[int]) -> Generator[int]:
    """Embed these layers in their order and keep the results. Yields each one's number, its memory given back."""
    labels = [f"neighbours of {probe.name}" for probe in work.probes]
    matrices = _matrices(work, captured, layers)
    with closing(ahead(matrices, work.options.n_neighbors, labels=labels, machine=work.machine)) as begun:
        for k, matrix, graph in begun:
            embed_layer(work, k, Centred(matrix), graph)
            del matrix, graph  # and work on with what they took
            work.machine.release()
            yield k


def _matrices(work: Work, captured: Captured, layers: Sequence[int]) -> Iterator[tuple[int, Tensor]]:
    """The rows that are not left out, of every layer that tells them apart; the others are said. Lets go of them."""
    keep = kept_rows(work, len(captured.rows))
    for k in layers:
        matrix = captured.matrices.pop(work.probes[k].name, None)
        if matrix is None:
            continue
        if not keep.all():
            matrix = matrix[torch.from_numpy(keep).to(matrix.device)]
        if is_constant(matrix):
            leave_out_layer(work, k, CONSTANT)
            continue
        yield k, matrix
        del matrix


def embed_layer(work: Work, k: int, rows: Centred, graph: Neighbors) -> None:
    """Embed the rows of layer k that are not left out, and keep the result; or the word that it tells nothing apart."""
    job = work.job
    keep = kept_rows(work, len(rows.matrix) + len(job.left_out))
    earlier = job.kept_layers(k)
    before = job.layer(earlier[-1]) if earlier else None
    if before is not None:
        before = before[0][keep], before[1]
    try:
        points, placement = _layer(rows, work.probes[k], before, work.options, work.machine, graph)
    except NothingToEmbedError as error:
        return leave_out_layer(work, k, str(error))
    job.keep_layer(k, points, placement, sketch(rows) if work.options.similarity else None, keep=keep)


def _layer(
    rows: Centred,
    probe: Probe,
    before: tuple[Points, Placement] | None,
    options: Options,
    machine: Machine,
    graph: Neighbors,
) -> tuple[Points, Placement]:
    """Embed one layer and place it, both on the device: only the result leaves it."""
    how = schedule(len(rows.matrix), first=before is None)
    found = graph.result()
    if why := beyond_range(rows.matrix, found[1]):
        raise NothingToEmbedError(why)
    earlier = None if before is None else torch.from_numpy(before[0]).to(machine.device)
    start = _start(rows, earlier, options).to(machine.device)
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
    points = nn.functional.pad(points, (0, max(0, DIMS[0] - options.dims)))  # a figure in a plane stands in three
    placement = place(
        _in_array_module(points, machine),
        None if earlier is None else _in_array_module(earlier, machine),
        None if before is None else before[1],
    )
    return points.cpu().numpy(), placement


class NothingToEmbedError(ValueError):
    """A layer tells nothing apart. The message is why."""


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
