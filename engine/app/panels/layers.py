"""The layers, right: a column of dots on a thread that is as thick as a layer is similar to the one before."""

from imgui_bundle import imgui

from ..reading import layer_title
from ..theme import ICON_PAUSE, ICON_PLAY, MARGIN, SMALL
from ..ui import Ui
from ..viewer import Viewer
from .state import Panels

FROM_RIGHT = 36  # of the window, to the dots
PITCH = (2.0, 24.0)
AROUND = 320  # pixels of the window's height that the column leaves free
OPEN_WIDTH = 224
TITLE = 44  # pixels above the first dot that the open column's title takes
READABLE = 15  # pixels between two names
DRAG = 4  # pixels from a click to a scrub


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    layers = viewer.line()
    width = ui.size[0]
    first, pitch = place(ui, viewer)
    x = width - FROM_RIGHT
    mouse = imgui.get_mouse_pos()
    mouse_y = mouse.y / ui.scale
    reach = OPEN_WIDTH if panels.layers_open else 44
    top, bottom = first - (TITLE if panels.layers_open else pitch / 2 + 4), first + pitch * (len(layers) - 1) + 20
    left = width - MARGIN - reach
    with ui.panel("layers", left, top, reach, bottom - top, bare=not panels.layers_open):
        over = imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item)
        _, _, held = ui.button("column", left, top + (40 if panels.layers_open else 0), reach, bottom - top)
        hovered = round((mouse_y - first) / pitch)
        hovered = hovered if over and 0 <= hovered < len(layers) and mouse_y > first - pitch / 2 - 4 else -1
        if panels.layers_open:
            _names(ui, viewer, left, first, pitch, hovered)
        _column(ui, viewer, x, first, pitch, hovered)
        _press(viewer, panels, held, mouse_y, first, pitch)
    _play(ui, viewer, x, first + pitch * (len(layers) - 1) + 36)
    panels.layers_open = over or held
    if not panels.layers_open:
        _current_name(ui, viewer, x - 20, first + pitch * (viewer.layer - layers.start))


def place(ui: Ui, viewer: Viewer) -> tuple[float, float]:
    """Where the column's first dot is, and how far it is from dot to dot, in pixels of the design."""
    count, height = viewer.tour.depth, ui.size[1]
    pitch = min(PITCH[1], max(PITCH[0], (height - AROUND) / max(1, count - 1)))
    return height / 2 - pitch * (count - 1) / 2, pitch


def _names(ui: Ui, viewer: Viewer, left: float, first: float, pitch: float, hovered: int) -> None:
    ui.text(left + 12, first - 28, "Layer", size=SMALL, color=ui.colors.second)
    ui.text(left + 180, first - 28, "similar to previous", size=SMALL, color=ui.colors.second, align=1.0)
    ui.line(left + 12, first - 15, left + OPEN_WIDTH - 12, first - 15, ui.colors.border)
    every = max(1, round(READABLE / pitch + 0.49))
    if hovered >= 0 and pitch >= READABLE:
        ui.rect(left + 4, first + pitch * hovered - pitch / 2, OPEN_WIDTH - 8, pitch, ui.colors.control, radius=4)
    # Where there is no room for every name: the hovered one, the present one, and every so many of the others.
    layers = viewer.line()
    named = list(range(0, len(layers), every))
    present = viewer.layer - layers.start
    for important in (present, hovered):
        if important >= 0:
            named = [k for k in named if abs(k - important) >= every] + [important]
    for k in named:
        layer = viewer.tour.layers[layers[k]]
        y, current = first + pitch * k, k == present
        color = ui.colors.text if current or k == hovered else ui.colors.second
        value = f"{layer.placement.similarity:.2f}" if k else ""
        room = 142 - (ui.width(value, size=SMALL) + 8 if k else 0)
        ui.text(left + 28, y, str(k), size=SMALL, color=color, align=1.0, bold=current)
        ui.text(left + 38, y, ui.elide(layer_title(viewer.tour, layers[k]), room, size=SMALL, bold=current),
                size=SMALL, color=color, bold=current)  # fmt: skip
        ui.text(left + 180, y, value, size=SMALL, color=ui.colors.second, align=1.0)


def _column(ui: Ui, viewer: Viewer, x: float, first: float, pitch: float, hovered: int) -> None:
    layers = viewer.line()
    for k in range(1, len(layers)):
        similarity = viewer.tour.layers[layers[k]].placement.similarity
        thickness = 1.0 + 3.0 * min(1.0, max(0.0, (similarity - 0.4) / 0.6))
        ui.line(x, first + pitch * (k - 1), x, first + pitch * k, ui.colors.track, thickness)
    radius = min(4.0, pitch / 2.5)
    for k in range(len(layers)):
        grown = ui.level(f"layer {k}", k == hovered)
        ui.disc(x, first + pitch * k, radius + 1.5, ui.colors.canvas)
        ui.disc(x, first + pitch * k, radius + 1.5 * grown, ui.colors.text if k == hovered else ui.colors.second)
    y = first + pitch * viewer.place
    ui.disc(x, y, 10, ui.colors.canvas)
    ui.ring(x, y, 8.5, ui.colors.accent, 2)
    ui.disc(x, y, 5, ui.colors.accent)


def _play(ui: Ui, viewer: Viewer, x: float, y: float) -> None:
    """Under the column: go through the layers one by one."""
    if viewer.tour.depth < 2:
        return
    playing = viewer.journey.along("layers")
    with ui.panel("journey", x - 16, y - 16, 32, 32, bare=True):
        tip = ("Stop here" if playing else "Through the layers") + "\tl"
        icon = ICON_PAUSE if playing else ICON_PLAY
        if ui.icon_button("through", icon, x - 16, y - 16, tip=tip, active=playing):
            viewer.journey.toggle(viewer)


def _press(viewer: Viewer, panels: Panels, held: bool, mouse_y: float, first: float, pitch: float) -> None:
    """A click goes to the layer under it; a drag scrubs along the column."""
    place = (mouse_y - first) / pitch
    if held and panels.pressed_layer is None:
        panels.pressed_layer = mouse_y
    elif held and panels.pressed_layer is not None:
        if viewer.scrubbing or abs(mouse_y - panels.pressed_layer) > DRAG:
            viewer.scrub(place)
    elif panels.pressed_layer is not None:
        panels.pressed_layer = None
        if viewer.scrubbing:
            viewer.scrub(None)
        else:
            layers = viewer.line()
            viewer.go_to(layers[min(max(round(place), 0), len(layers) - 1)])


def _current_name(ui: Ui, viewer: Viewer, right: float, y: float) -> None:
    """Number and name of the present layer, beside its dot."""
    title = layer_title(viewer.tour, viewer.layer)
    name = ui.width(title, bold=True)
    here = str(viewer.layer % viewer.tour.depth)
    number = ui.width(here, bold=True)
    with ui.panel("layer name", right - name - number - 10, y - 12, name + number + 14, 24, bare=True):
        ui.text(right - name - 8, y, here, bold=True, align=1.0)
        ui.text(right, y, title, bold=True, align=1.0)
