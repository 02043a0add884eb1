"""A grid of thumbnails, or of names where there are no images, that scrolls through any number of points."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from imgui_bundle import imgui

from ...viewer.hands import Hands
from ...viewer.listing import Listed
from ...viewer.theme import SMALL, Rgba
from ...viewer.viewer import Viewer
from ..strip import Strip
from ..tiles import Pictures
from ..ui import Ui
from .card import title
from .search import FIELD

SIDE, SPACE = 56, 4  # of a thumbnail, and between two
ROW, NAME = 24, 220  # of a name, high, and wide at least where several stand side by side
SCROLLBAR = 8
CELLS = "cells"
TILES = 128  # that can be in view at once

Box = tuple[float, float, float, float]  # left, top, width, height

STEPS = {imgui.Key.left_arrow: (-1, 0), imgui.Key.right_arrow: (1, 0), imgui.Key.up_arrow: (0, -1),
         imgui.Key.down_arrow: (0, 1), imgui.Key.page_up: (0, -4), imgui.Key.page_down: (0, 4)}  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """Which part of the list is in view, and where."""

    box: Box
    """Of the whole view; without the scrollbar it is narrower by SCROLLBAR."""
    scroll: float
    """Pixels of the list above the view."""
    pitch: float
    """From one row to the next."""
    across: float
    """And from one column to the next."""
    columns: int
    first: int
    """The place in the list of the first cell drawn."""
    points: list[int]
    """The point of each cell drawn."""

    def corner(self, k: int) -> tuple[float, float]:
        """The top left of the k-th cell drawn."""
        x, y, _, _ = self.box
        return x + self.across * (k % self.columns), y - self.scroll % self.pitch + self.pitch * (k // self.columns)

    def under(self, mouse: tuple[float, float], count: int) -> int | None:
        """The place in a list of `count` that is under the cursor."""
        x, y, w, h = self.box
        across, down = mouse[0] - x, mouse[1] - y
        if not (0 <= across < w - SCROLLBAR and 0 <= down < h):
            return None
        column = min(self.columns - 1, int(across // self.across))
        place = int((down + self.scroll) // self.pitch) * self.columns + column
        return place if place < count else None


@dataclass
class Grid:
    """Where the keyboard is in the list. It owns the images in view once there are any."""

    cursor: int | None = None
    """The place in the list that the arrow keys have gone to."""
    scroll_to: int | None = None
    of: Listed | None = None
    pictures: Pictures | None = None
    strip: Strip | None = None

    def close(self) -> None:
        for each in (self.pictures, self.strip):
            if each is not None:
                each.close()
        self.pictures = self.strip = None


def draw(ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, box: Box) -> None:
    """Draw the part of the list in view; a click or Enter goes to a point, hovering marks it."""
    x, y, w, h = box
    images = viewer.tour.sprites is not None
    columns = max(1, int((w - SCROLLBAR + SPACE) // (SIDE + SPACE) if images else (w - SCROLLBAR) // NAME))
    pitch, across = (SIDE + SPACE, SIDE + SPACE) if images else (ROW, (w - SCROLLBAR) / columns)
    if listed is not grid.of:
        grid.of, grid.cursor, grid.scroll_to = listed, None, 0
    _keys(ui, viewer, hands, grid, listed, columns)
    count = len(listed.points)
    rows = math.ceil(count / columns)
    imgui.set_cursor_screen_pos(ui.at(x, y))
    imgui.begin_child("grid", imgui.ImVec2(ui.px(w), ui.px(h)))
    if grid.scroll_to is not None:
        low, high = pitch * (grid.scroll_to // columns + 1) - h, float(pitch * (grid.scroll_to // columns))
        imgui.set_scroll_y(ui.px(max(0.0, min(max(imgui.get_scroll_y() / ui.scale, low), high))))
        grid.scroll_to = None
    scroll = imgui.get_scroll_y() / ui.scale
    first = int(scroll // pitch) * columns
    shown = listed.points[first : first + columns * (math.ceil(h / pitch) + 1)][:TILES].tolist()
    cells = Cells(box, scroll, pitch, across, columns, first, shown)
    reached = imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item)
    under = cells.under(ui.mouse, count) if reached else None
    if under is not None:  # before the cells are drawn, which mark it
        hands.listed = int(listed.points[under])
    clicked, _, _ = ui.button(CELLS, x, y, w - SCROLLBAR, h)
    if images:
        _thumbnails(ui, viewer, hands, grid, cells)
    else:
        _names(ui, viewer, hands, grid, listed, cells)
    imgui.set_cursor_pos(imgui.ImVec2(0, ui.px(pitch * rows)))
    imgui.dummy(imgui.ImVec2(1, 0))
    imgui.end_child()
    if under is not None:
        ui.tooltip("cells", _tip(viewer, listed, under), hovered=True)
        if clicked:
            grid.cursor = under
            _go(viewer, hands, int(listed.points[under]))


def _keys(ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, columns: int) -> None:
    """Arrows move through the list, Enter goes to the point; left and right are the text's while one is typed.

    They do so from the field of the search too, and where Tab has gone nowhere else.
    """
    count = len(listed.points)
    typing = imgui.get_io().want_text_input
    if ui.focused not in ("", ui.stop_of(CELLS), ui.stop_of(FIELD)):
        return
    entered = ui.pressed or (typing and imgui.is_key_pressed(imgui.Key.enter))
    for key, (across, down) in STEPS.items():
        if count and imgui.is_key_pressed(key) and not (typing and across):
            here = -1 if grid.cursor is None else grid.cursor
            there = max(0, here + across + columns * down) if grid.cursor is not None else 0
            grid.cursor = grid.scroll_to = min(count - 1, there)
    if grid.cursor is not None and grid.cursor < count:
        hands.listed = int(listed.points[grid.cursor])
        if entered:
            _go(viewer, hands, hands.listed)


def _go(viewer: Viewer, hands: Hands, point: int) -> None:
    hands.pinned = point
    viewer.look_at(point)


def _thumbnails(ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, cells: Cells) -> None:
    sprites = viewer.tour.sprites
    assert sprites is not None
    grid.pictures = grid.pictures or Pictures(sprites)
    grid.strip = grid.strip or Strip(sprites.tile, TILES, columns=16)
    grid.strip.show(grid.pictures.get(tuple(cells.points)))
    ui.moving = ui.moving or grid.pictures.arriving
    for k, point in enumerate(cells.points):
        left, top = cells.corner(k)
        ui.rect(left, top, SIDE, SIDE, ui.colors.track, radius=4)
        grid.strip.draw(ui, k, left, top, SIDE)
        if viewer.coloring.kind != "none":
            ui.frame(left, top, SIDE, SIDE, _color(viewer, point), radius=3, thickness=2)
        chosen = point == hands.pinned or cells.first + k == grid.cursor
        if chosen or point == hands.listed:
            color = ui.colors.accent if chosen else ui.colors.text
            ui.frame(left - 1, top - 1, SIDE + 2, SIDE + 2, color, radius=4, thickness=2)


def _names(ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, cells: Cells) -> None:
    w = cells.across
    for k, point in enumerate(cells.points):
        x, top = cells.corner(k)
        if point == hands.pinned or cells.first + k == grid.cursor:
            ui.rect(x, top, w, ROW, ui.colors.tint, radius=4)
            ui.rect(x, top, 3, ROW, ui.colors.accent, radius=1.5)
        elif point == hands.listed:
            ui.rect(x, top, w, ROW, ui.colors.control, radius=4)
        if viewer.coloring.kind != "none":
            ui.disc(x + 14, top + ROW / 2, 4, _color(viewer, point))
        name, left = title(viewer, point), x + (26 if viewer.coloring.kind != "none" else 12)
        value = _value(listed, cells.first + k) or (f"#{point}" if name else "")  # which is its name otherwise
        wide = ui.width(value, size=SMALL)
        ui.text(x + w - 8, top + ROW / 2, value, size=SMALL, color=ui.colors.second, align=1.0)
        ui.text(left, top + ROW / 2, ui.elide(name or f"#{point}", x + w - left - wide - 20))


def _color(viewer: Viewer, point: int) -> Rgba:
    r, g, b = (viewer.coloring.table[int(viewer.coloring.codes[point])] / 255.0).tolist()
    return (r, g, b, 1.0)


def _tip(viewer: Viewer, listed: Listed, place: int) -> str:
    """The point's name and number, and what it is sorted by."""
    point = int(listed.points[place])
    value = _value(listed, place)
    name = title(viewer, point)
    return f"{name or 'point'} #{point}" + (f"\t{listed.measure} {value}" if value else "")


def _value(listed: Listed, place: int) -> str:
    if listed.values is None:
        return ""
    value: Any = listed.values[place]
    if isinstance(value, float | np.floating):
        return "never" if np.isposinf(value) else f"{value:.3g}"
    return Path(str(value)).name
