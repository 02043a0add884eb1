"""The images of a published UMAP Tour as sprites: its sheets of 100 x 100 tiles, or an ImageFolder of the same."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ..progress import steps
from .checks import quoted
from .folders import image_folder
from .image_files import PictureError, opened_picture
from .published_labels import classes_of, first_difference, same_partition
from .published_meta import Meta, fail
from .sprite_layout import tiles_per_page
from .tiles import read_tile
from .tour import Sprites

SHEET = 100  # tiles along each side of a published sheet of images
LARGEST = 256  # pixels of a tile's side
SHEET_PIXELS = (SHEET * LARGEST) ** 2

log = logging.getLogger("engine")

Tiles = NDArray[np.uint8]


def sheet_sprites(meta: Meta) -> Sprites | None:
    """The published sheets as sprites; None where one is missing or they are too few, which is logged."""
    names = meta.values.get("image_urls") or []
    if not isinstance(names, list):
        fail(meta.file, f"image_urls is a list of sheets of images, not {quoted(names)}")
    files = [meta.path(meta.folder.parent, name) for name in names]
    if not files:
        log.info("no sheets of images named; dots only")
        return None
    missing = [file for file in files if not file.is_file()]
    if missing:
        seen = f"{len(missing)} of {len(files)} missing ({missing[0].name} ...)"
        log.info("sheets of images: %s; dots only", seen)
        return None
    needed = -(-meta.n // SHEET**2)
    if len(files) != needed:
        log.warning("%d sheets of images, and %d points need %d; dots only", len(files), meta.n, needed)
        return None
    try:
        with opened_picture(files[0], formats=("PNG",), pixels=SHEET_PIXELS) as first:
            width, side = first.width, first.width // SHEET
    except PictureError as error:
        fail(files[0], f"no readable PNG ({error})")
    if not 1 <= side <= LARGEST:
        fail(files[0], f"is {width} px wide; a sheet holds {SHEET} tiles of 1 to {LARGEST} px side by side")
    tile = max(8, 1 << (side - 1).bit_length())
    per_page = tiles_per_page(meta.n, tile)
    sheet = lru_cache(maxsize=2)(lambda k: _sheet(files[k], side, min(SHEET**2, meta.n - k * SHEET**2)))

    def load(page: int) -> Tiles:
        points = np.arange(page * per_page, min(meta.n, (page + 1) * per_page))
        sheets = points // SHEET**2
        tiles = np.concatenate([sheet(k)[points[sheets == k] % SHEET**2] for k in np.unique(sheets).tolist()])
        return tiles if side == tile else np.stack([_resized(each, tile) for each in tiles])

    return Sprites(n=meta.n, tile=tile, per_page=per_page, load=load)


def _sheet(file: Path, side: int, points: int) -> Tiles:
    """The tiles of one sheet (m, side, side, 4), m at least as many as it has points."""
    try:
        with opened_picture(file, formats=("PNG",), pixels=SHEET_PIXELS) as image:
            width, height, rows = image.width, image.height, image.height // side
            fits = width == SHEET * side and points <= rows * SHEET <= SHEET**2
            picture = np.asarray(image.convert("RGBA")) if fits else np.empty(0, np.uint8)
    except PictureError as error:
        fail(file, f"no readable PNG ({error})")
    if not fits:
        fail(file, f"is {width} x {height}, not {SHEET} tiles of {side} pixels wide")
    return picture[: rows * side].reshape(rows, side, SHEET, side, 4).swapaxes(1, 2).reshape(-1, side, side, 4)


def _resized(image: Tiles, tile: int) -> Tiles:
    return np.asarray(Image.fromarray(image).resize((tile, tile), Image.Resampling.LANCZOS))


def folder_sprites(meta: Meta, folder: Path, tile: int, attributes: pd.DataFrame) -> Sprites:
    """The pictures of an ImageFolder as sprites, once count and labels are those of the points."""
    files, classes = image_folder(folder)
    if len(files) != meta.n:
        seen = f"holds {len(files):,} images for {meta.n:,} points"
        fail(folder, f"{seen}; it must be the same images in the same order")
    codes = pd.factorize(np.asarray(classes))[0]
    candidates = classes_of(attributes)
    if candidates and not any(same_partition(codes, attributes[column]) for column in candidates):
        finest = max(candidates, key=lambda column: attributes[column].nunique())
        row = first_difference(codes, attributes[finest])
        image = f"image {row} ({files[row].relative_to(folder)})"
        there = f"{finest} '{attributes[finest].iloc[row]}'"
        fail(folder, f"its classes are not those of the points: {image} does not agree with {there}")
    per_page = tiles_per_page(meta.n, tile)
    read = _thumbnail_reader(tile)

    def load(page: int) -> Tiles:
        part = files[page * per_page : (page + 1) * per_page]
        with ThreadPoolExecutor() as pool, steps(f"images, page {page + 1}", len(part)) as advance:
            tiles = []
            for picture in pool.map(read, part):
                tiles.append(picture)
                advance(1)
        return np.stack(tiles)

    return Sprites(n=meta.n, tile=tile, per_page=per_page, load=load)


def _thumbnail_reader(tile: int) -> Callable[[Path], Tiles]:
    def read(file: Path) -> Tiles:
        try:
            return read_tile(file, tile)
        except PictureError as error:
            fail(file, f"no readable image ({error})")

    return read
