"""Pictures to tiles: the square middle of an image at the size of a sprite."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .pixels import decode, four_bytes


def tile_of(image: Image.Image, tile: int) -> NDArray[np.uint8]:
    """The largest central square of `image`, resampled to `tile` pixels, uint8 RGBA (tile, tile, 4)."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    opaque = image.mode == "RGB" and not image.has_transparency_data
    square = (image if opaque else image.convert("RGBA")).crop((left, top, left + side, top + side))
    small = square.resize((tile, tile), Image.Resampling.BOX if side % tile == 0 else Image.Resampling.LANCZOS)
    return four_bytes(small.convert("RGBA") if opaque else small)


def read_tile(file: Path, tile: int) -> NDArray[np.uint8]:
    """The tile of an image file; JPEGs are decoded at the nearest sufficient size. Raises PictureError."""
    return tile_of(decode(file, at_least=2 * tile), tile)
