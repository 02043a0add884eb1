"""New pictures into a finished tour, without moving what is there: one job that can be killed and goes on."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from .. import progress as progress_of
from ..tour.reading import load
from ..tour.tour import Tour
from ..tour.writing import check_replaceable
from .building.fingerprint import content, facts, few_pictures
from .building.job import Job, existing, readable_failures
from .building.planning import ON_DISK, SHARED, Plan, bytes_of, plan_for
from .building.request import Request
from .device import machine as machine_for
from .growth.by_workers import grow_by
from .growth.growing import Growth, grow
from .growth.grown import grown
from .growth.origin import Origin, check_built, opened_again, request_of
from .inputs.columns import with_label
from .inputs.decoding import Decoding, reduced
from .inputs.images import Images
from .inputs.preparation import prepared, standing
from .loader import as_input
from .models.network import Network
from .sharded.capturing import cut
from .sources import pictures
from .torch_settings import default_settings
from .workers import pipeline_workers

log = logging.getLogger("engine")


def add(
    tour: "str | Path | Tour",
    images: Any,
    *,
    out: "str | Path | None" = None,
    network: "str | nn.Module | Network | None" = None,
    weights: str | None = None,
    old_images: Any = None,
    attributes: "str | Path | None" = None,
    label: str | None = None,
    limit: int | None = None,
    device: str | None = None,
    memory: str | None = None,
    strict: bool = False,
    fresh: bool = False,
    progress: bool = True,
    cluster: Any = None,
) -> Tour:
    """Place `images` in every layer of a finished tour, where its own images stay as they are, and save it.

    tour: a folder that `build` made, or such a tour as it was loaded. out: where the longer one goes; in its place
    unless given. network, weights, old_images: what the tour was built from, where it does not say or that has moved.
    attributes, label, limit: of the new images, as in `build`. memory: for activations, such as "8GB".
    strict: stop at a broken image. fresh: start over where an earlier call left off. cluster: who does it, as in
    `build`; images old and new, and `out`, are where all workers see them.

    A call that was killed goes on where it was when made again. Raises ValueError saying what does not fit or is not
    as it was when the tour was built, FileExistsError where `out` is something else, OSError where a disk is full.
    """
    before = _opened(tour)
    assert before.folder is not None
    check_built(before)
    target = before.folder if out is None else Path(out).absolute()
    check_replaceable(target)
    request = request_of(before, network=network, weights=weights, images=old_images)
    machine = machine_for(device)
    short = SHARED if cluster is not None else f"give activations less with --memory, or {ON_DISK}"
    with default_settings(), progress_of.shown(progress), readable_failures(target, short=short), machine.current():
        mine = replace(request, images=images, attributes=attributes, limit=limit, sample=None)
        origin = opened_again(before, request, machine, strict=strict)
        new = _new(origin, mine, label)
        entry = {"images": new.origin, "labels and attributes": facts(new)}
        if not new.known:
            entry["content"] = content(new)
        if _there(target, entry, before, fresh=fresh):
            return load(target)
        job = Job.of(target, "add")
        scheme = _plan(origin, job, None if memory is None else bytes_of(memory), on_disk=cluster is not None)
        opens = replace(mine, attributes=None, label=None)  # which are of no matter to what is captured
        shards = cut(new.n, scheme, layers=len(origin.probes), tile=origin.work.options.tile)
        growth = Growth(origin, new, opens, job, scheme, shards)
        log.info("adding %s images to %s on %s", f"{new.n:,}", before.folder.name, machine)
        depends = {"tour": before.identity, **entry, "machine": str(machine), "processor": machine.processor}
        with job.begun(depends, fresh=fresh):
            if cluster is None:
                grow(growth)
            else:
                with pipeline_workers(cluster, gpus=machine.gpus) as workers:
                    grow_by(growth, workers, request)
            grown(growth, entry).save(target)
            job.remove()
    return load(target)


def _plan(origin: Origin, job: Job, memory: int | None, *, on_disk: bool) -> Plan:
    """Passes over the tour's own pictures. on_disk: their activations lie there, and memory is the disk's."""
    work = origin.work
    disk = existing(job.out) if on_disk else None
    return plan_for(
        work.machine, origin.probes, n=work.images.n, max_width=work.options.max_width, memory=memory, disk=disk
    )


def _opened(tour: "str | Path | Tour") -> Tour:
    if not isinstance(tour, Tour):
        return load(tour)
    if tour.folder is None:
        raise ValueError(f"{tour.name} is in memory alone; save it, and add to what is saved")
    return tour


def _new(origin: Origin, request: Request, label: str | None) -> Images:
    """The new pictures as the network is given them. Raises ValueError where that differs from when the tour was built.

    label: the attribute that is theirs; that of the request, if they have it, unless given.
    """
    work = origin.work
    source = pictures(
        request.images,
        Decoding(request.value_range, request.max_pixels, reduced(work.net.side), on_gpu=request.decode == "gpu"),
        attributes=request.attributes,
        label=label,
        limit=request.limit,
        seed=request.seed,
    )
    if label is None and request.label is not None and request.label in source.columns:
        source = with_label(source, request.label)
    _, source = standing(work.net, source, request.ground)
    source, few = prepared(source, work.net, few_pictures(source))
    for line in source.passed_over.said():
        log.info("passed over: %s", line)
    now, then = (tuple(as_input(work.net, each[0]).shape) for each in (few, few_pictures(work.images)))
    if now != then:
        raise ValueError(
            f"the new images are {' x '.join(map(str, now))} for {work.net.name}, and those of {origin.name} are "
            f"{' x '.join(map(str, then))}; give images of that size and kind of colour"
        )
    return _with_truth_like(source, work.images)


def _with_truth_like(new: Images, old: Images) -> Images:
    """The new pictures with the output that is each one's own class, where the old ones' labels tell which."""
    counted = old.counted and new.classes == old.classes
    if old.truth is None or old.labels is None or new.labels is None:
        return replace(new, truth=None, counted=counted)
    known = {str(name): int(place) for name, place in zip(old.labels, old.truth, strict=True)}
    places = [known.get(str(name), -1) for name in new.labels]
    return replace(new, truth=np.array(places, dtype=np.int64), counted=counted)


def _there(target: Path, entry: dict[str, Any], before: Tour, *, fresh: bool) -> bool:
    """Whether the pictures are in the tour at `target` already. Raises FileExistsError where another one is there."""
    if fresh and target != before.folder:
        return False
    there = before if target == before.folder else None
    if there is None and (target / "tour.json").is_file():
        there = load(target)
        if there.how.get("inputs") != before.how["inputs"]:
            raise FileExistsError(f"{target}: is another tour; --fresh replaces it, or choose another --out")
    if there is None:
        return False
    found = any(all(each.get(key) == value for key, value in entry.items()) for each in there.how.get("added", []))
    if found:
        log.info("%s has these images already; nothing to do", target.name)
    elif there is not before:
        raise FileExistsError(f"{target}: is there without these images; --fresh replaces it, or choose another --out")
    return found
