"""The small card beside the point under the cursor: its image, its name and two attributes; a click pins the point."""

import math
from dataclasses import dataclass

import numpy as np

from ...viewer import picking
from ...viewer.hands import Hands
from ...viewer.picking import Sight
from ...viewer.theme import ABOVE_DOCK, MARGIN, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ...viewer.wrap import wrapped
from ..strip import Strip
from ..tiles import Pictures
from ..ui import Ui
from .card import FILE, LINE, attribute, rows_of, title

WIDTH = 168
IMAGE = 56
ATTRIBUTES = 2
CLEAR = 14  # pixels from a point's rim to its card


@dataclass
class Hover:
    """Owns the image on the card once there is one."""

    point: int | None = None
    corner: tuple[float, float] | None = None
    pictures: Pictures | None = None
    strip: Strip | None = None

    @property
    def waiting(self) -> bool:
        """Whether the image is on its way."""
        return self.point is not None and self.pictures is not None and self.pictures.arriving

    def show(self, viewer: Viewer, point: int) -> None:
        """Ask for the image of a point."""
        if viewer.tour.sprites is not None:
            self.pictures = self.pictures or Pictures(viewer.tour.sprites)
            self.strip = self.strip or Strip(viewer.tour.sprites.tile, 1)
            self.strip.show(self.pictures.get((point,)))

    def close(self) -> None:
        for each in (self.pictures, self.strip):
            if each is not None:
                each.close()


def draw(ui: Ui, viewer: Viewer, hands: Hands, hover: Hover, sight: Sight, *, left: float, right: float) -> None:
    """Draw the card. left: where the point's pane begins in the window. right: up to where the card may reach."""
    handles = hands.handles
    busy = hands.busy or handles.hovered is not None or handles.renaming is not None
    point = hover.point = None if busy or hands.pointed == hands.pinned else hands.pointed
    hover.corner = None
    if point is None:
        return
    hover.show(viewer, point)
    name = title(viewer, point)
    rows = _most_telling(viewer, point, name)
    images = hover.strip is not None
    head = IMAGE + 16 if images else 32
    height = head + LINE * len(rows) + (8 if rows else 0)
    (at,), (size,) = picking.drawn_at(viewer, sight, np.array([point]))
    spot = (left + float(at[0]), float(at[1]), 0.5 * float(size) + CLEAR)
    hover.corner = corner(spot, height, ui.size, right=right)
    x, y = hover.corner
    with ui.panel("hover", x, y, WIDTH, height, inert=True, front=True):
        text = x + 12
        if images and hover.strip is not None:
            ui.rect(x + 8, y + 8, IMAGE, IMAGE, ui.colors.track, radius=4)
            hover.strip.draw(ui, 0, x + 8, y + 8, IMAGE)
            text = x + IMAGE + 18
        room = x + WIDTH - 12 - text
        number = f"#{point}"
        if images:
            lines = _lines(ui, name or number, room)
            first = y + (36 if name else 46) - 10 * len(lines)
            for k, line in enumerate(lines):
                ui.text(text, first + 18 * k, ui.elide(line, room, bold=True), bold=True)
            if name:
                ui.text(text, first + 18 * len(lines) + 2, number, size=SMALL, color=ui.colors.second)
        else:
            wide = ui.width(number, size=SMALL) + 8 if name else 0
            ui.text(text, y + 18, ui.elide(name or number, room - wide, bold=True), bold=True)
            if name:
                ui.text(x + WIDTH - 12, y + 18, number, size=SMALL, color=ui.colors.second, align=1.0)
        for k, (what, value) in enumerate(rows):
            attribute(ui, x, y + head + LINE * k + LINE / 2, WIDTH, what, value)


def _lines(ui: Ui, name: str, room: float) -> list[str]:
    """A name in two lines, if it is too long for one, broken between words or the folders of a path."""

    def wide(line: str) -> float:
        return ui.width(line, bold=True)

    if wide(name) <= room:
        return [name]
    return [line.replace("/ ", "/") for line in wrapped(name.replace("/", "/ "), wide, room=room, lines=2)]


def _most_telling(viewer: Viewer, point: int, name: str) -> list[tuple[str, str]]:
    """The attribute that colours the points first, and what the name does not say already."""
    rows = [row for row in rows_of(viewer, point) if row[1] != name and row[0] != FILE]
    rows.sort(key=lambda row: row[0] != viewer.base.color_by)
    return rows[:ATTRIBUTES]


def corner(
    spot: tuple[float, float, float], height: float, window: tuple[float, float], *, right: float
) -> tuple[float, float]:
    """Where a card stands that opens away from the window's centre and never over its point.

    spot: the point's place and half the room it needs. right: up to where it may reach.
    """
    x, y, clear = spot
    after, before = x + clear, x - clear - WIDTH
    fits_after, fits_before = after + WIDTH <= right, before >= MARGIN
    at_right = (x >= window[0] / 2 and fits_after) or not fits_before
    top = max(UNDER_TOOLBAR, min(y - height / 2, window[1] - ABOVE_DOCK - height))
    return math.floor(after if at_right else before), math.floor(top)
