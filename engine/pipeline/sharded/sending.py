"""Shards of pictures sent to workers to be captured: those not there yet, and those that began with a wrong scale."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ...cluster.workers import Task
from ...progress import steps
from .capturing import capture_shard
from .divided import Divided
from .scales import first_scales, retaken
from .shards import Shard, read_json

log = logging.getLogger("engine")


class Sending(Divided):
    """Has workers capture the pictures of a work."""

    def capture(self, layers: Sequence[int], label: str) -> None:
        """Capture every missing shard of these layers, and again those that began with the wrong scale."""
        halves = [k for k in layers if self.plan.half(k)]
        scales: Mapping[int, Mapping[int, float | None]] = first_scales(self.work, self.plan.batch, halves, self.cut)
        while True:
            begun = {shard: {k: scales[k][shard.number] for k in halves} for shard in self.cut}
            with steps(label, self.work.images.n) as advance:
                tasks = list(self._tasks(layers, begun))
                for task, _ in self.workers.run(capture_shard, tasks):
                    shard: Shard = task.arguments[1]
                    advance(shard.stop - shard.first)
            again = retaken(self.shards, self.cut, scales)
            if again is None:
                return
            log.info("some activations outgrew half precision; the shards after them are captured again")
            scales = again

    def _tasks(self, layers: Sequence[int], begun: Mapping[Shard, Mapping[int, float | None]]) -> Iterator[Task]:
        broken = self.work.job.broken
        for shard in self.cut:
            scales = begun[shard]
            open_ = [k for k in layers if not self._has(k, shard, scales)]
            seen = broken is not None or self.shards.pictures(shard).is_file()
            skip = None if not seen else self._broken(shard, broken)
            mine = {k: scale for k, scale in scales.items() if k in open_}
            arguments = (self.file, shard, open_, self.plan.batch, mine, skip)
            done = partial(self._done, open_, shard, scales, known=broken is not None)
            yield Task(str(shard), arguments, done)

    def _done(self, layers: Sequence[int], shard: Shard, scales: Mapping[int, float | None], *, known: bool) -> bool:
        """known: whether all pictures have been seen, by one machine perhaps, which leaves nothing of a shard."""
        seen = known or self.shards.pictures(shard).is_file()
        return seen and all(self._has(k, shard, scales) for k in layers)

    def _has(self, k: int, shard: Shard, scales: Mapping[int, float | None]) -> bool:
        facts = read_json(self.shards.layer(k, shard))
        return facts is not None and ("left out" in facts or facts["begun with"] == scales.get(k))

    def _broken(self, shard: Shard, broken: Mapping[int, str] | None) -> list[int]:
        if broken is not None:
            return [i for i in broken if shard.first <= i < shard.stop]
        seen = read_json(self.shards.pictures(shard)) or {"broken": {}}
        return [shard.first + int(i) for i in seen["broken"]]
