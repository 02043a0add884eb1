"""The scale of rows in half precision in every shard: the one that a single machine would have arrived at.

One machine makes all rows smaller when a later one outgrows half precision. A shard cannot know what came before, so
it is told what to begin with: at first what the first pictures decide, and where a shard before outgrew that, again.
"""

from collections.abc import Mapping, Sequence

from ...progress import silent
from ..activations import capture
from ..building.work import Work
from .shards import Shard, Shards, read_json
from .specification import part

Scales = Mapping[int, Mapping[int, float | None]]
"""By layer, and by the number of a shard."""


def first_scales(work: Work, batch: int, halves: Sequence[int], cut: Sequence[Shard]) -> Scales:
    """What the first batch of pictures decides; nothing yet for the first shard itself, which decides it again."""
    if not halves:
        return {}
    names = [work.probes[k].name for k in halves]
    images = part(work.images, 0, min(batch, work.images.n))
    how = work.settings(batch, halves, part=True)
    broken = [i for i in work.job.broken or () if i < images.n]
    with silent("engine"):  # what is found is said once, when the shards are put together
        found = capture(work.net, images, [work.probes[k] for k in halves], how=how, skip=broken).scales
    return {
        k: {shard.number: found.get(name) if shard.number else None for shard in cut}
        for k, name in zip(halves, names, strict=True)
    }


def retaken(shards: Shards, cut: Sequence[Shard], scales: Scales) -> Scales | None:
    """What every shard has to begin with, by how those before it ended; None where all have begun with that."""
    again: dict[int, dict[int, float | None]] = {}
    for k, begun in scales.items():
        now: float | None = None
        wrong = False
        again[k] = dict(begun)
        for shard in cut:
            wrong = wrong or begun[shard.number] != now
            again[k][shard.number] = now  # of those after a wrong one, the best that is known
            if not wrong:
                facts = read_json(shards.layer(k, shard)) or {}
                now = facts.get("scale", now)
    return again if any(again[k] != dict(scales[k]) for k in scales) else None
