"""A tour of made-up points, as many as one likes: clusters that are mixed on the first layer and apart on the last.

What it is for: trying the engine at sizes for which no data is at hand. Points fall into families and families into
clusters; families part first, then the clusters in them, as a network's classes do. Layers lie in unnamed files that
go with the process, so twenty of a million points need not be in memory at once; images are made a page at a time.
"""

import colorsys
import tempfile
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .alignment import Placement, place
from .schema import check_dims
from .sprite_layout import tiles_per_page
from .tour import Layer, Sprites, Tour

ROWS = 1 << 16  # at a time
CELLS = 7  # of a pattern, across and down; the right half mirrors the left, so 28 are free
BITS = CELLS * (CELLS + 1) // 2
FAMILY = 5  # clusters


def synthetic(
    n: int, *, dims: int = 15, layers: int = 6, tile: int | None = 32, clusters: int = 40, seed: int = 0
) -> Tour:
    """n points in `clusters` clusters of `dims` dimensions on some layers; equal arguments make equal tours.

    tile: side of the images in pixels, a power of two from 8 on; None makes none. Each image is a pattern of its
    point's own in the colour of its cluster, distinct for up to 2^28 points. Raises ValueError where an argument
    makes no tour.
    """
    check_dims(dims)
    if min(n, layers, clusters) < 1:
        raise ValueError(f"a tour has points, layers and clusters: {n}, {layers}, {clusters} are not enough")
    if tile is not None and (tile < 8 or tile & (tile - 1)):
        raise ValueError(f"images have a side of 8, 16, 32, ... pixels, not {tile}")
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(clusters, 4.0))
    codes = rng.choice(clusters, size=n, p=shares).astype(np.int32)
    offsets = rng.standard_normal((n, dims), dtype=np.float32)  # from the cluster's middle, as far as layers share it
    shape = _Shape(rng, clusters, dims)
    made: list[Layer] = []
    for k in range(layers):
        points = _points(codes, offsets, shape, stage=k / max(1, layers - 1), rng=np.random.default_rng((seed, 1 + k)))
        before: tuple[Any, Placement | None] = (made[-1].points, made[-1].placement) if made else (None, None)
        made.append(Layer(f"{k}-stage", "Synthetic", points, place(points, *before)))
    names = pd.Index([f"cluster {k}" for k in range(clusters)])
    families = pd.Index([f"family {k}" for k in range(-(-clusters // FAMILY))])
    attributes = pd.DataFrame(
        {
            "cluster": pd.Categorical.from_codes(codes, categories=names),
            "family": pd.Categorical.from_codes(codes // FAMILY, categories=families),
            "distance": np.linalg.norm(offsets, axis=1),
        }
    )
    sprites = None
    if tile is not None:
        per_page = tiles_per_page(n, tile)
        load = partial(_page, codes, _colors(clusters), tile, per_page)
        sprites = Sprites(n, tile, per_page, load)
    how = {"inputs": {"points": n, "clusters": clusters, "seed": seed}}
    return Tour(f"synthetic-{n}", tuple(made), attributes, sprites=sprites, how=how)


class _Shape:
    """Where families and clusters have their middles when they are apart, and how wide a cluster is along each axis."""

    def __init__(self, rng: np.random.Generator, clusters: int, dims: int) -> None:
        families = -(-clusters // FAMILY)
        self.families = rng.standard_normal((families, dims)).repeat(FAMILY, axis=0)[:clusters]
        self.middles = rng.standard_normal((clusters, dims))
        self.widths = rng.uniform(0.1, 1.0, (clusters, dims)) ** 2


def _points(
    codes: NDArray[np.int32],
    offsets: NDArray[np.float32],
    shape: _Shape,
    *,
    stage: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """One layer (n, d), shifted and turned at random, as UMAP leaves it. stage: 0 is the first one, 1 the last."""
    n, dims = offsets.shape
    apart = np.clip(2.0 * stage, 0, 1), np.clip(2.0 * stage - 0.6, 0, 1)
    middles = 4.0 * (0.05 + apart[0]) * shape.families + 3.0 * (0.1 + apart[1]) * shape.middles
    widths = 1.0 + stage * (1.6 * shape.widths - 1.0)
    turn, _ = np.linalg.qr(rng.standard_normal((dims, dims)))
    middles, turn = (middles + rng.standard_normal(dims)).astype(np.float32), turn.astype(np.float32)
    widths = widths.astype(np.float32)
    with tempfile.TemporaryFile() as file:
        points = np.memmap(file, dtype=np.float32, mode="w+", shape=(n, dims))
    for first in range(0, n, ROWS):
        part = slice(first, first + ROWS)
        own = rng.standard_normal(offsets[part].shape, dtype=np.float32)
        points[part] = (middles[codes[part]] + widths[codes[part]] * (0.8 * offsets[part] + 0.6 * own)) @ turn
    return points


# ------------------------------------------------------------------------------------------------ images


def _colors(clusters: int) -> NDArray[np.float32]:
    """(clusters, 3) in [0, 1]: hues by the golden angle, those of neighbours in number far apart."""
    hues = (np.arange(clusters) * 0.6180339887) % 1.0
    return np.array([colorsys.hls_to_rgb(float(hue), 0.62, 0.62) for hue in hues], dtype=np.float32)


def _page(
    codes: NDArray[np.int32], colors: NDArray[np.float32], tile: int, per_page: int, page: int
) -> NDArray[np.uint8]:
    """The images of one page, (m, tile, tile, 4): a light pattern on a dark ground, both of the cluster's colour."""
    points = np.arange(page * per_page, min(len(codes), (page + 1) * per_page))
    cell = tile // 8
    margin = (tile - CELLS * cell) // 2
    light = colors[codes[points]]
    shades = np.stack([0.28 * light, light], axis=1)  # (m, 2, 3): ground, pattern
    inks = np.full((len(points), 2, 4), 255, dtype=np.uint8)
    inks[..., :3] = (255 * shades).round()
    pattern = np.zeros((len(points), tile, tile), dtype=np.uint8)
    inside = slice(margin, margin + CELLS * cell)
    pattern[:, inside, inside] = patterns(points).repeat(cell, axis=1).repeat(cell, axis=2)
    packed = inks.view(np.uint32)[..., 0]  # a colour as one number is gathered four times as fast
    return np.where(pattern == 1, packed[:, 1, None, None], packed[:, 0, None, None])[..., None].view(np.uint8)


def patterns(points: NDArray[np.intp]) -> NDArray[np.uint8]:
    """A pattern of cells that are 0 or 1 for each of some point numbers, (m, 7, 7), no two alike below 2^28."""
    mask = (1 << BITS) - 1
    mixed = points.astype(np.uint64) + np.uint64(0x9E3779B)
    for factor in (0x2C1B3C6D, 0x297A2D39):  # odd, so each step can be undone
        mixed = (mixed * np.uint64(factor)) & np.uint64(mask)
        mixed ^= mixed >> np.uint64(BITS // 2)
    bits = ((mixed[:, None] >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)).astype(np.uint8)
    left = bits.reshape(-1, CELLS, (CELLS + 1) // 2)
    return np.concatenate([left, left[:, :, -2::-1]], axis=2)
