"""The matrix of two tours: how similar every layer of the one is to every layer of the other; a click goes there."""

from dataclasses import dataclass

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from ...tour.colors import viridis
from ...viewer.pair import Pair
from ...viewer.similarity_table import best, shades
from ...viewer.theme import ORANGE, SMALL
from ...viewer.titles import numbered_title
from ..icons import ICON_DOWN_ARROW, ICON_RIGHT_ARROW
from ..textures import Kept, Textures
from ..ui import Ui

KEPT = 16  # tables as pictures: of several measures, epochs and sizes
NUMBERS = 36  # left of it, for the numbers of layers

Cell = tuple[float, float]  # how wide and how high, in pixels of the design


@dataclass
class Matrix:
    """The tables that have been drawn, as pictures."""

    drawn: Kept | None = None
    """None before there is a window."""

    def draw_into(self, textures: Textures) -> None:
        self.drawn = Kept(textures, KEPT)

    def picture(self, table: NDArray[np.float64], cell: tuple[int, int]) -> imgui.ImTextureRef | None:
        """A table in colours, every cell so many pixels of the screen wide and high."""
        if self.drawn is None:
            return None
        key = id(table), cell
        found = self.drawn.get(key)
        return self.drawn.put(key, colored(table, cell), of=table) if found is None else found

    def forget(self) -> None:
        """Another pair has other tables."""
        if self.drawn is not None:
            self.drawn.forget()


def colored(table: NDArray[np.float64], cell: tuple[int, int]) -> NDArray[np.uint8]:
    """Values in [0, 1] as Viridis, uint8 RGBA (rows cell[1], columns cell[0], 4)."""
    pixels = np.full((*table.shape, 4), 255, dtype=np.uint8)
    pixels[..., :3] = shades(table)
    return pixels.repeat(cell[1], axis=0).repeat(cell[0], axis=1)


def draw(
    ui: Ui, pair: Pair, matrix: Matrix, table: NDArray[np.float64] | None, at: tuple[float, float], cell: Cell
) -> tuple[int, int] | None:
    """All pairs of layers, left ones down, right ones across; returns the pair under the cursor.

    table: None while it is worked out. at: its top left.
    """
    x, y = at
    if table is None:
        ui.text(x, y + 8, "Working out all pairs\u2026", size=SMALL, color=ui.colors.second)
        ui.moving = True
        return None
    (rows, columns), (wide, high) = table.shape, cell
    width, height = wide * columns, high * rows
    pixels = max(1, round(wide * ui.scale)), max(1, round(high * ui.scale))
    if (picture := matrix.picture(table, pixels)) is not None:
        ui.draw.add_image(picture, ui.at(x, y), ui.at(x + width, y + height))
    clicked, over, _ = ui.button("matrix", x, y, width, height)
    hovered = None
    if over:
        place = int((ui.mouse[1] - y) / high), int((ui.mouse[0] - x) / wide)
        hovered = min(max(place[0], 0), rows - 1), min(max(place[1], 0), columns - 1)
        white = (1.0, 1.0, 1.0, 0.85)
        for k in (0, 1):
            ui.line(x, y + high * (hovered[0] + k), x + width, y + high * (hovered[0] + k), white)
            ui.line(x + wide * (hovered[1] + k), y, x + wide * (hovered[1] + k), y + height, white)
    radius = min(1.75, min(cell) / 4.5)
    for row, column in enumerate(best(table).tolist()):  # a dot at the best match of every row
        middle = x + wide * (column + 0.5), y + high * (row + 0.5)
        ui.disc(*middle, radius + 0.75, (0.0, 0.0, 0.0, 0.8))
        ui.disc(*middle, radius, (1.0, 1.0, 1.0, 1.0))
    present = pair.places
    left, top = x + wide * present[1], y + high * present[0]
    ui.frame(left - 2, top - 2, wide + 4, high + 4, (0.0, 0.0, 0.0, 0.75), radius=2, thickness=4)
    ui.frame(left - 1, top - 1, wide + 2, high + 2, ORANGE, radius=1, thickness=2)
    _numbers(ui, present, hovered, at, cell)
    if clicked and hovered is not None:
        pair.go_to(*hovered)
    return hovered


def _numbers(
    ui: Ui, present: tuple[int, int], hovered: tuple[int, int] | None, at: tuple[float, float], cell: Cell
) -> None:
    """Of the layers of the present pair and of the one under the cursor, which goes first where there is no room."""
    x, y = at
    for axis, apart in ((0, 14.0), (1, 16.0)):
        side = cell[1 - axis]
        marked = [(present[axis], True)]
        if hovered is not None and hovered[axis] != present[axis]:
            near = abs(hovered[axis] - present[axis]) * side < apart
            marked = [(hovered[axis], False)] if near else [*marked, (hovered[axis], False)]
        for number, current in marked:
            along = side * (number + 0.5)
            color = ui.colors.accent_text if current else ui.colors.text
            place = (x - 6, y + along) if axis == 0 else (x + along, y - 11)
            ui.text(*place, str(number), size=SMALL, bold=current, color=color, align=1.0 if axis == 0 else 0.5)


def axes(ui: Ui, pair: Pair, x: float, y: float, width: float) -> None:
    """Whose layers go down and whose go across, in a line from x to x + width."""
    half = width / 2 - 20
    left, right = (ui.elide(viewer.tour.name, half, size=SMALL) for viewer in pair.viewers)
    ui.text(x + 6, y, ICON_DOWN_ARROW, size=10, color=ui.colors.second, align=0.5)
    ui.text(x + 16, y, left, size=SMALL, color=ui.colors.second)
    ui.text(x + width - 6, y, ICON_RIGHT_ARROW, size=10, color=ui.colors.second, align=0.5)
    ui.text(x + width - 16, y, right, size=SMALL, color=ui.colors.second, align=1.0)


def scale(ui: Ui, x: float, y: float, width: float) -> None:
    """Which colour is how similar: a bar from x to x + width, whose middle line is at y, its ends named beside it."""
    steps = 39
    ui.text(x - 6, y, "0", size=SMALL, color=ui.colors.second, align=1.0)
    for k, color in enumerate((viridis(steps) / 255.0).tolist()):
        ui.rect(x + width * k / steps, y - 3, width / steps + 0.5, 6, (color[0], color[1], color[2], 1.0))
    ui.text(x + width + 12, y, "1", size=SMALL, color=ui.colors.second, align=1.0)


def name(
    ui: Ui, pair: Pair, table: NDArray[np.float64], hovered: tuple[int, int], at: tuple[float, float], *, up: bool
) -> None:
    """Both layers' names and the value, in a box of its own. at: its top left, or its lower left where it is `up`."""
    lines = [
        (viewer.tour.name, numbered_title(viewer.tour, viewer.line()[k]))
        for viewer, k in zip(pair.viewers, hovered, strict=True)
    ]
    value = f"{float(table[hovered]):.3f}"
    first = min(120.0, max(ui.width(name, size=SMALL) for name, _ in lines))
    second = min(240.0, max(ui.width(text, size=SMALL) for _, text in lines))
    width = 10 + first + 8 + second + 20 + ui.width(value, bold=True) + 10
    x = max(8.0, min(at[0], ui.size[0] - width - 8))
    y = min(max(8.0, at[1] - (48 if up else 0)), ui.size[1] - 56)
    with ui.panel("pair of layers", x, y, width, 48, radius=6, front=True, inert=True):
        ui.taken.pop()
        for k, (whose, text) in enumerate(lines):
            middle = y + 15 + 18 * k
            ui.text(x + 10, middle, ui.elide(whose, first, size=SMALL), size=SMALL, color=ui.colors.second)
            ui.text(x + 10 + first + 8, middle, ui.elide(text, second, size=SMALL), size=SMALL)
        ui.text(x + width - 10, y + 24, value, bold=True, align=1.0)
