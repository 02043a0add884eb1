"""The passes of a build by the workers of a cluster: shards captured, rows joined, neighbours found, layers embedded.

Whatever a worker has finished is in files, so what is there is not done again, whoever asks. Embedding, alignment and
what is kept of activations are done where the command runs, from the joined rows as they lie on the disk.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from ...cluster.workers import Workers
from ...tour.folders import Remarks
from ..building.background import Background
from ..building.exclusion import CONSTANT, leave_out_layer, leave_out_rows
from ..building.layers import embed_layer
from ..building.passes import keep_seen
from ..building.planning import Plan
from ..building.request import Request
from ..building.work import Work
from ..inputs.images import BrokenImageError, digest_of, none_readable
from .capturing import fill_tiles, together
from .finding import Finding
from .sending import Sending
from .shards import read_json, total
from .specification import written

log = logging.getLogger("engine")


def run_sharded(work: Work, plan: Plan, workers: Workers, request: Request, *, once_seen: Callable[[], None]) -> None:
    """Run every pass of the plan. once_seen: called when all pictures have been seen, and again with every pass."""
    file = str(written(work, request))
    log.info("%d workers at %s", len(workers.fit()), workers.address)
    with ThreadPoolExecutor(1) as pool:
        for at in range(len(plan.passes)):
            _Pass(work, plan, workers, file, at).run(pool, once_seen)


class _Pass:
    """One pass over the pictures and the layers that it brings."""

    def __init__(self, work: Work, plan: Plan, workers: Workers, file: str, at: int) -> None:
        self._work, self._plan, self._at = work, plan, at
        self._sending = Sending.of(work, plan, workers, file)
        self._shards, self._cut = self._sending.shards, self._sending.cut
        self._finding = Finding(work, plan, workers, file, self._cut)

    def run(self, pool: ThreadPoolExecutor, once_seen: Callable[[], None]) -> None:
        job = self._work.job
        missing = [k for k in self._plan.passes[self._at] if not job.has_layer(k)]
        if self._work.strict and job.broken:
            raise BrokenImageError(next(iter(job.broken.values())))
        if not missing and job.broken is not None:
            return
        layers = [k for k in missing if read_json(self._shards.rows(k)) is None]
        self._sending.capture(layers, self._plan.label(self._at))
        if job.broken is None:
            self._keep_pictures()
        self._leave_out(layers)
        once_seen()
        self._embed([k for k in missing if not job.has_layer(k)], pool)

    # ------------------------------------------------------------------------------------------ what is kept

    def _keep_pictures(self) -> None:
        """Put together what the shards have seen of the pictures, as one machine would have seen it."""
        work, job = self._work, self._work.job
        captured, more = together(self._shards, self._cut)
        if not captured.rows:
            raise none_readable(work.images, next(iter(captured.broken.values()), ""))
        for why in captured.broken.values():
            if work.strict:
                raise BrokenImageError(why)
            log.warning("left out: %s", why)
        fill_tiles(job.new_tiles(work.images.n, work.options.tile), self._shards, self._cut)
        digest = None if work.images.known else digest_of(more["digests"])
        keep_seen(work, captured, _remarks(more["notes"]), digest)
        for shard in self._cut:
            self._shards.tiles(shard).unlink(missing_ok=True)

    def _leave_out(self, layers: Sequence[int]) -> None:
        """Leave out rows that are not finite in some of these layers, and layers without a row for every picture."""
        bad: dict[int, list[int]] = {}
        n = 0
        for k in layers:
            facts = [read_json(self._shards.layer(k, shard)) or {} for shard in self._cut]
            why = next((each["left out"] for each in facts if "left out" in each), None)
            if why is not None:
                log.warning("left out: layer %s %s", self._work.probes[k].name, why)
                self._work.job.keep_no_layer(k, why)
                continue
            starts = np.cumsum([0, *(each["rows"] for each in facts)])
            n = total(facts)
            bad[k] = [int(start) + row for start, each in zip(starts, facts, strict=False) for row in each["bad"]]
        leave_out_rows(self._work, bad, n)

    # ------------------------------------------------------------------------------------------ rows to layers

    def _embed(self, layers: Sequence[int], pool: ThreadPoolExecutor) -> None:
        """Embed the layers in their order, while the rows of the next ones are joined and their neighbours found."""
        finding = self._finding
        coming = []
        try:
            for k in layers:
                n = self._work.images.n - len(self._work.job.broken or ()) - len(self._work.job.left_out)
                label = f"neighbours of {self._work.probes[k].name}"
                coming.append((k, Background(pool, partial(finding.graph, k), total=n, label=label)))
            while coming:
                k, graph = coming.pop(0)
                if graph.result()[0].shape[1] == 0:
                    leave_out_layer(self._work, k, CONSTANT)
                else:
                    embed_layer(self._work, k, finding.rows(k), graph)
                self._shards.forget(k)
        finally:
            for _, each in coming:
                each.stop()


def _remarks(notes: Sequence[Mapping[str, Mapping[str, Any]]]) -> Remarks:
    """What all shards have noted, as one reader would have."""
    all_ = Remarks()
    for each in notes:
        all_.extend(Remarks(Counter(each["counts"]), dict(each["examples"])))
    return all_
