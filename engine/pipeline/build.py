"""Network and pictures to a Tour: capture, find neighbours, embed from layer to layer, align."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import progress as progress_of
from ..tour.alignment import chain
from ..tour.format import check_dims, check_replaceable, load, tiles_per_page
from ..tour.tour import Layer, Sprites, Tour
from ..tour.tour import nearest as nearest_name
from .activations import Captured, capture
from .device import Machine
from .device import machine as machine_for
from .embedding import embed, following_start, principal_start, schedule
from .neighbors import nearest
from .networks import Probe, default_probes, to_tensor
from .sources import Images, as_images

log = logging.getLogger("engine")


def build(
    network: nn.Module,
    images: Any,
    *,
    layers: list[str] | None = None,
    dims: int = 15,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    max_width: int = 51_200,
    tile: int = 64,
    seed: int | None = 0,
    device: str | None = None,
    out: str | Path = "x.tour",
    progress: bool = True,
) -> Tour:
    """Run `images` through `network`, embed what every layer makes of them, and save the tour in the folder `out`.

    network: a classifier; pixels are given to it as float32 (batch, channels, height, width) in [0, 1].
    images: uint8 array (n, height, width[, channels]), or (array, labels).
    layers: names of modules to probe in place of the default ones. tile: side of the sprites in pixels.
    seed: the same bytes again on the same machine; None is faster and does not repeat.
    Raises ValueError or TypeError saying what does not fit, FileExistsError where `out` is something else.
    """
    check_dims(dims)
    check_replaceable(Path(out).absolute())
    if tile < 8 or tile > 512 or tile & (tile - 1):
        raise ValueError(f"tile is a power of two from 8 to 512 pixels, not {tile}")
    source = as_images(images)
    if not 2 <= n_neighbors <= source.n:
        raise ValueError(f"n_neighbors counts the point itself: 2 to {source.n} for as many images, not {n_neighbors}")
    machine = machine_for(device)
    with progress_of.shown(progress):
        log.info("building on %s", machine)
        if not machine.cuml:
            log.info("umap-learn compiles itself in the first layer: some 10 to 20 seconds")
        if seed is not None:
            torch.manual_seed(seed)
        probes = choose_probes(network, source, layers, machine.device)
        captured = capture(
            network, source, probes, preprocess=to_tensor, device=machine.device, max_width=max_width, tile=tile
        )
        points: list[NDArray[np.float32]] = []
        for probe in probes:
            matrix = captured.matrices.pop(probe.name)  # let go of once it is embedded
            before = points[-1] if points else None
            points.append(_embed_layer(matrix, probe, before, dims, n_neighbors, min_dist, seed, machine))
        tour = Tour(
            name=Path(out).name.removesuffix(".tour"),
            layers=tuple(
                Layer(probe.name, probe.kind, each, placement)
                for probe, each, placement in zip(probes, points, chain(points), strict=True)
            ),
            attributes=attributes(source, captured),
            sprites=_sprites(captured, tile),
            how={
                "network": type(network).__name__,
                "dims": dims,
                "n_neighbors": n_neighbors,
                "min_dist": min_dist,
                "max_width": max_width,
                "seed": seed,
                "machine": str(machine),
            },
        )
        tour.save(out)
    return load(out)


def choose_probes(network: nn.Module, images: Images, layers: list[str] | None, device: torch.device) -> list[Probe]:
    """The default probes, or those of the modules named."""
    network = network.to(device).eval()
    probes = default_probes(network, to_tensor(images.read(0))[None].to(device))
    if layers is None:
        return probes
    known = {name: type(module).__name__ for name, module in network.named_modules() if name}
    known |= {each.name: each.kind for each in probes if not each.module}
    unknown = [name for name in layers if name not in known]
    if unknown:
        raise ValueError(f"the network has no layer '{unknown[0]}'{nearest_name(unknown[0], list(known))}")
    special = {each.name for each in probes if not each.module}
    return [Probe(name, known[name], None if name in special else name) for name in layers]


def _embed_layer(
    matrix: Tensor,
    probe: Probe,
    before: NDArray[np.float32] | None,
    dims: int,
    k: int,
    min_dist: float,
    seed: int | None,
    machine: Machine,
) -> NDArray[np.float32]:
    how = schedule(len(matrix), first=before is None)
    indices, distances = nearest(matrix, k)
    try:
        start = principal_start(matrix, dims, seed=seed) if before is None else following_start(before, seed=seed)
    except ValueError as error:
        raise ValueError(f"layer {probe.name}: {error}") from None
    with progress_of.steps(f"UMAP of {probe.name}", how.epochs) as advance:
        return embed(indices, distances, start, how=how, min_dist=min_dist, seed=seed, machine=machine, advance=advance)


def attributes(images: Images, captured: Captured) -> pd.DataFrame:
    """What is known of every picture: its label, and the network's answer to it."""
    table: dict[str, Any] = {}
    scores = captured.output.softmax(dim=1)
    answer = scores.argmax(dim=1).cpu().numpy()
    labels = images.labels
    if labels is not None:
        table["label"] = labels
    if labels is not None and len(labels.categories) == scores.shape[1]:
        codes = torch.as_tensor(labels.codes.astype(np.int64), device=scores.device)
        right = scores.gather(1, codes[:, None])[:, 0].clamp(min=1e-12)
        table["prediction"] = pd.Categorical.from_codes(answer, categories=labels.categories)
        table["confidence"] = right.cpu().numpy()  # of the true class, as published
        table["error"] = -right.log().cpu().numpy()
    else:
        table["prediction"] = pd.Categorical(answer)
        table["confidence"] = scores.max(dim=1).values.cpu().numpy()
    return pd.DataFrame(table | images.columns)


def _sprites(captured: Captured, tile: int) -> Sprites:
    tiles = captured.thumbnails
    per_page = tiles_per_page(len(tiles), tile)
    return Sprites(len(tiles), tile, per_page, lambda page: tiles[page * per_page : (page + 1) * per_page])
