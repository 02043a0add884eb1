"""Network and pictures to a Tour: capture, find neighbours, embed from layer to layer, align. One resumable job."""

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from .. import progress as progress_of
from ..tour.reading import load
from ..tour.tour import Tour
from ..tour.writing import check_replaceable
from .algebra.reduction import reduced_to
from .building.assembly import assemble
from .building.fingerprint import content
from .building.job import Job, readable_failures
from .building.layer_rows import most_embedded
from .building.options import Options
from .building.passes import run_passes
from .building.planning import ON_DISK, SHARED, Plan, bytes_of, describe, fitting, plan_for
from .building.request import Request
from .building.sprites import SpritePages
from .building.work import Work, looked_at
from .device import machine as machine_for
from .inputs.decoding import Decoder
from .inputs.jpegs import check_device
from .models.network import Network
from .probing.pooling import Pooling
from .probing.probes import Tokens
from .sharded.passes import run_sharded
from .torch_settings import default_settings
from .workers import pipeline_workers

log = logging.getLogger("engine")


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
    label: str | None = None,
    attributes: str | Path | None = None,
    ground: str | None = None,
    value_range: tuple[float, float] | None = None,
    max_pixels: int | None = None,
    cluster: Any = None,
    decode: Decoder = "cpu",
    neighbours: str = "exact",
    embed_sample: int | None = None,
) -> Tour:
    """Run `images` through `network`, embed what every layer makes of them, and save the tour in the folder `out`.

    network: a name in torchvision, `timm:NAME`, `hf:NAME_OR_FOLDER`, `open_clip:ARCH/TAG`, `FILE.py:factory`,
    `package.module:factory`, or a module, which is given pixels (batch, channels, height, width) in [0, 1].
    images: a folder (class folders are labels), a table of paths, `hf:NAME[:SPLIT]`, shards, an array or tensor, a list
    of files or pictures, (pictures, labels), a data set, a DataLoader or an iterator (docs/images.md).
    layers: names and globs of modules to probe in place of the default ones.
    tile: side of the sprites in pixels. seed: the same bytes again on the same machine; None is faster and does not
    repeat. weights: default, none (random), or a file. weights_loose: the file may have another class head, lack some
    weights or have some beyond; each is said. pooling: of activations wider than
    `max_width`. memory: for activations, such as "8GB"; a share of what is free unless given. limit: the first so many
    images. sample: so many at random.
    strict: stop at a broken image instead of leaving it out. fresh: start over where an earlier build left off.
    similarity: keep of every layer's activations what comparing them takes, up to 256 bytes a point and layer.
    tokens: of layers that are sequences of tokens keep all, their mean, or the class token.
    label: the column or attribute that is the label. attributes: a table with a row for each image, found by its file
    name or id. ground: what transparent images stand on, everywhere; white for the network alone unless given.
    value_range: what becomes black and white of 16-bit and float images. max_pixels: of an image; 179 million.
    neighbours: exact, or reduced:512 for layers wider than that to be compared on so many principal axes of a sample.
    embed_sample: so many images at random are embedded, the others placed among them; what memory takes unless given.
    cluster: who does it: local:N (workers on this machine), tcp://HOST:8786, a scheduler file, or a
    distributed.Client; `images` and `out` are where all workers see them. The bytes are those of one machine.
    decode: "gpu" has CUDA decode plain JPEGs, for torchvision's networks that classify; its pixels are not Pillow's.

    A build that was killed goes on where it was when called again. Raises ValueError or TypeError saying what does
    not fit, FileExistsError where `out` is something else, OSError where a disk is full or weights cannot be had.
    """
    options = Options(
        dims, n_neighbors, min_dist, max_width, pooling, tile, seed, similarity, tokens, ground, value_range, decode,
        reduced_to(neighbours), embed_sample,
    )  # fmt: skip
    request = Request(network, images, weights, weights_loose, seed, attributes, label, ground, value_range,
                      max_pixels, limit, sample, decode)  # fmt: skip
    budget = None if memory is None else bytes_of(memory)
    job = Job.of(out)
    check_replaceable(job.out)
    machine = machine_for(device)
    short = "close what else takes it, or " + (SHARED if cluster is not None else ON_DISK)
    with (
        default_settings(),
        progress_of.shown(progress),
        readable_failures(job.out, short=short),
        machine.current(),
    ):
        if decode == "gpu":
            check_device(machine.device)
        net, source = request.open()
        options = replace(options, embed_sample=most_embedded(source.n, options, machine.memory))
        for line in source.passed_over.said():
            log.info("passed over: %s", line)
        work, inputs = looked_at(job, net, source, layers, options, machine, strict)
        source = work.images
        seen = content(source) if not (source.known or fresh) and job.reusable else None
        if job.finished(inputs if seen is None else inputs | {"content": seen}, fresh=fresh):
            log.info("%s is finished and built from the same; nothing to do", job.out.name)
            job.remove()  # there still, if the build was killed at the very end
            return load(out)
        log.info("building %s on %s", job.out.name, machine)
        with job.begun(inputs, fresh=fresh, content=seen):
            try:
                with closing(SpritePages(work)) as pages:
                    scheme = _plan(work, budget, on_disk=cluster is not None)
                    if cluster is None:
                        run_passes(work, scheme, once_seen=pages.begin)
                    else:
                        with pipeline_workers(cluster, gpus=machine.gpus) as workers:
                            run_sharded(work, scheme, workers, request, once_seen=pages.begin)
                    assemble(work, inputs, pages, request).save(out)
            except ValueError:  # the pictures or the network are at fault: the same build never gets further
                if not job.kept_layers(len(work.probes)):
                    job.remove()
                raise
            job.remove()
    return load(out)


def _plan(work: Work, memory: int | None, *, on_disk: bool) -> Plan:
    """The plan that an earlier build stored, unless other memory is asked for; said before anything starts.

    on_disk: the activations of a pass lie on the disk, a layer twice for a moment, and memory is the disk's.
    """
    job, probes, n = work.job, work.probes, work.images.n
    stored = job.plan
    if stored is not None and (memory not in (None, stored["memory"]) or stored.get("on disk", False) != on_disk):
        stored = None
    if stored is not None:
        scheme = Plan.from_json(stored)
        if memory is None and not on_disk:
            scheme = fitting(scheme, work.machine, probes, n, done=job.has_layer)
            job.keep_plan(stored | scheme.to_json())
        done = sum(job.has_layer(k) for k in range(len(probes)))
        log.info("going on where an earlier build stopped: %d of %d layers are done", done, len(probes))
    else:
        disk = job.folder if on_disk else None
        scheme = plan_for(work.machine, probes, n=n, max_width=work.options.max_width, memory=memory, disk=disk)
        job.keep_plan(scheme.to_json() | {"memory": memory, "on disk": on_disk})
    for line in describe(scheme, probes, n):
        log.info("%s", line)
    return scheme
