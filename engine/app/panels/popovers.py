"""What opens under the toolbar: the look of the points, and the keys."""

import math

from ..theme import ICON_CLOSE, MARGIN, SMALL
from ..ui import Ui
from ..viewer import Viewer
from .state import Panels

TOP = MARGIN + 40 + 8

KEYS = (
    ("Play or pause", "space, p"),
    ("Dots or images", "i"),
    ("Next layer, previous layer", "j, k"),
    ("Through all layers, one by one", "l"),
    ("Scrub through the layers", "drag their column"),
    ("Pan", "drag"),
    ("Zoom", "wheel"),
    ("Whole picture", "r"),
    ("Story of saved views", "b"),
    ("Save the story into the tour", "Ctrl+S"),
    ("Undo, redo", "Ctrl+Z, Ctrl+Y"),
    ("Light or dark", "t"),
    ("Save a picture", "s"),
    ("Close this, stop the story", "Esc"),
)


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    if panels.popover == "look":
        _look(ui, viewer, panels)
    elif panels.popover == "help":
        _help(ui, panels)


def _title(ui: Ui, panels: Panels, x: float, width: float, text: str) -> None:
    ui.text(x + 12, TOP + 22, text, bold=True)
    if ui.icon_button("close", ICON_CLOSE, x + width - 36, TOP + 6, tip="Close\tEsc"):
        panels.popover = ""


def _look(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    width = 248
    x = ui.size[0] - MARGIN - width
    with ui.panel("look of points", x, TOP, width, 148, front=True):
        _title(ui, panels, x, width, "Look")
        ui.text(x + 12, TOP + 58, "Depth cue")
        cue = ui.switch("cue", x + width - 44, TOP + 58, viewer.base.depth_cue, tip="Near points larger and clearer")
        if cue != viewer.base.depth_cue:
            viewer.change(depth_cue=cue)
        for y, label, name in ((92, "Dot size", "dot_size"), (124, "Image size", "image_size")):
            ui.text(x + 12, TOP + y, label)
            value = getattr(viewer.base, name)
            # From a quarter to four times, once in the middle.
            place = ui.slider(name, x + 108, TOP + y, 84, 0.5 + 0.25 * math.log2(value), tip=label)
            ui.text(x + width - 12, TOP + y, f"{value:.1f}\u00d7", size=SMALL, color=ui.colors.second, align=1.0)
            changed = 2.0 ** ((place - 0.5) * 4)
            if abs(changed - value) > 1e-6:
                viewer.change(**{name: changed})


def _help(ui: Ui, panels: Panels) -> None:
    width = 320
    x = ui.size[0] - MARGIN - width
    with ui.panel("keys", x, TOP, width, 48 + 26 * len(KEYS), front=True):
        _title(ui, panels, x, width, "Keys")
        for k, (what, key) in enumerate(KEYS):
            y = TOP + 56 + 26 * k
            ui.text(x + 12, y, what)
            ui.text(x + width - 12, y, key, size=SMALL, color=ui.colors.second, align=1.0)
