"""An image file to upright pixels of 8 bits: EXIF orientation, 16-bit and float ranges, frames, sizes over a limit."""

import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

OTHERS = frozenset(("BUFR", "EPS", "FLI", "GRIB", "HDF5", "MPEG", "PDF", "WMF"))

Limits = tuple[float, float]
"""The values that become black and white."""


def decode(
    source: Path | BinaryIO,
    *,
    at_least: int | None = None,
    limits: Limits | None = None,
    note: Callable[[str], None] = lambda what: None,
) -> Image.Image:
    """The picture in a file, RGB or, where something in it is transparent, RGBA; its first frame, the right way up.

    at_least: a JPEG may be decoded at a half, a quarter or an eighth of its size while its shorter side keeps so many
    pixels. limits: of 16-bit and float values; their own range unless given. note: is told what was decided for this
    picture. Raises ValueError saying what is wrong with it.
    """
    try:
        with _opened(source, note) as image:
            if at_least is not None:
                image.draft("RGB", (at_least, at_least))
            if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a phone's photo and its previews
                note("several frames, of which the first is taken")
            with contextlib.suppress(Exception):  # whatever a broken EXIF block leads Pillow to
                ImageOps.exif_transpose(image, in_place=True)
            return eight_bits(image, limits=limits, note=note)
    except UnidentifiedImageError:
        raise ValueError("is no image that Pillow can read") from None
    except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from None


def grounded(image: Image.Image, ground: str) -> Image.Image:
    """The same picture without alpha: what is transparent stands on the colour `ground`."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, ground)
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def scaled(values: "NDArray[np.generic]", limits: Limits | None = None) -> NDArray[np.uint8]:
    """Values of any range as bytes: `limits`, or else the least and the largest finite value, become 0 and 255."""
    numbers = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(numbers)
    if limits is None:
        limits = (float(numbers[finite].min()), float(numbers[finite].max())) if finite.any() else (0.0, 1.0)
    low, high = limits
    numbers = np.where(finite, numbers, low)
    shares = (numbers - low) / (high - low) if high > low else np.zeros_like(numbers)
    return (shares.clip(0.0, 1.0) * 255.0).round().astype(np.uint8)


@cache
def readable_formats() -> tuple[str, ...]:
    """What Pillow reads by itself: neither documents, which other programs are started for, nor mere names."""
    Image.init()
    return tuple(name for name in Image.OPEN if name not in OTHERS)


def _opened(source: Path | BinaryIO, note: Callable[[str], None]) -> Image.Image:
    """The file, not yet decoded; a JPEG beyond Pillow's limit of pixels at the largest size within it."""
    try:
        return Image.open(source, formats=readable_formats())
    except Image.DecompressionBombError as error:
        limit = Image.MAX_IMAGE_PIXELS or 0
        if not isinstance(source, Path):
            source.seek(0)
        try:
            image = JpegImageFile(source)  # `open` refuses by the size that the file has, whatever is made of it
        except SyntaxError:
            pixels = str(error).partition("(")[2].partition(" ")[0]
            raise ValueError(f"has {int(pixels):,} pixels, more than is taken; make it smaller") from None
        width, height = image.size
        shrink = next((k for k in (2, 4, 8) if width * height <= 2 * limit * k * k), 0)
        if not shrink:
            raise ValueError(f"has {width:,} x {height:,} pixels, too many at an eighth of its size too") from None
        image.draft("RGB", (width // shrink, height // shrink))
        note(f"more than {2 * limit / 1e6:.0f} million pixels, read at reduced size")
        return image


def eight_bits(
    image: Image.Image, *, limits: Limits | None = None, note: Callable[[str], None] = lambda what: None
) -> Image.Image:
    """The same picture as RGB or, where something in it is transparent, RGBA; wider values are scaled by `limits`."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    note("more than 8 bits a pixel, scaled by " + ("its own range" if limits is None else "the given range"))
    return Image.fromarray(scaled(np.asarray(image), limits)).convert("RGB")
