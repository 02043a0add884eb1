"""The layers of a pane: a column of dots on a thread that is as thick as a layer is similar to the one before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from imgui_bundle import imgui

from ...viewer.theme import SMALL
from ...viewer.titles import layer_title
from ...viewer.viewer import Viewer
from ..icons import ICON_PAUSE, ICON_PLAY
from ..ui import Ui

FROM_EDGE = 36  # of the window, to the dots
PITCH = (2.0, 24.0)
AROUND = 320  # pixels of the window's height that the column leaves free
OPEN_WIDTH = 224
TITLE = 44  # pixels above the first dot that the open column's title takes
READABLE = 15  # pixels between two names
DRAG = 4  # pixels from a click to a scrub
# Pixels that the present layer's name has beside the column: at most; in a window from WIDE on in any case; and the
# least in which it says something. Where it has less there is its number, and the name when it has just changed.
NAME, NAME_WIDE, NAME_LEAST = 240.0, 160.0, 72.0
WIDE = 1120  # pixels of a window
SAID = 2.5  # seconds


@dataclass(frozen=True)
class Place:
    """Where a column stands, in pixels of the design."""

    x: float
    """Of its dots; names open towards the middle of the window."""
    first: float
    """Y of the first dot."""
    pitch: float
    side: Literal["left", "right"] = "right"

    def y(self, layer: float) -> float:
        return self.first + self.pitch * layer


@dataclass
class Column:
    """What is remembered of it between frames."""

    open: bool = False
    pressed: float | None = None
    """Where the mouse went down on it, in pixels of the design."""
    pressed_epoch: float | None = None
    """And on the epochs above it, in epochs."""
    layer: int | None = None
    """What was present in the frame before."""
    said: float = 0.0
    """Seconds left in which its name is said, since it has just changed."""


def place_alone(ui: Ui, count: int) -> Place:
    """At the right, around the middle."""
    width, height = ui.size
    pitch = min(PITCH[1], max(PITCH[0], (height - AROUND) / max(1, count - 1)))
    return Place(width - FROM_EDGE, height / 2 - pitch * (count - 1) / 2, pitch)


def places_beside(ui: Ui, counts: tuple[int, int], *, left: float, top: float, bottom: float) -> tuple[Place, Place]:
    """At both edges, evenly, between top and bottom. left: x of the left one's dots."""
    pitch = min(PITCH[1], max(PITCH[0], (bottom - top) / max(1, max(counts) - 1)))
    first = [(top + bottom - pitch * (count - 1)) / 2 for count in counts]
    return Place(left, first[0], pitch, "left"), Place(ui.size[0] - FROM_EDGE, first[1], pitch)


def draw(
    ui: Ui,
    viewer: Viewer,
    column: Column,
    place: Place,
    *,
    named: bool = True,
    touch: Callable[[], None] = lambda: None,
) -> None:
    """Draw the column. named: with the name of the present layer beside it. touch: what a press on it calls first."""
    count = viewer.tour.depth
    mouse_y = imgui.get_mouse_pos().y / ui.scale
    reach = OPEN_WIDTH if column.open else 44
    top, bottom = place.first - (TITLE if column.open else place.pitch / 2 + 4), place.y(count - 1) + 20
    left = place.x - 20 if place.side == "left" else place.x + 20 - reach
    with ui.panel(f"layers {place.side}", left, top, reach, bottom - top, bare=not column.open, front=column.open):
        over = imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item)
        _, _, held = ui.button("column", left, top + (40 if column.open else 0), reach, bottom - top)
        if by := ui.arrows("column"):
            touch()
            viewer.step(by)
        hovered = round((mouse_y - place.first) / place.pitch)
        below_title = mouse_y > place.first - place.pitch / 2 - 4
        hovered = hovered if over and 0 <= hovered < count and below_title else -1
        if column.open:
            _names(ui, viewer, place, left, hovered)
        _column(ui, viewer, place, hovered)
        if held and column.pressed is None:
            touch()
        _press(viewer, column, place, held, mouse_y)
    column.open = over or held
    if named and not column.open:
        _current_name(ui, viewer, column, place)


def draw_play(ui: Ui, viewer: Viewer, place: Place) -> None:
    """Under the column: go through the layers one by one."""
    if viewer.tour.depth < 2:
        return
    playing, x, y = viewer.journey.on("layers"), place.x, place.y(viewer.tour.depth - 1) + 36
    with ui.panel("journey", x - 16, y - 16, 32, 32, bare=True):
        tip = ("Stop here" if playing else "Through the layers") + "\tl"
        icon = ICON_PAUSE if playing else ICON_PLAY
        if ui.icon_button("through", icon, x - 16, y - 16, tip=tip, active=playing):
            viewer.toggle_journey()


def _names(ui: Ui, viewer: Viewer, place: Place, left: float, hovered: int) -> None:
    inner = left + (32 if place.side == "left" else 0)  # beside the dots
    head = place.first - 28
    ui.text(left + (44 if place.side == "left" else 12), head, "Layer", size=SMALL, color=ui.colors.second)
    ui.text(inner + 180, head, "similar to previous", size=SMALL, color=ui.colors.second, align=1.0)
    ui.line(left + 12, head + 13, left + OPEN_WIDTH - 12, head + 13, ui.colors.border)
    pitch = place.pitch
    every = max(1, round(READABLE / pitch + 0.49))
    if hovered >= 0 and pitch >= READABLE:
        ui.rect(left + 4, place.y(hovered) - pitch / 2, OPEN_WIDTH - 8, pitch, ui.colors.control, radius=4)
    # Where there is no room for every name: the hovered one, the present one, and every so many of the others.
    line = viewer.line()
    present = viewer.layer - line[0]
    named = list(range(0, len(line), every))
    for important in (present, hovered):
        if important >= 0:
            named = [k for k in named if abs(k - important) >= every] + [important]
    for k in named:
        layer = viewer.tour.layers[line[k]]
        y, current = place.y(k), k == present
        color = ui.colors.text if current or k == hovered else ui.colors.second
        value = f"{layer.placement.similarity:.2f}" if k else ""
        room = 142 - (ui.width(value, size=SMALL) + 8 if k else 0)
        ui.text(inner + 28, y, str(k), size=SMALL, color=color, align=1.0, bold=current)
        ui.text(inner + 38, y, ui.elide(layer_title(viewer.tour, line[k]), room, size=SMALL, bold=current),
                size=SMALL, color=color, bold=current)  # fmt: skip
        ui.text(inner + 180, y, value, size=SMALL, color=ui.colors.second, align=1.0)


def _column(ui: Ui, viewer: Viewer, place: Place, hovered: int) -> None:
    x, pitch = place.x, place.pitch
    layers = [viewer.tour.layers[k] for k in viewer.line()]
    for k, layer in enumerate(layers[1:], 1):
        thickness = 1.0 + 3.0 * min(1.0, max(0.0, (layer.placement.similarity - 0.4) / 0.6))
        ui.line(x, place.y(k - 1), x, place.y(k), ui.colors.track, thickness)
    radius = min(4.0, pitch / 2.5)
    for k in range(len(layers)):
        grown = ui.level(f"layer {place.side} {k}", k == hovered)
        ui.disc(x, place.y(k), radius + 1.5, ui.colors.canvas)
        ui.disc(x, place.y(k), radius + 1.5 * grown, ui.colors.text if k == hovered else ui.colors.second)
    y = place.y(viewer.place)
    ui.disc(x, y, 10, ui.colors.canvas)
    ui.ring(x, y, 8.5, ui.colors.accent, 2)
    ui.disc(x, y, 5, ui.colors.accent)


def _press(viewer: Viewer, column: Column, place: Place, held: bool, mouse_y: float) -> None:
    """A click goes to the layer under it; a drag scrubs along the column."""
    there = (mouse_y - place.first) / place.pitch
    if held and column.pressed is None:
        column.pressed = mouse_y
    elif held and column.pressed is not None:
        if viewer.layers.scrubbing or abs(mouse_y - column.pressed) > DRAG:
            viewer.scrub(there)
    elif column.pressed is not None:
        column.pressed = None
        if viewer.layers.scrubbing:
            viewer.scrub(None)
        else:
            line = viewer.line()
            viewer.go_to(line[min(max(round(there), 0), len(line) - 1)])


def _current_name(ui: Ui, viewer: Viewer, column: Column, place: Place) -> None:
    """Number and name of the present layer beside its dot, as far as that does not reach over the figure."""
    if column.layer not in (None, viewer.layer):
        column.said = SAID
    column.layer, column.said = viewer.layer, max(0.0, column.said - ui.seconds)
    ui.moving = ui.moving or column.said > 0.0
    here, title = viewer.layer % viewer.tour.depth, layer_title(viewer.tour, viewer.layer)
    number, y = str(here), place.y(here)
    wide = ui.width(number, bold=True)
    beside = _beside_figure(ui, viewer, place) - wide - 8
    room = beside if beside >= min(NAME_LEAST, ui.width(title, bold=True)) else 0.0
    clear = 1.0 if room else ui.level(f"name {place.side}", column.said > 0.0)  # of the name
    title = ui.elide(title, room or NAME_WIDE, bold=True) if clear else ""
    whole = wide + (8 + ui.width(title, bold=True) if title else 0.0)
    left = place.x + 20 if place.side == "left" else place.x - 20 - whole
    with ui.panel(f"layer name {place.side}", left - 4, y - 12, whole + 8, 24, bare=True, inert=True):
        ui.rect(left - 4, y - 12, whole + 8, 24, (*ui.colors.canvas[:3], 0.7), radius=6)  # over points
        ui.text(left, y, number, bold=True)
        ui.text(left + wide + 8, y, title, bold=True, opacity=clear)


def _beside_figure(ui: Ui, viewer: Viewer, place: Place) -> float:
    """How wide number and name may be: what is free between column and figure, more in a wide window.

    While the tour turns that is what the free area has beside a figure as wide as high, so that names do not flicker.
    """
    width, height = viewer.area.free
    room = (width - height) / 2
    if not viewer.moving:
        left, top, right, bottom = viewer.figure_on_pane()
        column = ui.size[0] - place.x if place.side == "right" else place.x
        room = (viewer.area.size[0] - right if place.side == "right" else left) - column - 28
        room = room if top - 12 < place.y(viewer.place) < bottom + 12 else NAME
    return min(NAME, max(room, NAME_WIDE if ui.size[0] >= WIDE else 0.0))
