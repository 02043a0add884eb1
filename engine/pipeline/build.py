"""Network and pictures to a Tour: capture, find neighbours, embed from layer to layer, align. One resumable job."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import progress as progress_of
from ..tour.alignment import Placement, place
from ..tour.format import load
from ..tour.pages import tiles_per_page
from ..tour.tour import Layer, Sketch, Sprites, Tour
from ..tour.writing import check_replaceable
from .activations import Captured, capture
from .ahead import Neighbors, ahead
from .attributes import attributes
from .device import Machine, out_of_memory
from .device import machine as machine_for
from .embedding import embed, following_start, principal_start, schedule
from .fingerprint import Witness, content
from .images import BrokenImageError, part_of
from .job import Job, readable_failures
from .network import Network
from .networks import as_network
from .options import Options
from .planning import Plan, bytes_of, describe, plan
from .pooling import Pooling
from .probes import Probe, Tokens
from .sketch import sketch
from .sources import as_images
from .work import Work, check_number, looked_at

log = logging.getLogger("engine")

BLOCK = 1024  # rows looked at together
CONSTANT = "it is the same for every image"


def build(
    network: "str | nn.Module | Network",
    images: Any,
    *,
    layers: Sequence[str] | None = None,
    dims: int = 15,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    max_width: int = 51_200,
    tile: int = 64,
    seed: int | None = 0,
    device: str | None = None,
    out: str | Path = "x.tour",
    progress: bool = True,
    weights: str = "default",
    weights_loose: bool = False,
    pooling: Pooling = "average",
    memory: str | None = None,
    limit: int | None = None,
    sample: int | None = None,
    strict: bool = False,
    fresh: bool = False,
    similarity: bool = False,
    tokens: Tokens = "all",
) -> Tour:
    """Run `images` through `network`, embed what every layer makes of them, and save the tour in the folder `out`.

    network: a name in torchvision, `timm:NAME`, `hf:NAME_OR_FOLDER`, `open_clip:ARCH/TAG`, `FILE.py:factory`,
    `package.module:factory`, or a module, which is given pixels (batch, channels, height, width) in [0, 1].
    images: a folder (class folders are labels), a torch Dataset, an array uint8 (n, height, width[,
    channels]), or (array, labels). layers: names and globs of modules to probe in place of the default ones.
    tile: side of the sprites in pixels. seed: the same bytes again on the same machine; None is faster and does not
    repeat. weights: default, none (random), or a file. weights_loose: the file may have another class head, lack some
    weights or have some beyond; each is said. pooling: of activations wider than
    `max_width`. memory: for activations, such as "8GB". limit: the first so many images. sample: so many at random.
    strict: stop at a broken image instead of leaving it out. fresh: start over where an earlier build left off.
    similarity: keep of every layer's activations what comparing them takes, up to 256 bytes a point and layer.
    tokens: of layers that are sequences of tokens keep all, their mean, or the class token.

    A build that was killed goes on where it was when called again. Raises ValueError or TypeError saying what does
    not fit, FileExistsError where `out` is something else, OSError where a disk is full or weights cannot be had.
    """
    options = Options(dims, n_neighbors, min_dist, max_width, pooling, tile, seed, similarity, tokens)
    budget = None if memory is None else bytes_of(memory)
    job = Job.of(out)
    check_replaceable(job.out)
    machine = machine_for(device)
    with progress_of.shown(progress), readable_failures(job.out), machine.current():
        net = as_network(network, weights=weights, loose=weights_loose, seed=seed)
        source = part_of(as_images(images), limit=limit, sample=sample, seed=seed)
        for line in source.passed_over.said():
            log.info("passed over: %s", line)
        work, inputs = looked_at(job, net, source, layers, options, machine, strict)
        source = work.images
        seen = content(source) if not source.known and job.reusable and not fresh else None
        if job.finished(inputs if seen is None else inputs | {"content": seen}, fresh=fresh):
            log.info("%s is finished and built from the same; nothing to do", job.out.name)
            job.remove()  # there still, if the build was killed at the very end
            return load(out)
        log.info("building %s on %s", job.out.name, machine)
        with job.begun(inputs, fresh=fresh, content=seen):
            try:
                _passes(work, _plan(work, budget))
                _assemble(work, inputs).save(out)
            except ValueError:  # the pictures or the network are at fault: the same build never gets further
                if not job.kept_layers(len(work.probes)):
                    job.remove()
                raise
            job.remove()
    return load(out)


def _plan(work: Work, memory: int | None) -> Plan:
    """The plan that an earlier build stored, unless other memory is asked for; said before anything starts."""
    job, probes, n = work.job, work.probes, work.images.n
    stored = job.plan
    if stored is not None and memory in (None, stored["memory"]):
        scheme = Plan.from_json(stored)
        done = sum(job.has_layer(k) for k in range(len(probes)))
        log.info("going on where an earlier build stopped: %d of %d layers are done", done, len(probes))
    else:
        budget = work.machine.memory if memory is None else memory
        scheme = plan(probes, n=n, max_width=work.options.max_width, memory=budget, batch=work.machine.batch)
        job.keep_plan(scheme.to_json() | {"memory": memory})
    for line in describe(scheme, probes, n):
        log.info("%s", line)
    return scheme


def _passes(work: Work, scheme: Plan) -> None:
    """Run every pass of the plan; one that is too much for memory as two, or with fewer images at a time."""
    at = 0
    while at < len(scheme.passes):
        smaller = None
        try:
            _pass(work, scheme, at)
        except (MemoryError, RuntimeError) as error:
            smaller = scheme.smaller(at) if out_of_memory(error) else None
            if smaller is None:
                raise
        if smaller is None:
            at += 1
            continue
        work.machine.release()  # not above, where the error's traceback still holds what did not fit
        count = len(smaller.passes[at])
        layers = "1 layer" if count == 1 else f"{count} layers"
        log.warning("out of memory; going on with %s and %d images at a time", layers, smaller.batch)
        work.job.keep_plan(smaller.to_json() | {"memory": (work.job.plan or {}).get("memory")})
        scheme = smaller


def _pass(work: Work, scheme: Plan, at: int) -> None:
    """One pass over the pictures and the layers that it brings."""
    job = work.job
    layers = [k for k in scheme.passes[at] if not job.has_layer(k)]
    if work.strict and job.broken:
        raise BrokenImageError(next(iter(job.broken.values())))
    if not layers and job.broken is not None:
        return
    captured = _captured(work, scheme, at, layers)
    _leave_out(work, captured, layers)
    labels = [f"neighbours of {probe.name}" for probe in work.probes]
    matrices = _matrices(work, captured, layers)
    with closing(ahead(matrices, work.options.n_neighbors, labels=labels, machine=work.machine)) as begun:
        for k, matrix, graph in begun:
            _embed(work, k, matrix, graph)
            del matrix, graph  # and work on with what they took
            work.machine.release()


def _matrices(work: Work, captured: Captured, layers: Sequence[int]) -> Iterator[tuple[int, Tensor]]:
    """The rows that are not left out, of every layer that tells them apart; the others are said. Lets go of them."""
    keep = _kept_rows(work, len(captured.rows))
    for k in layers:
        matrix = captured.matrices.pop(work.probes[k].name, None)
        if matrix is None:
            continue
        if not keep.all():
            matrix = matrix[torch.from_numpy(keep).to(matrix.device)]
        if is_constant(matrix):
            _no_layer(work, k, CONSTANT)
            continue
        yield k, matrix
        del matrix


def _kept_rows(work: Work, n: int) -> NDArray[np.bool_]:
    keep = np.ones(n, dtype=bool)
    keep[work.job.left_out] = False
    return keep


def _captured(work: Work, scheme: Plan, at: int, layers: Sequence[int]) -> Captured:
    """What the pictures make in these layers; the first time, what is known of the pictures is kept as well."""
    job, options, probes = work.job, work.options, work.probes
    broken = job.broken
    first = broken is None
    witness = Witness(work.images) if first and not work.images.known else None
    images = work.images if witness is None else witness.images
    captured = capture(
        work.net,
        images,
        [probes[k] for k in layers],
        device=work.machine.device,
        max_width=options.max_width,
        pooling=options.pooling,
        halves=[probes[k].name for k in layers if scheme.half(k)],
        batch_size=scheme.batch,
        tiles=job.new_tiles(images.n, options.tile) if first else None,
        skip=broken or (),
        strict=work.strict,
        label="activations" if len(scheme.passes) == 1 else f"activations, pass {at + 1} of {len(scheme.passes)}",
    )
    if first:
        if captured.broken:
            log.warning("%d of %d images could not be read and are left out", len(captured.broken), images.n)
        for line in images.notes.said():
            log.info("images with %s", line)
        check_number(len(captured.rows), options)
        if not work.scored:
            captured = replace(captured, answers=None)
        table = attributes(work.net, images, captured)
        job.keep_pictures(captured.rows, captured.broken, table, None if witness is None else witness.digest())
    return captured


def _leave_out(work: Work, captured: Captured, layers: Sequence[int]) -> None:
    """Leave out pictures that are not finite in some of these layers, and layers that are not in most pictures."""
    out: dict[int, str] = {}
    for k in layers:
        name = work.probes[k].name
        if name in captured.left_out:
            work.job.keep_no_layer(k, captured.left_out[name])  # which is said already
            continue
        bad = ~finite_rows(captured.matrices[name])
        if bad.double().mean() > 0.5:
            row = int(bad.nonzero()[0])
            del captured.matrices[name]
            _no_layer(work, k, f"it is not finite for {int(bad.sum()):,} images, {work.picture(row)} the first of them")
        else:
            out |= {int(row): name for row in bad.nonzero().flatten() if int(row) not in out}
    for row in sorted(set(out) - set(work.job.left_out)):
        log.warning("left out: %s: its activation in layer %s is not finite", work.picture(row), out[row])
    if out:
        work.job.leave_out(list(out))
        check_number(len(captured.rows) - len(work.job.left_out), work.options)


def _no_layer(work: Work, k: int, why: str) -> None:
    log.warning("layer %s is left out: %s", work.probes[k].name, why)
    work.job.keep_no_layer(k, why)


def _embed(work: Work, k: int, matrix: Tensor, graph: Neighbors) -> None:
    """Embed the rows of layer k that are not left out, and keep the result; or the word that it tells nothing apart."""
    job = work.job
    keep = _kept_rows(work, len(matrix) + len(job.left_out))
    earlier = job.kept_layers(k)
    before = job.layer(earlier[-1]) if earlier else None
    if before is not None:
        before = before[0][keep], before[1]
    try:
        points, placement = _layer(matrix, work.probes[k], before, work.options, work.machine, graph)
    except ConstantError:
        return _no_layer(work, k, CONSTANT)
    job.keep_layer(k, points, placement, sketch(matrix) if work.options.similarity else None, keep=keep)


def _layer(
    matrix: Tensor,
    probe: Probe,
    before: "tuple[np.ndarray[Any, Any], Placement] | None",
    options: Options,
    machine: Machine,
    graph: Neighbors,
) -> "tuple[np.ndarray[Any, Any], Placement]":
    """Embed one layer and place it, both on the device: only the result leaves it."""
    how = schedule(len(matrix), first=before is None)
    indices, distances = graph.result()
    earlier = None if before is None else torch.from_numpy(before[0]).to(machine.device)
    try:
        if earlier is None:
            start = principal_start(matrix, options.dims, seed=options.seed)
        else:
            start = following_start(earlier, seed=options.seed)
    except ValueError:
        raise ConstantError from None
    with progress_of.steps(f"UMAP of {probe.name}", how.epochs) as advance:
        points = embed(
            indices,
            distances,
            start,
            how=how,
            min_dist=options.min_dist,
            seed=options.seed,
            machine=machine,
            advance=advance,
        )
    placement = place(
        _in_array_module(points, machine),
        None if earlier is None else _in_array_module(earlier, machine),
        None if before is None else before[1],
    )
    return points.cpu().numpy(), placement


class ConstantError(ValueError):
    """A layer has nothing to embed."""


def is_constant(matrix: Tensor) -> bool:
    """Whether all rows are equal."""
    return all(bool((block == matrix[0]).all()) for block in matrix.split(BLOCK))


def finite_rows(matrix: Tensor) -> Tensor:
    """Which rows (n,) hold nothing but finite numbers."""
    return torch.cat([torch.isfinite(block).all(dim=1) for block in matrix.split(BLOCK)])


def _in_array_module(points: Tensor, machine: Machine) -> Any:
    """The same memory as a CuPy array on a GPU with CuPy, as a NumPy array elsewhere."""
    if machine.cuml:
        import cupy

        return cupy.from_dlpack(points)
    return points.cpu().numpy()


def _assemble(work: Work, inputs: dict[str, Any]) -> Tour:
    """The tour of the layers that were kept and the pictures that were left in."""
    job, options = work.job, work.options
    kept = job.kept_layers(len(work.probes))
    if not kept:
        raise ValueError("no layer tells the images apart: each is the same for all of them, or not finite")
    tiles, table = job.pictures()
    rows = np.setdiff1d(np.arange(len(tiles)), job.left_out)
    layers: list[Layer] = []
    for k in kept:
        (points, placement), kept_of_it = job.layer(k), job.sketch(k)
        if len(rows) < len(tiles):
            points = points[rows]
            before = layers[-1] if layers else None
            placement = place(points, before.points, before.placement) if before else place(points, None, None)
            kept_of_it = kept_of_it and Sketch(kept_of_it.values[rows], kept_of_it.error)
        layers.append(Layer(work.probes[k].name, work.probes[k].kind, points, placement, kept_of_it))
    per_page = tiles_per_page(len(rows), options.tile)
    content = {} if job.content is None else {"content": job.content}
    return Tour(
        name=job.out.name.removesuffix(".tour"),
        layers=tuple(layers),
        attributes=table.iloc[rows].reset_index(drop=True) if len(table) else pd.DataFrame(index=range(len(rows))),
        sprites=Sprites(
            len(rows), options.tile, per_page, lambda page: tiles[rows[page * per_page : (page + 1) * per_page]]
        ),
        how={"inputs": inputs | content},
    )
