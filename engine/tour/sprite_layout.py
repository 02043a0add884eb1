"""How the points' images lie on the pages of a tour: square tiles, row by row."""

import math

import numpy as np
from numpy.typing import NDArray

PAGE = 4096  # pixels, the longest side of a sprite page


def tiles_per_page(n: int, tile: int) -> int:
    """How many tiles a page holds: a full square page, or all n in as square a one as they make."""
    return min(PAGE // tile, math.ceil(math.sqrt(n))) ** 2


def laid_out(tiles: NDArray[np.uint8], per_page: int) -> NDArray[np.uint8]:
    """Tiles (m, t, t, channels) laid out row-major on a page of isqrt(per_page) columns, zero where none is."""
    columns = math.isqrt(per_page)
    rows = -(-len(tiles) // columns)
    t, channels = tiles.shape[1], tiles.shape[3]
    full = np.zeros((rows * columns, t, t, channels), dtype=np.uint8)
    full[: len(tiles)] = tiles
    return full.reshape(rows, columns, t, t, channels).swapaxes(1, 2).reshape(rows * t, columns * t, channels)


def tiles_of(page: NDArray[np.uint8], tile: int) -> NDArray[np.uint8]:
    """The tiles (m, tile, tile, 4) of a page, those that are empty included."""
    rows, columns = page.shape[0] // tile, page.shape[1] // tile
    return page.reshape(rows, tile, columns, tile, 4).swapaxes(1, 2).reshape(-1, tile, tile, 4)


def plainest(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same pictures without channels that say nothing: opaque without alpha, grey with one channel."""
    if not (tiles[..., 3] == 255).all():
        return tiles
    grey = (tiles[..., 0] == tiles[..., 1]).all() and (tiles[..., 0] == tiles[..., 2]).all()
    return tiles[..., :1] if grey else tiles[..., :3]
