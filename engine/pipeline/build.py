"""Network and pictures to a Tour: capture, find neighbours, embed from layer to layer, align. One resumable job."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .. import progress as progress_of
from ..tour.alignment import Placement, place
from ..tour.format import load
from ..tour.pages import tiles_per_page
from ..tour.schema import check_dims
from ..tour.tour import Layer, Sprites, Tour
from ..tour.writing import check_replaceable
from .activations import as_input, capture
from .attributes import attributes, with_truth
from .borrowed import borrowed, fed
from .device import Machine, out_of_memory
from .device import machine as machine_for
from .embedding import EQUAL, embed, following_start, principal_start, schedule
from .job import Job, readable_failures
from .neighbors import nearest
from .network import Network
from .networks import as_network
from .planning import Plan, bytes_of, describe, plan
from .pooling import Pooling
from .probes import Probe, chosen_probes, default_probes
from .sketch import sketch
from .sources import BrokenImageError, Images, as_images, none_readable, part_of
from .trace import trace

log = logging.getLogger("engine")


@dataclass(frozen=True)
class Options:
    """What a build is asked for, beside network and images."""

    dims: int
    n_neighbors: int
    min_dist: float
    max_width: int
    pooling: Pooling
    tile: int
    seed: int | None
    similarity: bool = False

    def __post_init__(self) -> None:
        check_dims(self.dims)
        if self.tile < 8 or self.tile > 512 or self.tile & (self.tile - 1):
            raise ValueError(f"tile is a power of two from 8 to 512 pixels, not {self.tile}")
        if self.n_neighbors < 2:
            raise ValueError(f"n_neighbors counts the point itself, so it is 2 or more, not {self.n_neighbors}")
        if self.max_width < 1:
            raise ValueError(f"max_width is a number of values, 1 or more, not {self.max_width}")
        if not 0.0 <= self.min_dist <= 1.0:  # beyond the spread of 1 there is no such curve
            raise ValueError(f"min_dist is from 0 to 1, not {self.min_dist}")
        if self.pooling not in ("average", "max"):
            raise ValueError(f"pooling is average or max, not {self.pooling!r}")


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

    A build that was killed goes on where it was when called again. Raises ValueError or TypeError saying what does
    not fit, FileExistsError where `out` is something else, OSError where a disk is full or weights cannot be had.
    """
    options = Options(dims, n_neighbors, min_dist, max_width, pooling, tile, seed, similarity)
    budget = None if memory is None else bytes_of(memory)
    job = Job.of(out)
    check_replaceable(job.out)
    machine = machine_for(device)
    with progress_of.shown(progress), readable_failures(job.out), machine.current():
        net = as_network(network, weights=weights, loose=weights_loose, seed=seed)
        source = part_of(as_images(images), limit=limit, sample=sample, seed=seed)
        net, probes, source = _look(net, source, layers, machine)
        _check_number(source.n, options)
        inputs = _inputs(net, source, probes, options, machine)
        if job.finished(inputs, fresh=fresh):
            log.info("%s is finished and built from the same; nothing to do", job.out.name)
            job.remove()  # there still, if the build was killed at the very end
            return load(out)
        log.info("building %s on %s", job.out.name, machine)
        with job.begun(inputs, fresh=fresh):
            try:
                scheme = _plan(job, probes, source.n, options, machine, budget)
                _passes(
                    job,
                    scheme,
                    machine,
                    lambda scheme, at: _pass(job, net, source, probes, scheme, at, options, machine, strict),
                )
            except ValueError:  # the pictures or the network are at fault, so the same build will never end
                job.remove()
                raise
            _assemble(job, probes, inputs, options).save(out)
            job.remove()
    return load(out)


def _look(
    net: Network, images: Images, layers: Sequence[str] | None, machine: Machine
) -> tuple[Network, list[Probe], Images]:
    """What is probed, seen on the first picture that can be read, and the images with the true class of each."""
    tensor = _first_input(net, images)
    with borrowed(net.module, machine.device) as module:
        seen = trace(module, fed(module, tensor[None].to(machine.device)))
    probes = default_probes(net.module, seen) if layers is None else chosen_probes(seen, layers)
    if not probes:
        raise ValueError(f"{net.name} has no layer to look at")
    outputs = seen.output[0] if seen.output is not None and len(seen.output) == 1 else 0
    return replace(net, answer=seen.answer), probes, with_truth(images, net, outputs)


def _first_input(net: Network, images: Images) -> Tensor:
    """The first picture that can be read as the network is given it. Raises ValueError where there is none."""
    why = ""
    for i in range(images.n):
        try:
            picture, _ = images.read(i)
        except BrokenImageError as error:
            why = why or str(error)
            continue
        return as_input(net, picture)
    raise none_readable(images, why)


def _check_number(n: int, options: Options) -> None:
    if n < options.n_neighbors:
        have = "there is one image" if n == 1 else f"there are {n:,} images"
        raise ValueError(
            f"{have}, and {options.n_neighbors} neighbours are asked for (the image itself included); "
            "give more images, or less to --n-neighbors"
        )


def _inputs(
    net: Network, images: Images, probes: Sequence[Probe], options: Options, machine: Machine
) -> dict[str, Any]:
    """What the tour depends on, in plain values: equal inputs and an equal machine give equal bytes."""
    return {
        "network": net.name,
        "weights": net.weights,
        "structure and weights": net.fingerprint(),
        "images": images.origin,
        "layers": [probe.name for probe in probes],
        "dims": options.dims,
        "n_neighbors": options.n_neighbors,
        "min_dist": options.min_dist,
        "max_width": options.max_width,
        "pooling": options.pooling,
        "tile": options.tile,
        "seed": options.seed,
        "machine": str(machine),
    } | ({"similarity": True} if options.similarity else {})


def _plan(job: Job, probes: Sequence[Probe], n: int, options: Options, machine: Machine, memory: int | None) -> Plan:
    """The plan that an earlier build stored, unless other memory is asked for; said before anything starts."""
    stored = job.plan
    if stored is not None and memory in (None, stored["memory"]):
        scheme = Plan.from_json(stored)
        done = sum(job.has_layer(k) for k in range(len(probes)))
        log.info("going on where an earlier build stopped: %d of %d layers are done", done, len(probes))
    else:
        budget = machine.memory if memory is None else memory
        scheme = plan(probes, n=n, max_width=options.max_width, memory=budget, batch=machine.batch)
        job.keep_plan(scheme.to_json() | {"memory": memory})
    for line in describe(scheme, probes, n):
        log.info("%s", line)
    return scheme


def _passes(job: Job, scheme: Plan, machine: Machine, run: Callable[[Plan, int], None]) -> None:
    """Run every pass of the plan; one that is too much for memory as two, or with fewer images at a time."""
    at = 0
    while at < len(scheme.passes):
        smaller = None
        try:
            run(scheme, at)
        except (MemoryError, RuntimeError) as error:
            smaller = scheme.smaller(at) if out_of_memory(error) else None
            if smaller is None:
                raise
        if smaller is None:
            at += 1
            continue
        machine.release()  # not above, where the error's traceback still holds what did not fit
        count = len(smaller.passes[at])
        layers = "1 layer" if count == 1 else f"{count} layers"
        log.warning("out of memory; going on with %s and %d images at a time", layers, smaller.batch)
        job.keep_plan(smaller.to_json() | {"memory": (job.plan or {}).get("memory")})
        scheme = smaller


def _pass(
    job: Job,
    net: Network,
    images: Images,
    probes: Sequence[Probe],
    scheme: Plan,
    at: int,
    options: Options,
    machine: Machine,
    strict: bool,
) -> None:
    """One pass over the pictures and the layers that it brings."""
    layers = [k for k in scheme.passes[at] if not job.has_layer(k)]
    broken = job.broken
    first = broken is None
    if strict and broken:
        raise BrokenImageError(next(iter(broken.values())))
    if not layers and not first:
        return
    here = [probes[k] for k in layers]
    tiles = job.new_tiles(images.n, options.tile) if first else None
    captured = capture(
        net,
        images,
        here,
        device=machine.device,
        max_width=options.max_width,
        pooling=options.pooling,
        halves=[probes[k].name for k in layers if scheme.half(k)],
        batch_size=scheme.batch,
        tiles=tiles,
        skip=broken or (),
        strict=strict,
        label="activations" if len(scheme.passes) == 1 else f"activations, pass {at + 1} of {len(scheme.passes)}",
    )
    if first:
        if captured.broken:
            log.warning("%d of %d images could not be read and are left out", len(captured.broken), images.n)
        _check_number(len(captured.rows), options)
        job.keep_pictures(captured.rows, captured.broken, attributes(net, images, captured))
    for name, why in captured.left_out.items():
        raise ValueError(f"layer {name} {why}; choose others with --layers")
    for k, probe in zip(layers, here, strict=True):
        matrix = captured.matrices.pop(probe.name)  # let go of once it is embedded
        before = job.layer(k - 1) if k else None
        points, placement = _layer(matrix, probe, before, options, machine)
        job.keep_layer(k, points, placement, sketch(matrix) if options.similarity else None)
        del matrix
        machine.release()


def _layer(
    matrix: Tensor,
    probe: Probe,
    before: "tuple[np.ndarray[Any, Any], Placement] | None",
    options: Options,
    machine: Machine,
) -> "tuple[np.ndarray[Any, Any], Placement]":
    """Embed one layer and place it, both on the device: only the result leaves it."""
    _check_matrix(matrix, probe)
    how = schedule(len(matrix), first=before is None)
    with progress_of.steps(f"neighbours of {probe.name}", len(matrix)) as advance:
        indices, distances = nearest(matrix, options.n_neighbors, advance=advance)
    earlier = None if before is None else torch.from_numpy(before[0]).to(machine.device)
    try:
        if earlier is None:
            start = principal_start(matrix, options.dims, seed=options.seed)
        else:
            start = following_start(earlier, seed=options.seed)
    except ValueError as error:
        raise ValueError(f"layer {probe.name}: {error}") from None
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


def _check_matrix(matrix: Tensor, probe: Probe) -> None:
    """Raises ValueError where a layer has a value that is not finite, or the same row for every picture."""
    equal = True
    for first in range(0, len(matrix), 1024):
        block = matrix[first : first + 1024]
        if not torch.isfinite(block.sum(dim=1, dtype=torch.float64)).all():
            row = first + int((~torch.isfinite(block)).any(dim=1).nonzero()[0])
            raise ValueError(f"layer {probe.name}: the activation of image {row} is not finite")
        equal = equal and bool((block == matrix[0]).all())
    if equal:
        raise ValueError(f"layer {probe.name}: {EQUAL}")


def _in_array_module(points: Tensor, machine: Machine) -> Any:
    """The same memory as a CuPy array on a GPU with CuPy, as a NumPy array elsewhere."""
    if machine.cuml:
        import cupy

        return cupy.from_dlpack(points)
    return points.cpu().numpy()


def _assemble(job: Job, probes: Sequence[Probe], inputs: dict[str, Any], options: Options) -> Tour:
    tiles, table = job.pictures()
    per_page = tiles_per_page(len(tiles), options.tile)
    return Tour(
        name=job.out.name.removesuffix(".tour"),
        layers=tuple(Layer(probe.name, probe.kind, *job.layer(k), job.sketch(k)) for k, probe in enumerate(probes)),
        attributes=table,
        sprites=Sprites(
            len(tiles), options.tile, per_page, lambda page: tiles[page * per_page : (page + 1) * per_page]
        ),
        how={"inputs": inputs},
    )
