"""A grid of thumbnails, or of names where there are no images, that scrolls through any number of points."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from imgui_bundle import imgui

from ...viewer.hands import Hands
from ...viewer.listing import Listed
from ...viewer.theme import SMALL
from ...viewer.viewer import Viewer
from ..strip import Strip
from ..tiles import Pictures
from ..ui import Ui
from .card import title

SIDE, SPACE = 56, 4  # of a thumbnail, and between two
ROW = 24  # of a name
SCROLLBAR = 8
TILES = 128  # that can be in view at once

Box = tuple[float, float, float, float]  # left, top, width, height

STEPS = {imgui.Key.left_arrow: (-1, 0), imgui.Key.right_arrow: (1, 0), imgui.Key.up_arrow: (0, -1),
         imgui.Key.down_arrow: (0, 1), imgui.Key.page_up: (0, -4), imgui.Key.page_down: (0, 4)}  # fmt: skip


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
    columns = max(1, int((w - SCROLLBAR + SPACE) // (SIDE + SPACE))) if images else 1
    pitch = SIDE + SPACE if images else ROW
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
    shown = listed.points[first : first + columns * (math.ceil(h / pitch) + 1)][:TILES]
    under = _under(ui, x, y, w, h, scroll, pitch, columns, count)
    clicked, _, _ = ui.button("cells", x, y, w - SCROLLBAR, h)
    if images:
        _thumbnails(ui, viewer, hands, grid, listed, first, shown, (x, y - scroll % pitch), columns)
    else:
        _names(ui, viewer, hands, grid, listed, first, shown, (x, y - scroll % pitch, w - SCROLLBAR))
    imgui.set_cursor_pos(imgui.ImVec2(0, ui.px(pitch * rows)))
    imgui.dummy(imgui.ImVec2(1, 0))
    imgui.end_child()
    if under is not None:
        hands.listed = int(listed.points[under])
        ui.tooltip("cells", _tip(viewer, listed, under), hovered=True)
        if clicked:
            grid.cursor = under
            _go(viewer, hands, int(listed.points[under]))


def _under(
    ui: Ui, x: float, y: float, w: float, h: float, scroll: float, pitch: float, columns: int, count: int
) -> int | None:
    """The place in the list under the cursor."""
    mouse_x, mouse_y = ui.mouse
    inside = x <= mouse_x < x + w - SCROLLBAR and y <= mouse_y < y + h
    if not inside or not imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item):
        return None
    column = min(columns - 1, int((mouse_x - x) // pitch)) if columns > 1 else 0
    place = int((mouse_y - y + scroll) // pitch) * columns + column
    return place if place < count else None


def _keys(ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, columns: int) -> None:
    """Arrows move through the list, Enter goes to the point; left and right are the text's while one is typed."""
    count = len(listed.points)
    typing = imgui.get_io().want_text_input
    for key, (across, down) in STEPS.items():
        if count and imgui.is_key_pressed(key) and not (typing and across):
            here = -1 if grid.cursor is None else grid.cursor
            there = max(0, here + across + columns * down) if grid.cursor is not None else 0
            grid.cursor = grid.scroll_to = min(count - 1, there)
    if grid.cursor is not None and grid.cursor < count:
        hands.listed = int(listed.points[grid.cursor])
        if ui.pressed and not ui.focused:
            _go(viewer, hands, hands.listed)


def _go(viewer: Viewer, hands: Hands, point: int) -> None:
    hands.pinned = point
    viewer.look_at(point)


def _thumbnails(
    ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, first: int, shown: Any,
    corner: tuple[float, float], columns: int,
) -> None:  # fmt: skip
    sprites = viewer.tour.sprites
    assert sprites is not None
    grid.pictures = grid.pictures or Pictures(sprites)
    grid.strip = grid.strip or Strip(sprites.tile, TILES, columns=16)
    grid.strip.show(grid.pictures.get(tuple(shown.tolist())))
    ui.moving = ui.moving or grid.pictures.arriving
    for k, point in enumerate(shown.tolist()):
        left = corner[0] + (SIDE + SPACE) * (k % columns)
        top = corner[1] + (SIDE + SPACE) * (k // columns)
        ui.rect(left, top, SIDE, SIDE, ui.colors.control, radius=4)
        grid.strip.draw(ui, k, left, top, SIDE)
        if viewer.coloring.kind != "none":
            r, g, b = (viewer.coloring.table[int(viewer.coloring.codes[point])] / 255.0).tolist()
            ui.frame(left, top, SIDE, SIDE, (r, g, b, 1.0), radius=3, thickness=2)
        if point in (hands.pinned, hands.listed) or first + k == grid.cursor:
            color = ui.colors.accent if point == hands.pinned or first + k == grid.cursor else ui.colors.text
            ui.frame(left - 1, top - 1, SIDE + 2, SIDE + 2, color, radius=4, thickness=2)


def _names(
    ui: Ui, viewer: Viewer, hands: Hands, grid: Grid, listed: Listed, first: int, shown: Any,
    box: tuple[float, float, float],
) -> None:  # fmt: skip
    x, y, w = box
    for k, point in enumerate(shown.tolist()):
        top = y + ROW * k
        if point == hands.pinned or first + k == grid.cursor:
            ui.rect(x, top, w, ROW, ui.colors.tint, radius=4)
            ui.rect(x, top, 3, ROW, ui.colors.accent, radius=1.5)
        elif point == hands.listed:
            ui.rect(x, top, w, ROW, ui.colors.control, radius=4)
        if viewer.coloring.kind != "none":
            r, g, b = (viewer.coloring.table[int(viewer.coloring.codes[point])] / 255.0).tolist()
            ui.disc(x + 14, top + ROW / 2, 4, (r, g, b, 1.0))
        value = _value(listed, first + k) or f"#{point}"
        wide = ui.width(value, size=SMALL)
        ui.text(x + w - 8, top + ROW / 2, value, size=SMALL, color=ui.colors.second, align=1.0)
        ui.text(x + 26, top + ROW / 2, ui.elide(title(viewer, point) or f"#{point}", w - 26 - wide - 20))


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
        return f"{value:.3g}"
    return Path(str(value)).name
