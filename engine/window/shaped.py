"""Text that has to be shaped (Hebrew, Arabic, Indic scripts, Thai): drawn by Pillow into textures, which ImGui shows.

ImGui sets letter after letter from the left. Pillow with Raqm orders, joins and stacks them, as in pictures and films.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from imgui_bundle import imgui
from PIL import Image, ImageDraw, ImageFont, features

from ..viewer.typefaces import typeface
from .textures import Kept, Textures

# Scripts that are read from the right, or whose letters change by their neighbours, up to Khmer.
SHAPED = re.compile("[\u0590-\u08ff\u0900-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]")
KEPT = 512  # texts as textures: far more than a window shows at once

Picture = tuple[imgui.ImTextureRef, int, int]  # a texture, and how wide and high it is in pixels


class Shaped:
    """Owns the texts that have been drawn, of some sizes, as textures."""

    def __init__(self, textures: Textures) -> None:
        self._drawn = Kept(textures, KEPT)
        self.needs: Callable[[str], object] = SHAPED.search if features.check("raqm") else lambda text: None
        """Whether a text has to be shaped, and can be."""

    def width(self, text: str, em: int, *, bold: bool) -> float:
        """Of a text, in pixels; em: of the screen's."""
        return _length(text, em, bold=bold)

    def picture(self, text: str, em: int, *, bold: bool) -> Picture:
        """A text in white on nothing, as wide as `width` says; its middle line is that of the picture."""
        key = text, em, bold
        size = max(1, round(_length(text, em, bold=bold))), 2 * em
        if (texture := self._drawn.get(key)) is None:
            mask = Image.new("L", size)
            font = _typeface(text, em, bold=bold)
            ImageDraw.Draw(mask).text((0, em), text, font=font, fill=255, anchor="lm")
            pixels = np.full((size[1], size[0], 4), 255, dtype=np.uint8)
            pixels[..., 3] = np.asarray(mask)
            texture = self._drawn.put(key, pixels)
        return texture, *size


@lru_cache(maxsize=4 * KEPT)
def _length(text: str, em: int, *, bold: bool) -> float:
    return float(_typeface(text, em, bold=bold).getlength(text))


def _typeface(text: str, em: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return typeface(float(em), bold=bold, text=text)
