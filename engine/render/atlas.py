"""The images on the GPU: an atlas of tiles, in pages, at several tile sizes.

A small sprite is drawn from small copies of the tiles, so that neighbouring texels stay neighbours (no shimmer, no
cache misses) and nothing of another tile gets in. Alpha is premultiplied, or averages would bring in the colour
of what is transparent. A level is made when a size first needs it, page by page and beside the drawing; one that
would take more than `EXACT` bytes is block-compressed, where the driver has that, to a quarter.
"""

import math
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..tour.tour import Sprites
from . import block_compression
from .matte import matted
from .stack import Stack, compresses, most_pages

SMALLEST = 8  # pixels to a tile's side: a level of smaller ones would save next to no memory
LARGEST_PAGE = 2048  # pixels: 16 MiB, which are made, compressed and sent without anyone waiting for it
EXACT = 512 * 2**20  # bytes of texels up to which a level is kept as it is
LARGEST_STACK = 128 * 2**20  # bytes: room that is made while a frame waits
AT_A_TIME = 1024  # tiles that are read into wider numbers together
VISIBLE = 5  # of 255: opacity from which a texel counts as there (sprites.frag)


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


@dataclass(frozen=True, eq=False)
class Page:
    """A page on its way to the GPU."""

    texels: NDArray[np.uint8]
    """RGBA (height, width, 4), premultiplied, or its blocks (m, 16)."""
    there: NDArray[np.uint8] | None
    """Which texels show, one bit each (height, width / 8); None where all do."""
    opaque: bool
    """Whether none of it lets anything through."""


@dataclass(eq=False)
class Level:
    """The atlas at one tile size; pages arrive one after the other."""

    grid: Grid
    compressed: bool
    per_stack: int
    """Pages to a stack."""
    stacks: list[Stack] = field(default_factory=list)
    there: list[NDArray[np.uint8] | None] = field(default_factory=list)
    """Of the pages that have arrived: which texels show, for the hand to meet. 1/32 of what the texels take."""

    matted: bool = False
    """Whether what lets through holds how near it is to what shows (matte.py)."""
    opaque: bool = True
    """Whether no image that has arrived lets anything through."""

    @property
    def complete(self) -> bool:
        return len(self.there) == self.grid.pages

    @property
    def nbytes(self) -> int:
        """What its textures hold."""
        return sum(stack.nbytes for stack in self.stacks)

    @property
    def page_size(self) -> tuple[int, int]:
        """Width and height in pixels of every page, of which the last may fill less."""
        return self.grid.size(0)

    def receive(self, page: Page) -> None:
        """Send the next page to the GPU."""
        stack, place = divmod(len(self.there), self.per_stack)
        if place == 0:
            pages = min(self.per_stack, self.grid.pages - stack * self.per_stack)
            self.stacks.append(Stack(self.page_size, pages, compressed=self.compressed))
        self.stacks[stack].put(place, page.texels)
        self.there.append(page.there)
        self.opaque &= page.opaque

    def draws(self) -> Iterator[tuple[Stack, int, int]]:
        """What to draw from which stack: the first point, and how many."""
        each = self.per_stack * self.grid.per_page
        for k, stack in enumerate(self.stacks):
            yield stack, k * each, min(each, self.grid.n - k * each)

    def alpha(self, point: int, inside: tuple[float, float]) -> float:
        """How much of a point's image is there at a place in [0, 1] across and down, filtered as it is drawn."""
        grid = self.grid
        bits = self.there[point // grid.per_page]
        if bits is None:
            return 1.0
        row, column = divmod(point % grid.per_page, grid.columns)
        eighth = grid.tile // 8
        tile = bits[row * grid.tile : (row + 1) * grid.tile, column * eighth : (column + 1) * eighth]
        tile = np.unpackbits(tile, axis=1)
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


def _copies(sprites: Sprites, tile: int, *, matte: bool) -> Iterator[NDArray[np.uint8]]:
    """The premultiplied tiles at that size, a few at a time."""
    for page in range(sprites.pages):
        tiles = sprites.load(page)
        for first in range(0, len(tiles), AT_A_TIME):
            some = shrink(premultiply(tiles[first : first + AT_A_TIME]), tile)
            yield matted(some) if matte else some


def pages(sprites: Sprites, grid: Grid, *, matte: bool = False) -> Iterator[NDArray[np.uint8]]:
    """The pages of one level, (height, width, 4), premultiplied, one stored page in memory at a time."""
    t = grid.tile
    stored = _copies(sprites, t, matte=matte)
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
        full = np.full((rows * grid.columns, t, t, 4), 255, dtype=np.uint8)
        full[: len(tiles)] = tiles
        yield full.reshape(rows, grid.columns, t, t, 4).swapaxes(1, 2).reshape(rows * t, grid.columns * t, 4)


def packed(page: NDArray[np.uint8], *, compressed: bool) -> Page:
    """A page (height, width, 4) as it is sent."""
    alpha = page[..., 3]
    there = alpha >= VISIBLE
    bits = None if there.all() else np.packbits(there, axis=1)
    return Page(block_compression.compress(page) if compressed else page, bits, bool((alpha == 255).all()))


class Atlas:
    """Owns the textures of one tour's sprites. `update` sends what has become ready, one page at a time."""

    def __init__(self, sprites: Sprites, *, max_texture: int) -> None:
        """max_texture: the longest side of a page, if that is less than `LARGEST_PAGE`."""
        self._sprites = sprites
        self._limit = max(sprites.tile, min(max_texture, LARGEST_PAGE))
        self._levels: dict[tuple[int, bool], Level] = {}
        self._arriving: queue.Queue[tuple[Level, Page | BaseException]] = queue.Queue(maxsize=1)
        self._closed = threading.Event()

    def level(self, size: float, *, wait: bool = False, matte: bool = False) -> Level | None:
        """The level for sprites of `size` pixels. While it is made, the best one there is; None at first.

        wait: make it now, all of it. matte: with how near it is to what shows; of opaque images any level will do.
        """
        tile = tile_for(size, self._sprites.tile)
        either = [self._levels.get((tile, kind)) for kind in (matte, not matte)]
        wanted = either[0]
        if wanted is None and (other := either[1]) is not None and (other.opaque or not other.complete):
            wanted = other  # which will do, or has to come first
        if wanted is None:
            busy = any(not each.complete for each in self._levels.values())
            if wait or not busy:
                wanted = self._begin(tile, matte=matte)
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
                return len(level.there), level.grid.pages
        return 0, 0

    def _begin(self, tile: int, *, matte: bool) -> Level:
        grid = Grid(self._sprites.n, tile, self._limit)
        compressed = 4 * tile * tile * grid.n > EXACT and compresses()
        width, height = grid.size(0)
        fitting = LARGEST_STACK // (width * height * (1 if compressed else 4))
        level = Level(grid, compressed, max(1, min(most_pages(), fitting)), matted=matte)
        self._levels[tile, matte] = level
        threading.Thread(target=self._make, args=(level,), daemon=True, name=f"tiles {tile}").start()
        return level

    def _make(self, level: Level) -> None:
        try:
            for page in pages(self._sprites, level.grid, matte=level.matted):
                self._deliver(level, packed(page, compressed=level.compressed))
        except BaseException as error:  # raised again where it is received
            self._deliver(level, error)

    def _deliver(self, level: Level, page: Page | BaseException) -> None:
        while not self._closed.is_set():
            try:
                self._arriving.put((level, page), timeout=0.2)
                return
            except queue.Full:
                continue

    def update(self, *, wait: bool = False) -> bool:
        """Send one page to the GPU if one has arrived; whether there was one."""
        try:
            level, page = self._arriving.get(block=wait)
        except queue.Empty:
            return False
        if isinstance(page, BaseException):
            raise page
        level.receive(page)
        return True

    def close(self) -> None:
        self._closed.set()
        for level in self._levels.values():
            for stack in level.stacks:
                stack.delete()
        self._levels.clear()
