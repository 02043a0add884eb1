"""Similarities between layers as a picture: a cell for every pair, on Viridis over [0, 1], on a light ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..tour.colors import viridis
from ..viewer.similarity_table import LEVELS, best, shades
from ..viewer.theme import NORMAL, PALETTES, SMALL, rgb
from ..viewer.typefaces import typeface

SCALE = 2  # pixels to a pixel of the design
SIDE = 840  # of the cells together, in pixels of the design, as far as the limits of a cell allow
CELL = (12, 56)  # side of a cell: no less than a name needs
WRITTEN = 44  # from this side on a cell says its value
GAP, MARGIN = 8, 28
NAME = 200  # room for a layer's name
BAR = (200, 10)
DOT = 3  # radius of the mark on a best match, at most


@dataclass(frozen=True, eq=False)
class Heatmap:
    """What is drawn, and what stands around it."""

    values: NDArray[np.float64]
    """(rows, columns); what is below 0 is drawn as 0."""
    rows: Sequence[str]
    columns: Sequence[str]
    names: tuple[str, str]
    """Of what the rows are, and the columns."""
    title: str
    note: str
    same: bool = False
    """Rows and columns are the same layers: a layer's best match is then another one than itself."""


def drawn(table: Heatmap) -> Image.Image:
    """The picture, RGB, as large as its cells and names need."""
    return _Sheet(table).drawn()


class _Sheet:
    """Where everything lies on the picture, and the picture. All lengths are pixels of the picture."""

    def __init__(self, table: Heatmap) -> None:
        self.table = table
        side = int(np.clip(SIDE // max(table.values.shape), *CELL))
        self.cell = side * SCALE
        self.small, self.normal = typeface(SMALL * SCALE), typeface(NORMAL * SCALE)
        self.bold = typeface((NORMAL + 2) * SCALE, bold=True, text=table.title)
        self.strong = typeface(SMALL * SCALE, bold=True, text="".join(table.names))
        self.label = typeface(min(SMALL, side - 1.5) * SCALE, text="".join((*table.rows, *table.columns)))
        rows, columns = (
            [_short(each, self.label, NAME * SCALE) for each in side] for side in (table.rows, table.columns)
        )
        self.row_names = [f"{name}  {k}" for k, name in enumerate(rows)]  # the number stands beside the cells
        self.column_names = [f"{k}  {name}" for k, name in enumerate(columns)]
        gap, margin = GAP * SCALE, MARGIN * SCALE
        beside = max(map(self.label.getlength, self.row_names))
        self.left = margin + int(max(beside, self.strong.getlength(table.names[0]))) + gap
        self.above = margin + 60 * SCALE  # under the title and the note
        self.top = self.above + 24 * SCALE + int(max(map(self.label.getlength, self.column_names))) + gap
        self.right, self.bottom = self.left + len(columns) * self.cell, self.top + len(rows) * self.cell
        text = max(self.bold.getlength(table.title), self.small.getlength(table.note))
        legend = self.left + (BAR[0] + 60) * SCALE + self.small.getlength(self.key)
        over = self.left + self.strong.getlength(table.names[1])
        width = int(max(self.right, margin + text, legend, over)) + margin
        self.image = Image.new("RGB", (width, self.bottom + 60 * SCALE), rgb(PALETTES["light"].canvas))
        self.pen = ImageDraw.Draw(self.image)

    @property
    def key(self) -> str:
        return "best match among the other layers" if self.table.same else "best match in each row"

    def drawn(self) -> Image.Image:
        colors = PALETTES["light"]
        first, second = rgb(colors.text), rgb(colors.second)
        margin, gap = MARGIN * SCALE, GAP * SCALE
        self.pen.text((margin, margin), self.table.title, font=self.bold, fill=first)
        self.pen.text((margin, margin + 26 * SCALE), self.table.note, font=self.small, fill=second)
        names = self.table.names
        self.pen.text((self.left, self.above), names[1], font=self.strong, fill=first)
        self.pen.text((self.left - gap, self.top - gap), names[0], font=self.strong, fill=first, anchor="rs")
        for k, name in enumerate(self.row_names):
            middle = self.top + (k + 0.5) * self.cell
            self.pen.text((self.left - gap, middle), name, font=self.label, fill=second, anchor="rm")
        for k, name in enumerate(self.column_names):
            self._upright(name, self.left + (k + 0.5) * self.cell, self.top - gap, second)
        self._cells()
        self._legend(first, second)
        return self.image

    def _upright(self, text: str, x: float, y: float, color: tuple[int, int, int]) -> None:
        """Text read from below, ending its way up; it begins at y and is centred on x."""
        ascent, descent = self.label.getmetrics()
        mask = Image.new("L", (int(self.label.getlength(text)) + 2, ascent + descent))
        ImageDraw.Draw(mask).text((0, (ascent + descent) / 2), text, font=self.label, fill=255, anchor="lm")
        mask = mask.transpose(Image.Transpose.ROTATE_90)
        self.image.paste(color, (round(x - mask.width / 2), round(y - mask.height)), mask)

    def _cells(self) -> None:
        cells = Image.fromarray(shades(self.table.values)).resize(
            (self.right - self.left, self.bottom - self.top), Image.Resampling.NEAREST
        )
        self.image.paste(cells, (self.left, self.top))
        marks = best(self.table.values, same=self.table.same)
        written = self.cell >= WRITTEN * SCALE
        for i, row in enumerate(self.table.values):
            for j, value in enumerate(row):
                x, y = self.left + (j + 0.5) * self.cell, self.top + (i + 0.5) * self.cell
                if written:
                    ink = (255, 255, 255) if value < 0.6 else (27, 29, 32)
                    self.pen.text((x, y), f"{value:.2f}", font=self.small, fill=ink, anchor="mm")
                if j == marks[i]:
                    self._mark(x, y + (self.cell * 0.31 if written else 0.0))

    def _mark(self, x: float, y: float) -> None:
        """White with a dark rim: seen on every colour of Viridis."""
        reach = min(DOT * SCALE, self.cell * 0.28)
        self.pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=(255, 255, 255), outline=(27, 29, 32))
        inner = reach - 1
        self.pen.ellipse((x - inner, y - inner, x + inner, y + inner), outline=(27, 29, 32))

    def _legend(self, first: tuple[int, int, int], second: tuple[int, int, int]) -> None:
        width, height = BAR[0] * SCALE, BAR[1] * SCALE
        left, middle = self.left + 16 * SCALE, self.bottom + 30 * SCALE
        bar = Image.fromarray(viridis(LEVELS)[None]).resize((width, height), Image.Resampling.BILINEAR)
        self.image.paste(bar, (left, middle - height // 2))
        self.pen.text((left - GAP * SCALE, middle), "0", font=self.small, fill=first, anchor="rm")
        self.pen.text((left + width + GAP * SCALE, middle), "1", font=self.small, fill=first, anchor="lm")
        key = left + width + 40 * SCALE
        self._mark(key, middle)
        self.pen.text((key + 10 * SCALE, middle), self.key, font=self.small, fill=second, anchor="lm")


def _short(text: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    """The text with its middle left out where it is too long: layers differ at their ends."""
    if font.getlength(text) <= room:
        return text
    keep = len(text) - 1
    while keep > 2 and font.getlength(text[: keep // 3] + "…" + text[keep // 3 - keep :]) > room:
        keep -= 1
    return text[: keep // 3] + "…" + text[keep // 3 - keep :]
