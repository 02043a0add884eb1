"""The epochs of a training, above the layers: a slider with a bead for each, and the way through all of them."""

from collections.abc import Callable

from ...viewer.theme import GAP, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_PAUSE, ICON_PLAY
from ..ui import Ui
from . import layers
from .layers import Column, Place

WIDTH, HEIGHT = layers.OPEN_WIDTH, 44
TRACK = 48, 16  # from the panel's edges to the ends of the track
MIDDLE = 31  # of the track, from the panel's top
BEADED = 9  # pixels from epoch to epoch, at least, to have a bead for each
ROOM = HEIGHT + 4 * GAP  # that a column leaves above it


def draw(
    ui: Ui,
    viewer: Viewer,
    column: Column,
    place: Place,
    *,
    top: float = UNDER_TOOLBAR,
    touch: Callable[[], None] = lambda: None,
) -> None:
    """Draw the slider, if there are epochs. place: of the column of layers. touch: what a press calls first.

    top: from where on there is room, where it stands in a narrow window, in a corner of the figure.
    """
    if not viewer.tour.epochs:
        return
    x = place.x - 20 if place.side == "left" else place.x + 20 - WIDTH
    y = top if ui.size[0] < layers.WIDE else max(UNDER_TOOLBAR, place.first - layers.TITLE - GAP - HEIGHT)
    with ui.panel(f"epochs {place.side}", x, y, WIDTH, HEIGHT):
        _play(ui, viewer, x + 6, y + 6)
        _name(ui, viewer, x, y + 14)
        _slider(ui, viewer, column, x + TRACK[0], y, touch)


def _play(ui: Ui, viewer: Viewer, x: float, y: float) -> None:
    playing = viewer.journey.on("epochs")
    tip = ("Stop here" if playing else "Through the epochs") + "\te"
    if ui.icon_button("through epochs", ICON_PAUSE if playing else ICON_PLAY, x, y, tip=tip, active=playing):
        viewer.toggle_journey("epochs")


def _name(ui: Ui, viewer: Viewer, x: float, y: float) -> None:
    """What the present epoch is called, and which of how many it is."""
    epochs = viewer.tour.epochs
    here = round(viewer.epoch)
    count = f"{here + 1} of {len(epochs)}"
    ui.text(x + TRACK[0] - 2, y, "Epoch", size=SMALL, color=ui.colors.second)
    left, right = x + TRACK[0] + ui.width("Epoch", size=SMALL) + 6, x + WIDTH - TRACK[1] + 2
    room = right - ui.width(count, size=SMALL) - GAP - left
    ui.text(left, y, ui.elide(epochs[here], room, bold=True), bold=True)
    ui.text(right, y, count, size=SMALL, color=ui.colors.second, align=1.0)


def _slider(ui: Ui, viewer: Viewer, column: Column, x: float, top: float, touch: Callable[[], None]) -> None:
    epochs, width = viewer.tour.epochs, WIDTH - sum(TRACK)
    pitch = width / (len(epochs) - 1)
    mouse = min(max((ui.mouse[0] - x) / pitch, 0.0), len(epochs) - 1.0)
    tip = f"Epoch {epochs[round(mouse)]}\t[ ]"
    _, hovered, held = ui.button("epoch", x - 8, top + 20, width + 16, HEIGHT - 20, tip=tip)
    y, knob = top + MIDDLE, x + pitch * viewer.epoch
    ui.rect(x - 2, y - 2, width + 4, 4, ui.colors.track, radius=2)
    ui.rect(x - 2, y - 2, knob - x + 4, 4, ui.colors.accent, radius=2)
    for k in range(len(epochs) if pitch >= BEADED else 0):
        ui.disc(x + pitch * k, y, 4, ui.colors.accent if k <= viewer.epoch else ui.colors.track)
    if hovered and not held:
        ui.disc(x + pitch * round(mouse), y, 4, ui.colors.text)
    if hovered or held:
        ui.disc(knob, y, 10, ui.colors.accent, opacity=0.25)
    ui.disc(knob, y, 7, ui.colors.text)
    if held and column.pressed_epoch is None:
        touch()
    _press(viewer, column, held, mouse, pitch)


def _press(viewer: Viewer, column: Column, held: bool, there: float, pitch: float) -> None:
    """A click goes to the epoch under it; a drag scrubs."""
    if held and column.pressed_epoch is None:
        column.pressed_epoch = there
    elif held and column.pressed_epoch is not None:
        if viewer.layers.scrubbing or abs(there - column.pressed_epoch) * pitch > layers.DRAG:
            viewer.scrub(there, "epochs")
    elif column.pressed_epoch is not None:
        column.pressed_epoch = None
        if viewer.layers.scrubbing:
            viewer.scrub(None)
        else:
            viewer.go_to(viewer.line("epochs")[round(there)])
