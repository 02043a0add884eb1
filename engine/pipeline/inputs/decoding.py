"""How picture files are decoded for one build: limits of wide values, sizes, and the name in what is said of them."""

import contextlib
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from ...files import opened
from ...tour.folders import Remarks, text_of
from ...tour.pixels import Limits, decode
from .images import BrokenImageError
from .jpegs import Jpeg, plain_jpeg

Decoder = Literal["cpu", "gpu"]
"""Who decodes plain JPEGs; Pillow, on the CPU, decodes whatever else there is."""
REDUCED = 2.5
"""Times what a network's preprocessing resizes to, that a JPEG keeps when it is decoded at a part of its size. The
input of 21 photographs then differs by 0.1 grey levels in the mean and 0.6 at most (at 2 times: 0.3 and 1.2)."""


def reduced(side: int | None) -> int | None:
    """How many pixels of the shorter side a picture needs that is resized to `side`; None for all."""
    return None if side is None else math.ceil(REDUCED * side)


@dataclass(frozen=True)
class Decoding:
    """How picture files are decoded for one build."""

    limits: Limits | None = None
    """What 16-bit and float values are scaled by; each picture's own range unless given."""
    pixels: int | None = None
    """How many a picture may have; twice what Pillow warns at unless given."""
    at_least: int | None = None
    """How many pixels of the shorter side are wanted of a JPEG that can be decoded at a part of its size; all unless
    given."""
    on_gpu: bool = False
    """Whether plain JPEGs are left to a GPU to decode, whole."""

    def __post_init__(self) -> None:
        if self.pixels is not None and self.pixels < 1:
            raise ValueError(f"max_pixels is a number of pixels, 1 or more, not {self.pixels}")

    def picture(self, source: Path | bytes, notes: Remarks, *, name: str | None = None) -> Image.Image | Jpeg:
        """The picture in a file, or in the bytes of one, decoded unless a GPU is to do that.

        Raises BrokenImageError with its name.
        """
        if self.on_gpu:
            with contextlib.suppress(OSError):  # Pillow then says what is wrong
                data = source if isinstance(source, bytes) else _content(source)
                jpeg = plain_jpeg(data, lambda: self._by_pillow(source, notes, name), pixels=self.pixels)
                if jpeg is not None:
                    return jpeg
        return self._by_pillow(source, notes, name)

    def _by_pillow(self, source: Path | bytes, notes: Remarks, name: str | None) -> Image.Image:
        called = name or (text_of(source) if isinstance(source, Path) else "a picture")
        stream = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            return decode(
                stream,
                at_least=self.at_least,
                limits=self.limits,
                pixels=self.pixels,
                note=lambda what: notes.add(what, called),
            )
        except ValueError as error:
            raise BrokenImageError(f"{called}: {error}") from None


def _content(file: Path) -> bytes:
    with opened(file) as stream:
        return stream.read()


PLAIN = Decoding()
