"""New pictures placed in every layer of a tour, shard by shard: each a file that is there whole or not at all.

The tour keeps no activations, so those of the pictures that were embedded are captured again, in as few passes as
memory allows, and with each pass the new pictures shard by shard. Where a row lands depends on the embedded rows and on
its own activation alone (`placing`), so neither passes nor shards can be told from the result.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...progress import silent, steps
from ...tour.schema import FLAT
from ..activations import Captured, Settings, capture
from ..building.exclusion import finite_rows
from ..building.job import Job
from ..building.planning import Plan
from ..inputs.images import Images, no_longer_readable
from ..sharded.capturing import write_pictures
from ..sharded.shards import Shard, Shards, read_json, write_array, write_json
from ..sharded.specification import part
from .origin import Origin, check_sprites, rows_of
from .placing import fitted, neighbors_among, place_rows
from .trust import penalties, sampled

log = logging.getLogger("engine")


@dataclass(frozen=True, eq=False)
class Growth:
    """New pictures on their way into a tour."""

    origin: Origin
    new: Images
    job: Job
    plan: Plan
    cut: Sequence[Shard]
    """The new pictures, in whole batches."""

    @property
    def shards(self) -> Shards:
        return Shards(self.job.folder)

    def has(self, k: int, shard: Shard) -> bool:
        """Whether the pictures of a shard are placed in layer k."""
        return self.shards.layer(k, shard).is_file()


def grow(growth: Growth) -> None:
    """Place all new pictures in all layers. What is there is not done again."""
    for at, layers in enumerate(growth.plan.passes):
        missing = [k for k in layers if not all(growth.has(k, shard) for shard in growth.cut)]
        if missing:
            embedded = _embedded(growth, at, missing)
            with steps(growth.plan.label(at).replace("activations", "placing"), growth.new.n) as advance:
                for shard in growth.cut:
                    open_ = [k for k in missing if not growth.has(k, shard)]
                    if open_:
                        _shard(growth, embedded, shard, open_)
                    advance(shard.stop - shard.first)
            embedded.clear()
            growth.origin.work.machine.release()


@dataclass(frozen=True, eq=False)
class _Layer:
    """The rows of a layer that were embedded together."""

    activations: Tensor
    """(n, width), on the device, perhaps float16, times the scale."""
    scale: float
    points: NDArray[np.float32]
    """(n, d), of the dimensions that UMAP moves."""


def _embedded(growth: Growth, at: int, layers: Sequence[int]) -> dict[int, _Layer]:
    """The pictures that were embedded, run through the network again; the first time also whether they are the same."""
    origin, job = growth.origin, growth.job
    work, images = origin.work, origin.work.images
    seen = read_json(job.folder / "same.json") is not None
    tiles = None if seen else job.new_tiles(images.n, work.options.tile)
    with steps(f"{growth.plan.label(at)} of the tour's own images", images.n) as advance, silent("engine"):
        captured = capture(
            work.net,
            images,
            [origin.probes[k] for k in layers],
            how=_settings(growth, [k for k in layers if growth.plan.half(k)]),
            tiles=tiles,
            advance=advance,
        )
    rows = rows_of(origin, captured.rows, captured.broken)
    if tiles is not None:
        check_sprites(origin, tiles[rows.numpy()] if len(rows) < len(captured.rows) else tiles)
        del tiles
        job.remove_tiles()
        write_json(job.folder / "same.json", {"images": images.origin})
    found = {}
    for k in layers:
        matrix, scale, points = _matrix(growth, captured, k, rows)
        found[k] = _Layer(matrix, scale, points)
        _keep_trust(growth, k, found[k])
    return found


def _matrix(growth: Growth, captured: Captured, k: int, rows: Tensor) -> tuple[Tensor, float, NDArray[np.float32]]:
    """The activations of layer k that were embedded, what they are multiplied by, and where they were embedded."""
    name, layer, options = growth.origin.probes[k].name, growth.origin.tour.layers[k], growth.origin.work.options
    if name not in captured.matrices:
        raise ValueError(
            f"layer {name} {captured.left_out.get(name, 'is not there')}, and it was when the tour was built"
        )
    matrix = captured.matrices.pop(name)
    if len(rows) < len(matrix):
        matrix = matrix[rows.to(matrix.device)]
    if not finite_rows(matrix).all():
        raise ValueError(f"layer {name} is not finite for some images, and it was when the tour was built")
    dims = FLAT if options.dims == FLAT else layer.points.shape[1]
    return matrix, captured.scales.get(name) or 1.0, np.array(layer.points[: growth.origin.embedded, :dims])


def _settings(growth: Growth, halves: Sequence[int], *, of_part: bool = False) -> Settings:
    work = growth.origin.work
    return Settings(
        device=work.machine.device,
        max_width=work.options.max_width,
        pooling=work.options.pooling,
        batch=growth.plan.batch,
        halves=[growth.origin.probes[k].name for k in halves],
        strict=work.strict and of_part,  # of the tour's own it is known which are broken
        part=of_part,
    )


def _shard(growth: Growth, embedded: dict[int, _Layer], shard: Shard, layers: Sequence[int]) -> None:
    """Capture the new pictures of a shard and place them in these layers."""
    work, shards = growth.origin.work, growth.shards
    images = part(growth.new, shard.first, shard.stop)
    known = read_json(shards.pictures(shard))
    tiles = np.zeros((images.n, *[work.options.tile] * 2, 4), dtype=np.uint8) if known is None else None
    seen = capture(
        work.net,
        images,
        [growth.origin.probes[k] for k in layers],
        how=_settings(growth, (), of_part=True),
        tiles=tiles,
        skip=() if known is None else [int(i) for i in known["broken"]],
    )
    if known is not None and seen.broken:
        raise no_longer_readable(next(iter(seen.broken.values())))
    for name, why in seen.left_out.items():
        raise ValueError(f"layer {name} {why} among the new images, so they cannot be placed in it")
    if tiles is not None:
        write_array(shards.tiles(shard), tiles[: len(seen.rows)])
        write_pictures(shards, shard, seen, images, None)
    for k in layers:
        _place(growth, embedded[k], shard, k, seen)


def _place(growth: Growth, layer: _Layer, shard: Shard, k: int, seen: Captured) -> None:
    """Place the rows of a shard in layer k, those that are not finite being NaN, and keep them."""
    options, shards = growth.origin.work.options, growth.shards
    placed = np.full((len(seen.rows), layer.points.shape[1]), np.nan, dtype=np.float32)
    facts: dict[str, list[float]] = {"bad": [], "penalties": []}
    if seen.rows:
        rows = fitted(
            seen.matrices[growth.origin.probes[k].name], layer.scale, half=layer.activations.dtype == torch.float16
        )
        good = finite_rows(rows)
        facts["bad"] = (~good).nonzero().flatten().tolist()
        rows, kept = rows[good], good.cpu().numpy()
        found = neighbors_among(rows, layer.activations, min(options.n_neighbors, len(layer.points)))
        indices, lengths = (each.cpu().numpy() for each in found)
        placed[kept] = place_rows(indices, lengths, layer.points, min_dist=options.min_dist, seed=options.seed)
        numbers = np.array(seen.rows)[kept] + shard.first
        tried = np.flatnonzero(np.isin(numbers, sampled(growth.new.n, seed=1)))
        if len(tried):
            there = torch.from_numpy(placed[kept][tried]).to(rows.device)
            facts["penalties"] = _penalties(growth, layer, rows[tried], there)
    write_array(shards.layer(k, shard).with_suffix(".npy"), placed)
    write_json(shards.layer(k, shard), facts)


def _penalties(growth: Growth, layer: _Layer, rows: Tensor, points: Tensor, own: Tensor | None = None) -> list[float]:
    there = torch.from_numpy(layer.points).to(rows.device)
    k = trusted_neighbors(growth)
    return penalties(rows, points, layer.activations, there, k, own=own) if k else []


def trusted_neighbors(growth: Growth) -> int:
    """Of how many neighbours trustworthiness speaks."""
    return min(growth.origin.work.options.n_neighbors, (growth.origin.embedded - 1) // 2)


def _keep_trust(growth: Growth, k: int, layer: _Layer) -> None:
    """What the trustworthiness of the rows that were embedded together is computed from, for comparison."""
    own = torch.from_numpy(sampled(len(layer.points), seed=0)).to(layer.activations.device)
    points = torch.from_numpy(layer.points).to(own.device)[own]
    values = _penalties(growth, layer, layer.activations[own].float(), points, own)
    write_json(growth.shards.rows(k), {"penalties": values})
