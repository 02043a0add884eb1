"""How the products of all rows with all rows are cut, for the memory that is free beside the matrix.

A tile is the products of some rows with some columns, which are rows as well; what is chosen from it takes memory
beside it. Its columns are made ready once and its rows once for each block of columns, so columns come first: all of
them where they fit.
"""

from dataclasses import dataclass

from .products import AT_ONCE, BLOCK_BYTES, padded

TILE_BYTES = 256 * 2**20
GPU_TILE_BYTES = 4 * TILE_BYTES  # which fills the chip with every product, and is a small part of its memory
LEAST = 512 * 2**20  # bytes with which rows of any number and width are searched
PAIR_BYTES = 128  # of a pair that is looked at more closely: numbers, distances, and what they are sorted with


@dataclass(frozen=True)
class Tiling:
    """Of the products of m rows with n others."""

    height: int
    """Rows of a tile."""
    columns: int
    """Others whose products are made one after the other, once they are ready together."""
    spare: int
    """Bytes for the rows of a tile that are looked at again."""


def tiling(m: int, n: int, width: int, *, candidates: int, room: int, gpu: bool) -> Tiling:
    """The largest pieces of m by n products of rows `width` wide that take no more than `room` bytes, if that can be.

    candidates: of each row, chosen from a tile at first. gpu: whether a float16 copy of the columns is kept.
    """
    tile = max(1, min(GPU_TILE_BYTES if gpu else TILE_BYTES, room // 4))
    spare, row = tile // 4, 2 * padded(width)
    left = room - tile - spare - AT_ONCE * BLOCK_BYTES
    pair = PAIR_BYTES * candidates
    if not gpu or n * row <= left:
        return Tiling(max(1, min(m, tile // (4 * n + pair))), n, spare)
    # The rows of a tile are made ready beside it.
    blocks = -(-n // max(1, (left - spare) // row))
    columns = -(-n // blocks)
    return Tiling(max(1, min(m, tile // (4 * columns + pair), spare // row)), columns, spare)
