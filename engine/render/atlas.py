"""The images on the GPU: an atlas of tiles, in pages as large as the driver takes, at several tile sizes.

A small sprite is drawn from small copies of the tiles, so that neighbouring texels stay neighbours (no shimmer, no
cache misses) and nothing of another tile gets in. Alpha is premultiplied, or averages would bring in the colour
of what is transparent. A level is made when a size first needs it, page by page and beside the drawing.
"""

import math
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..tour.tour import Sprites

SMALLEST = 8  # pixels: below it a copy is no smaller in memory terms that matter
LARGEST_PAGE = 8192  # pixels; a page of 16384 is a gigabyte in one piece


@dataclass(frozen=True)
class Grid:
    """How the n tiles of one level lie on its pages."""

    n: int
    tile: int
    limit: int
    """The longest side of a page in pixels."""

    @property
    def columns(self) -> int:
        return max(1, min(self.limit // self.tile, math.ceil(math.sqrt(self.n))))

    @property
    def per_page(self) -> int:
        return self.columns**2

    @property
    def pages(self) -> int:
        return -(-self.n // self.per_page)

    def count(self, page: int) -> int:
        """Tiles on that page."""
        return min(self.per_page, self.n - page * self.per_page)

    def size(self, page: int) -> tuple[int, int]:
        """Width and height of that page in pixels."""
        return self.columns * self.tile, -(-self.count(page) // self.columns) * self.tile


@dataclass(eq=False)
class Level:
    """The atlas at one tile size; pages arrive one after the other."""

    grid: Grid
    textures: list[gloo.Texture2D] = field(default_factory=list)
    alphas: list[NDArray[np.uint8] | None] = field(default_factory=list)
    """The opacity of every texel of a page (height, width), 0 to 255; None where all of the page is opaque."""

    @property
    def complete(self) -> bool:
        return len(self.textures) == self.grid.pages

    def alpha(self, point: int, inside: tuple[float, float]) -> float:
        """Opacity in [0, 1] of a point's image at a place in [0, 1] across and down, filtered as it is drawn."""
        grid = self.grid
        plane = self.alphas[point // grid.per_page]
        if plane is None:
            return 1.0
        row, column = divmod(point % grid.per_page, grid.columns)
        tile = plane[row * grid.tile : (row + 1) * grid.tile, column * grid.tile : (column + 1) * grid.tile] / 255.0
        x, y = (min(max(share * grid.tile - 0.5, 0.0), grid.tile - 1.0) for share in inside)
        left, top = int(x), int(y)
        right, below = min(left + 1, grid.tile - 1), min(top + 1, grid.tile - 1)
        upper, lower = (tile[k, left] * (left + 1 - x) + tile[k, right] * (x - left) for k in (top, below))
        return float(upper * (top + 1 - y) + lower * (y - top))


def tile_for(size: float, tile: int) -> int:
    """The tile size from which sprites of `size` pixels are drawn: at most a little magnified, at most halved."""
    wanted = 1 << max(0, math.ceil(math.log2(max(1.0, 0.85 * size))))
    return min(tile, max(SMALLEST, wanted))


def shrink(tiles: NDArray[np.uint8], tile: int) -> NDArray[np.uint8]:
    """Premultiplied tiles (m, t, t, 4) averaged down to (m, tile, tile, 4)."""
    m, t = tiles.shape[:2]
    if t == tile:
        return tiles
    k = t // tile
    blocks = tiles.reshape(m, tile, k, tile, k, 4)
    total = np.zeros((m, tile, tile, 4), dtype=np.uint32)
    for row in range(k):
        for column in range(k):
            total += blocks[:, :, row, :, column]
    return ((total + k * k // 2) // (k * k)).astype(np.uint8)


def premultiply(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colour times alpha."""
    alpha = tiles[..., 3:]
    if (alpha == 255).all():
        return tiles
    colour = (tiles[..., :3].astype(np.uint16) * alpha + 127) // 255
    return np.concatenate([colour.astype(np.uint8), alpha], axis=-1)


def pages(sprites: Sprites, grid: Grid) -> Iterator[NDArray[np.uint8]]:
    """The pages of one level, (height, width, 4), premultiplied, one stored page in memory at a time."""
    t = grid.tile
    stored = (shrink(premultiply(sprites.load(k)), t) for k in range(sprites.pages))
    left = np.zeros((0, t, t, 4), dtype=np.uint8)
    for page in range(grid.pages):
        parts = [left]
        have = len(left)
        while have < grid.count(page):
            parts.append(next(stored))
            have += len(parts[-1])
        tiles = np.concatenate(parts)
        tiles, left = tiles[: grid.count(page)], tiles[grid.count(page) :]
        rows = -(-len(tiles) // grid.columns)
        full = np.zeros((rows * grid.columns, t, t, 4), dtype=np.uint8)
        full[: len(tiles)] = tiles
        yield full.reshape(rows, grid.columns, t, t, 4).swapaxes(1, 2).reshape(rows * t, grid.columns * t, 4)


class Atlas:
    """Owns the textures of one tour's sprites. `update` sends what has become ready, one page at a time."""

    def __init__(self, sprites: Sprites, *, max_texture: int) -> None:
        self._sprites = sprites
        self._limit = max(sprites.tile, min(max_texture, LARGEST_PAGE))
        self._levels: dict[int, Level] = {}
        self._arriving: queue.Queue[tuple[int, NDArray[np.uint8] | BaseException]] = queue.Queue(maxsize=1)
        self._closed = threading.Event()

    def level(self, size: float, *, wait: bool = False) -> Level | None:
        """The level for sprites of `size` pixels. While it is made, the best one there is; None at first.

        wait: make it now, all of it.
        """
        tile = tile_for(size, self._sprites.tile)
        wanted = self._levels.get(tile)
        if wanted is None:
            busy = any(not each.complete for each in self._levels.values())
            if wait or not busy:
                wanted = self._begin(tile)
        while wait and wanted is not None and not wanted.complete:
            self.update(wait=True)
        if wanted is not None and wanted.complete:
            return wanted
        complete = [each for each in self._levels.values() if each.complete]
        return min(complete, key=lambda each: abs(math.log2(each.grid.tile / tile)), default=None)

    @property
    def progress(self) -> tuple[int, int]:
        """Pages there and pages needed of the level that is being made; equal when none is."""
        for level in self._levels.values():
            if not level.complete:
                return len(level.textures), level.grid.pages
        return 0, 0

    def _begin(self, tile: int) -> Level:
        level = self._levels[tile] = Level(Grid(self._sprites.n, tile, self._limit))
        threading.Thread(target=self._make, args=(level.grid,), daemon=True, name=f"tiles {tile}").start()
        return level

    def _make(self, grid: Grid) -> None:
        try:
            for page in pages(self._sprites, grid):
                self._deliver(grid.tile, page)
        except BaseException as error:  # raised again where it is received
            self._deliver(grid.tile, error)

    def _deliver(self, tile: int, page: NDArray[np.uint8] | BaseException) -> None:
        while not self._closed.is_set():
            try:
                self._arriving.put((tile, page), timeout=0.2)
                return
            except queue.Full:
                continue

    def update(self, *, wait: bool = False) -> bool:
        """Send one page to the GPU if one has arrived; whether there was one."""
        try:
            tile, page = self._arriving.get(block=wait)
        except queue.Empty:
            return False
        if isinstance(page, BaseException):
            raise page
        texture = gloo.Texture2D(page, interpolation="linear", wrapping="clamp_to_edge")
        self._levels[tile].textures.append(texture)
        alpha = page[..., 3]
        self._levels[tile].alphas.append(None if (alpha == 255).all() else alpha.copy())
        return True

    def close(self) -> None:
        self._closed.set()
        for level in self._levels.values():
            for texture in level.textures:
                texture.delete()
        self._levels.clear()
