"""Pictures as upright pixels of 8 bits: EXIF orientation, 16-bit and float ranges, frames, what is transparent."""

import contextlib
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageOps

from .checks import as_number
from .image_files import most_pixels, opened_picture

Limits = tuple[float, float]
"""The values that become black and white."""


def decode(
    source: Path | BinaryIO,
    *,
    at_least: int | None = None,
    limits: Limits | None = None,
    pixels: int | None = None,
    note: Callable[[str], None] = lambda what: None,
) -> Image.Image:
    """The picture in a file, RGB or, where something in it is transparent, RGBA; its first frame, the right way up.

    at_least: a JPEG may be decoded at a half, a quarter or an eighth of its size while its shorter side keeps so many
    pixels. limits: of 16-bit and float values; their own range unless given. pixels: no more than so many are read.
    note: is told what was decided for this picture. Raises PictureError saying what is wrong with it.
    """
    with opened_picture(source, at_least=at_least, pixels=pixels, note=note) as image:
        if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a phone's photo and its previews
            note("several frames, of which the first is taken")
        with contextlib.suppress(Exception):  # whatever a broken EXIF block leads Pillow to
            ImageOps.exif_transpose(image, in_place=True)
        picture = eight_bits(image, limits=limits, note=note)
    over = picture.width * picture.height / most_pixels()
    return picture if over <= 1 else picture.reduce(math.ceil(math.sqrt(over)))  # or Pillow cuts nothing out of it


def eight_bits(
    image: Image.Image, *, limits: Limits | None = None, note: Callable[[str], None] = lambda what: None
) -> Image.Image:
    """The same picture as RGB or, where something in it is transparent, RGBA; wider values are scaled by `limits`."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    note("more than 8 bits a pixel, scaled by " + ("its own range" if limits is None else "the given range"))
    return Image.fromarray(scaled(np.asarray(image), limits)).convert("RGB")


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


def four_bytes(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 (height, width, 4) of an RGB or RGBA image, not to be written to; the fourth of RGB may be anything.

    It is Pillow's own memory: a copy would be made under Python's lock, which all threads that decode share.
    """
    try:
        memory = pa.array(image).buffers()[-1]
    except ValueError:  # a large one lies in several pieces
        return np.asarray(image.convert("RGBA"))
    return np.frombuffer(memory, np.uint8).reshape(image.height, image.width, 4)


def grounded(image: Image.Image, ground: str | None = "white") -> Image.Image:
    """The same picture without alpha: what is transparent stands on the colour `ground`; None leaves it as it is."""
    if image.mode != "RGBA" or ground is None:
        return image
    paper = Image.new("RGB", image.size, ground)
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def check_ground(ground: str) -> None:
    """Raises ValueError where that is no colour that pictures can stand on."""
    try:
        opaque = len(ImageColor.getrgb(ground)) == 3
    except ValueError:
        opaque = False
    if not opaque:
        raise ValueError(f"ground is a colour such as white, black or #808080, not {ground!r}")


def check_limits(limits: Limits) -> None:
    """Raises ValueError where pictures cannot be scaled by these two values."""
    low, high = limits
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"range is the value that becomes black and a larger one for white, not {low:g} and {high:g}")


def shown_as(how: Mapping[str, Any]) -> tuple[Limits | None, str | None]:
    """The range and the ground that a build was asked for, as its tour says; None for what is not there or none."""
    inputs = how.get("inputs")
    asked = inputs if isinstance(inputs, dict) else {}
    limits: Any = asked.get("range")
    ground: Any = asked.get("ground")
    try:
        low, high = (as_number("range", each) for each in limits or ())
        check_limits((low, high))
        limits = (low, high)
    except (TypeError, ValueError):
        limits = None
    try:
        check_ground(ground)
    except (AttributeError, TypeError, ValueError):
        ground = None
    return limits, ground
