"""New pictures placed in every layer of a tour, shard by shard: each a file that is there whole or not at all.

The tour keeps no activations, so those of the pictures that were embedded are captured again, in as few passes as
memory allows, and with each pass the new pictures shard by shard. Where a row lands depends on the embedded rows and on
its own activation alone (`placing`), so neither passes nor shards, nor who places them, can be told from the result.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ...progress import silent, steps
from ...tour.schema import FLAT
from ..activations import Captured, capture
from ..building.exclusion import finite_rows, moved_up
from ..building.job import Job
from ..building.planning import Plan
from ..building.request import Request
from ..building.work import Work
from ..device import out_of_memory
from ..inputs.images import Images
from ..sharded.shards import Shard, Shards, read_json, write_json
from ..sharded.specification import Opened, specified
from .newcomers import EmbeddedLayer, penalties_of_own, place_shard
from .origin import Origin, check_sprites, rows_of

log = logging.getLogger("engine")


@dataclass(frozen=True, eq=False)
class Growth:
    """New pictures on their way into a tour."""

    origin: Origin
    new: Images
    request: Request
    """What opens them and the network."""
    job: Job
    plan: Plan
    cut: Sequence[Shard]
    """The new pictures, in whole batches."""

    @property
    def shards(self) -> Shards:
        return Shards(self.job.folder)

    @property
    def work(self) -> Work:
        """The same as the build of then, of the new pictures."""
        return replace(self.origin.work, job=self.job, images=self.new, probes=self.origin.probes)

    def has(self, k: int, shard: Shard) -> bool:
        """Whether the pictures of a shard are placed in layer k."""
        return self.shards.layer(k, shard).is_file()

    def missing(self, layers: Sequence[int]) -> list[int]:
        """Those in which some pictures are not placed."""
        return [k for k in layers if not all(self.has(k, shard) for shard in self.cut)]

    def keep_trust(self, k: int, layer: EmbeddedLayer) -> None:
        """What the trustworthiness of the rows that were embedded together is computed from, for comparison."""
        values = penalties_of_own(layer, self.origin.work.options.n_neighbors, self.origin.work.machine.device)
        write_json(self.shards.rows(k), {"penalties": values})

    def label(self, at: int) -> str:
        """What pass `at` over the new pictures is called."""
        return self.plan.label(at).replace("activations", "placing")


def grow(growth: Growth) -> None:
    """Place all new pictures in all layers, of half as many at a time where memory is short. What is there is not done
    again."""
    at = 0
    while at < len(growth.plan.passes):
        try:
            _grow(growth, at)
            at += 1
            continue
        except (MemoryError, RuntimeError) as error:
            smaller = growth.plan.smaller(at, captured=True)  # batches stay, of which shards are cut
            if smaller is None or not out_of_memory(error):
                raise
        growth.origin.work.machine.release()  # not above, where the error's traceback still holds what did not fit
        growth = replace(growth, plan=smaller)
        log.warning("out of memory; going on with %d layers at a time", len(smaller.passes[at]))


def _grow(growth: Growth, at: int) -> None:
    """One pass over the new pictures."""
    here = Opened(specified(growth.work, growth.request), growth.origin.work.net, growth.new)
    missing = growth.missing(growth.plan.passes[at])
    if not missing:
        return
    embedded = _embedded(growth, at, missing)
    with steps(growth.label(at), growth.new.n) as advance:
        for shard in growth.cut:
            open_ = [k for k in missing if not growth.has(k, shard)]
            if open_:
                place_shard(here, shard, growth.plan.batch, {k: embedded[k] for k in open_})
            advance(shard.stop - shard.first)
    embedded.clear()
    growth.origin.work.machine.release()


def _embedded(growth: Growth, at: int, layers: Sequence[int]) -> dict[int, EmbeddedLayer]:
    """The pictures that were embedded, run through the network again; the first time also whether they are the same."""
    origin, job = growth.origin, growth.job
    work, images = origin.work, origin.work.images
    tiles = job.new_tiles(images.n, work.options.tile) if is_unchecked(growth) else None
    with steps(f"{growth.plan.label(at)} of the tour's own images", images.n) as advance, silent("engine"):
        captured = capture(
            work.net,
            images,
            [origin.probes[k] for k in layers],
            how=growth.work.settings(growth.plan.batch, filter(growth.plan.half, layers)),
            tiles=tiles,
            advance=advance,
        )
    rows = rows_of(origin, captured.rows, captured.broken)
    if tiles is not None:
        check_same(growth, tiles[: len(captured.rows)], rows)
        del tiles
    found = {}
    for k in layers:
        found[k] = EmbeddedLayer(*_matrix(growth, captured, k, rows), points_of(origin, k))
        growth.keep_trust(k, found[k])
    return found


def is_unchecked(growth: Growth) -> bool:
    """Whether the tour's own pictures are still to be compared with those that it was built from."""
    return read_json(growth.job.folder / "same.json") is None


def check_same(growth: Growth, tiles: NDArray[np.uint8], rows: Tensor) -> None:
    """Raises ValueError where the tour's own pictures are others than it was built from.

    tiles: of all that could be read. rows: which of these are in the tour.
    """
    check_sprites(growth.origin, tiles[rows.numpy()] if len(rows) < len(tiles) else tiles)
    growth.job.remove_tiles()
    write_json(growth.job.folder / "same.json", {"images": growth.origin.work.images.origin})


def _matrix(growth: Growth, captured: Captured, k: int, rows: Tensor) -> tuple[Tensor, float]:
    """The activations of layer k that were embedded, and what they are multiplied by."""
    name = growth.origin.probes[k].name
    if name not in captured.matrices:
        raise no_longer_there(name, captured.left_out.get(name, "is not there"))
    matrix = moved_up(captured.matrices.pop(name), rows)
    if not finite_rows(matrix).all():
        raise no_longer_finite(name)
    return matrix, captured.scales.get(name) or 1.0


def no_longer_there(name: str, why: str) -> ValueError:
    return ValueError(f"layer {name} {why}, and it was when the tour was built")


def no_longer_finite(name: str) -> ValueError:
    return ValueError(f"layer {name} is not finite for some images, and it was when the tour was built")


def points_of(origin: Origin, k: int) -> NDArray[np.float32]:
    """Where the pictures of layer k are that were embedded together, of the dimensions that UMAP moved."""
    points = origin.tour.layers[k].points
    dims = FLAT if origin.work.options.dims == FLAT else points.shape[1]
    return np.array(points[: origin.embedded, :dims])
