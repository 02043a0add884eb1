"""Pictures to tiles: the square middle of an image at the size of a sprite."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .decoding import opened_picture

SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))


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
    with opened_picture(file) as image:
        image.draft("RGB", (2 * tile, 2 * tile))
        return thumbnail(image, tile)


def image_folder(folder: Path) -> tuple[list[Path], list[str]]:
    """The images under `folder` and the class of each, in the order of torchvision's ImageFolder.

    Classes are the subfolders, sorted; within one, files by path. Without subfolders there is one class, "".
    Raises FileNotFoundError where there is no such folder or no image in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder of images")
    classes = sorted(each for each in folder.iterdir() if each.is_dir())
    found = [(file, each.name) for each in classes for file in _images(each)]
    found = found or [(file, "") for file in _images(folder)]
    if not found:
        raise FileNotFoundError(f"{folder}: holds no images ({', '.join(sorted(SUFFIXES))})")
    return [file for file, _ in found], [name for _, name in found]


def _images(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES]
