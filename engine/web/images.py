"""The points' images as the pages of one texture: tiles on a grid, WebP, no larger than a browser takes."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..tour.sprite_layout import laid_out
from ..tour.tour import Sprites

LARGEST_PAGE = 2048  # pixels: what every WebGL2 takes
LARGEST_ATLAS = 256 * 2**20  # bytes of texels in the browser
SMALLEST = 8  # pixels to the side of a tile
QUALITY = 95


@dataclass(frozen=True)
class Grid:
    """How n tiles lie on their pages."""

    n: int
    tile: int

    @property
    def columns(self) -> int:
        return max(1, min(LARGEST_PAGE // self.tile, math.ceil(math.sqrt(self.n))))

    @property
    def per_page(self) -> int:
        return self.columns**2

    @property
    def pages(self) -> int:
        return -(-self.n // self.per_page)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a full page in pixels."""
        return self.columns * self.tile, -(-min(self.n, self.per_page) // self.columns) * self.tile


def grid_of(sprites: Sprites) -> Grid:
    """The largest tiles that the browser has room for, none larger than those of the tour."""
    tile = sprites.tile
    while tile > SMALLEST and 4 * tile * tile * sprites.n > LARGEST_ATLAS:
        tile //= 2
    return Grid(sprites.n, tile)


def page(sprites: Sprites, grid: Grid, number: int) -> bytes:
    """One page as WebP, opaque where no image is: without loss where that is not much larger."""
    first = number * grid.per_page
    tiles = np.concatenate(list(_tiles(sprites, range(first, min(first + grid.per_page, grid.n)))))
    full = np.full((grid.columns * (grid.size[1] // grid.tile), grid.tile, grid.tile, 4), 255, dtype=np.uint8)
    full[: len(tiles)] = _shrunk(tiles, grid.tile)
    picture = Image.fromarray(laid_out(full, grid.per_page))
    lossy, exact = _webp(picture, lossless=False), _webp(picture, lossless=True)
    return exact if len(exact) < 2 * len(lossy) else lossy


def as_png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as a file."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


def as_webp(picture: NDArray[np.uint8]) -> bytes:
    """An opaque picture as a small file."""
    stream = io.BytesIO()
    Image.fromarray(picture).convert("RGB").save(stream, "WEBP", quality=85, method=4)
    return stream.getvalue()


def _webp(picture: Image.Image, *, lossless: bool) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "WEBP", lossless=lossless, quality=70 if lossless else QUALITY, method=4, exact=True)
    return stream.getvalue()


def _tiles(sprites: Sprites, points: range) -> Iterator[NDArray[np.uint8]]:
    """The tiles of consecutive points, one stored page in memory at a time."""
    for stored in range(points.start // sprites.per_page, (points.stop - 1) // sprites.per_page + 1):
        begin = stored * sprites.per_page
        yield sprites.load(stored)[max(0, points.start - begin) : points.stop - begin]


def _shrunk(tiles: NDArray[np.uint8], tile: int) -> NDArray[np.uint8]:
    """Tiles (m, t, t, 4) averaged down to (m, tile, tile, 4); what is transparent has no say in a colour."""
    m, t = tiles.shape[:2]
    if t == tile:
        return tiles
    blocks = tiles.reshape(m, tile, t // tile, tile, t // tile, 4).astype(np.float32)
    alpha = blocks[..., 3:]
    total = alpha.sum(axis=(2, 4))
    color = (blocks[..., :3] * alpha).sum(axis=(2, 4)) / np.maximum(total, 1.0)
    return np.rint(np.concatenate([color, total / (t // tile) ** 2], axis=-1)).astype(np.uint8)
