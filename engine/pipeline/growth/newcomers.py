"""New pictures of one shard captured and placed among the embedded rows of layers, by one machine or by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..activations import Captured, capture
from ..algebra.trustworthiness import penalties, sampled
from ..building.exclusion import finite_rows
from ..inputs.images import no_longer_readable
from ..placing import fitted, neighbors_among, place_rows
from ..sharded.capturing import settings, write_pictures
from ..sharded.shards import Shard, Shards, read_json, write_array, write_json
from ..sharded.specification import Opened, part


@dataclass(frozen=True, eq=False)
class EmbeddedLayer:
    """The rows of a layer that were embedded together."""

    activations: Tensor
    """(n, width), perhaps float16, times the scale; on the device, or on the disk."""
    scale: float
    points: NDArray[np.float32]
    """(n, d), of the dimensions that UMAP moves."""


def place_shard(here: Opened, shard: Shard, batch: int, layers: Mapping[int, EmbeddedLayer]) -> None:
    """Capture the new pictures of a shard and place them in these layers; what comes out is in files."""
    options, shards, probes = here.spec.options, Shards(here.spec.folder), here.spec.probes
    images = part(here.images, shard.first, shard.stop)
    known = read_json(shards.pictures(shard))
    tiles = np.zeros((images.n, *[options.tile] * 2, 4), dtype=np.uint8) if known is None else None
    seen = capture(
        here.net,
        images,
        [probes[k] for k in layers],
        how=settings(here, batch, {}),
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
    for k, layer in layers.items():
        _place(here, shard, k, layer, seen)


def _place(here: Opened, shard: Shard, k: int, layer: EmbeddedLayer, seen: Captured) -> None:
    """Place the rows of a shard in layer k, those that are not finite being NaN, and keep them."""
    options, shards = here.spec.options, Shards(here.spec.folder)
    placed = np.full((len(seen.rows), layer.points.shape[1]), np.nan, dtype=np.float32)
    facts: dict[str, list[float]] = {"bad": [], "penalties": []}
    if seen.rows:
        rows = fitted(
            seen.matrices[here.spec.probes[k].name], layer.scale, half=layer.activations.dtype == torch.float16
        )
        good = finite_rows(rows)
        facts["bad"] = (~good).nonzero().flatten().tolist()
        rows, kept = rows[good], good.cpu().numpy()
        found = neighbors_among(rows, layer.activations, min(options.n_neighbors, len(layer.points)))
        indices, lengths = (each.cpu().numpy() for each in found)
        placed[kept] = place_rows(indices, lengths, layer.points, min_dist=options.min_dist, seed=options.seed)
        numbers = np.array(seen.rows)[kept] + shard.first
        tried = np.flatnonzero(np.isin(numbers, sampled(here.images.n, seed=1)))
        if len(tried):
            there = torch.from_numpy(placed[kept][tried]).to(rows.device)
            facts["penalties"] = _penalties(layer, rows[tried], there, options.n_neighbors)
    write_array(shards.layer(k, shard).with_suffix(".npy"), placed)
    write_json(shards.layer(k, shard), facts)


def penalties_of_own(layer: EmbeddedLayer, n_neighbors: int, device: torch.device) -> Sequence[float]:
    """What the trustworthiness of the rows that were embedded together is computed from, on a sample, to compare."""
    own = torch.from_numpy(sampled(len(layer.points), seed=0))
    rows = layer.activations[own.to(layer.activations.device)].to(device).float()
    points = torch.from_numpy(layer.points[own.numpy()]).to(device)
    return _penalties(layer, rows, points, n_neighbors, own.to(device))


def _penalties(
    layer: EmbeddedLayer, rows: Tensor, points: Tensor, n_neighbors: int, own: Tensor | None = None
) -> list[float]:
    there = torch.from_numpy(layer.points).to(rows.device)
    k = trusted_neighbors(len(layer.points), n_neighbors)
    return penalties(rows, points, layer.activations, there, k, own=own) if k else []


def trusted_neighbors(embedded: int, n_neighbors: int) -> int:
    """Of how many neighbours trustworthiness speaks."""
    return min(n_neighbors, (embedded - 1) // 2)
