"""Pictures to tiles: the square middle of an image at the size of a sprite."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .pixels import decode


def thumbnail(image: Image.Image, tile: int) -> NDArray[np.uint8]:
    """The largest central square of `image`, resampled to `tile` pixels, uint8 RGBA (tile, tile, 4)."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.convert("RGBA").crop((left, top, left + side, top + side))
    return np.asarray(
        square.resize((tile, tile), Image.Resampling.BOX if side % tile == 0 else Image.Resampling.LANCZOS)
    )


def read_thumbnail(file: Path, tile: int) -> NDArray[np.uint8]:
    """The thumbnail of an image file; JPEGs are decoded at the nearest sufficient size. Raises PictureError."""
    return thumbnail(decode(file, at_least=2 * tile), tile)
