"""New pictures placed in a tour by the workers of a cluster, in the same files and to the same bytes as by one machine.

Workers run the tour's own pictures through the network again, shard by shard, and join the rows of each layer in one
file; then each places shards of the new pictures among them. What they write is the only checkpoint, as in a build.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...cluster.workers import Task, Workers
from ...progress import steps
from ..building.job import Job
from ..building.request import Request
from ..building.work import Work
from ..sharded.capturing import fill_tiles, together
from ..sharded.searching import join
from ..sharded.sending import Sending
from ..sharded.shards import Shard, Shards, read_array, read_json, read_tensor, write_array
from ..sharded.specification import opened, told, written
from .growing import Growth, check_same, is_unchecked, no_longer_finite, no_longer_there, points_of
from .newcomers import EmbeddedLayer, place_shard
from .origin import rows_of

log = logging.getLogger("engine")


def grow_by(growth: Growth, workers: Workers, request: Request) -> None:
    """Place all new pictures in all layers. request: what opens the tour's own pictures."""
    log.info("%d workers at %s", len(workers.fit()), workers.address)
    own = _own(growth)
    mine, theirs = str(written(own, request)), str(written(growth.work, growth.request))
    sending = Sending.of(own, growth.plan, workers, mine)
    for at, layers in enumerate(growth.plan.passes):
        missing = growth.missing(layers)
        if not missing:
            continue
        label = f"{growth.plan.label(at)} of the tour's own images"
        _join(growth, sending, missing, label)
        for k in missing:
            growth.keep_trust(k, _layer(sending.shards, k))
        with steps(growth.label(at), growth.new.n) as advance:
            for task, _ in workers.run(place, _placings(growth, theirs, own.job.folder, missing)):
                shard: Shard = task.arguments[1]
                advance(shard.stop - shard.first)
        for k in missing:
            sending.shards.forget(k)


def _own(growth: Growth) -> Work:
    """The build of then, its shards in a folder of their own beside the new ones."""
    folder = growth.job.folder / "own"
    folder.mkdir(exist_ok=True)
    return replace(growth.origin.work, job=Job(growth.job.out, folder), probes=growth.origin.probes, strict=False)


def _join(growth: Growth, sending: Sending, layers: Sequence[int], label: str) -> None:
    """Have the rows of these layers that were embedded joined on the disk, with where they were embedded beside."""
    shards, origin = sending.shards, growth.origin
    open_ = [k for k in layers if read_json(shards.rows(k)) is None]
    if not open_:
        return
    sending.capture(open_, label)
    seen, _ = together(shards, sending.cut)
    rows = rows_of(origin, seen.rows, seen.broken)
    if is_unchecked(growth):
        tiles = growth.job.new_tiles(origin.work.images.n, origin.work.options.tile)
        check_same(growth, tiles[: fill_tiles(tiles, shards, sending.cut)], rows)
    others = np.setdiff1d(np.arange(len(seen.rows)), rows.numpy())
    for k in open_:
        _check(sending, k, set(others.tolist()))
        write_array(shards.product(k, "points"), points_of(origin, k))
    tasks = [
        Task(
            f"rows of {origin.probes[k].name}", (sending.file, k, sending.cut, others.tolist()), shards.rows(k).is_file
        )
        for k in open_
    ]
    for task, _ in sending.workers.run(join, tasks):
        shards.forget_shards(task.arguments[1])


def _check(sending: Sending, k: int, others: set[int]) -> None:
    """Raises ValueError where a layer has not a finite row for every picture that was embedded."""
    name, first = sending.work.probes[k].name, 0
    for shard in sending.cut:
        facts = read_json(sending.shards.layer(k, shard)) or {}
        if "left out" in facts:
            raise no_longer_there(name, facts["left out"])
        if {first + row for row in facts["bad"]} - others:
            raise no_longer_finite(name)
        first += facts["rows"]


def _placings(growth: Growth, file: str, own: Path, layers: Sequence[int]) -> list[Task]:
    tasks = []
    for shard in growth.cut:
        open_ = [k for k in layers if not growth.has(k, shard)]
        arguments: tuple[Any, ...] = (file, shard, growth.plan.batch, open_, own)
        tasks.append(Task(f"new {shard}", arguments, partial(_placed, growth, shard, open_)))
    return tasks


def _placed(growth: Growth, shard: Shard, layers: Sequence[int]) -> bool:
    return all(growth.has(k, shard) for k in layers)


def place(file: str, shard: Shard, batch: int, layers: Sequence[int], own: Path) -> None:
    """On a worker: the new pictures of a shard into these layers. own: the folder where the embedded rows are."""
    with told(file):
        place_shard(opened(file), shard, batch, {k: _layer(Shards(own), k) for k in layers})


def _layer(shards: Shards, k: int) -> EmbeddedLayer:
    scale = (read_json(shards.rows(k)) or {})["scale"] or 1.0
    return EmbeddedLayer(read_tensor(shards.matrix(k)), scale, np.array(read_array(shards.product(k, "points"))))
