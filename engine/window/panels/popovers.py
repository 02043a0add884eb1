"""What opens under the toolbar: the look of the points (look.py) and the keys."""

from ...viewer.theme import MARGIN, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE
from ..ui import Ui
from . import look
from .state import Panels

COLUMN, HEAD, ROW = 320, 48, 26  # of keys: wide, and high
LOW, LOW_ROW = 700, 22  # pixels of a window below which rows are nearer to each other
ABOVE_RESET = 64  # pixels that the reset button has for itself
KEYS = (
    ("Play or pause", "space, p"),
    ("Dots or images", "i"),
    ("Class frames of images, density", "o, h"),
    ("Next layer, previous layer", "j, k"),
    ("Through all layers, one by one", "l"),
    ("Scrub through the layers", "drag their column"),
    ("Pan", "drag"),
    ("Zoom", "wheel"),
    ("Whole picture", "r"),
    ("Hand", "v"),
    ("Select: rectangle, lasso", "f, g"),
    ("Add to the selection, take away", "shift, alt or Ctrl"),
    ("Select none", "c"),
    ("Copy the selected rows", "Ctrl+C"),
    ("Select the points of a list", "Ctrl+V, drop a file"),
    ("Find points", "/"),
    ("Drawer: the selection, lists worth a look", "w"),
    ("Keep a point's card", "click it"),
    ("Make a handle", "d"),
    ("Delete a handle, bring it back", "x, u"),
    ("Story of saved views", "b"),
    ("Save the story into the tour", "Ctrl+S"),
    ("Next control, press it", "Tab, Enter"),
    ("Through a list, a slider, the layers", "arrows"),
    ("Undo, redo", "Ctrl+Z, Ctrl+Y"),
    ("Two tours: align, matrix, differences", "a, m, n"),
    ("Light or dark", "t"),
    ("Save a picture", "s"),
    ("Close this, stop the story", "Esc"),
)

EPOCHS = (("Next epoch, previous epoch", "], ["), ("Through all epochs, one by one", "e"))  # after the layers' keys


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    look.draw(ui, viewer, panels)
    if panels.popover == "help":
        _help(ui, viewer, panels)


def _title(ui: Ui, panels: Panels, x: float, width: float, text: str) -> None:
    ui.text(x + 12, UNDER_TOOLBAR + 22, text, bold=True)
    if ui.icon_button("close", ICON_CLOSE, x + width - 36, UNDER_TOOLBAR + 6, tip="Close\tEsc"):
        panels.popover = ""


def _help(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    keys = (*KEYS[:6], *(EPOCHS if viewer.tour.epochs else ()), *KEYS[6:])
    one = UNDER_TOOLBAR + HEAD + ROW * len(keys) + ABOVE_RESET <= ui.size[1]
    columns = 1 if one else 2  # in a low window side by side, nearer to each other, so that a message has room
    rows, row = -(-len(keys) // columns), ROW if one or ui.size[1] >= LOW else LOW_ROW
    width = COLUMN * columns
    x = ui.size[0] - MARGIN - width
    with ui.panel("keys", x, UNDER_TOOLBAR, width, HEAD + row * rows, front=True):
        _title(ui, panels, x, width, "Keys")
        for k, (what, key) in enumerate(keys):
            left, y = x + COLUMN * (k // rows), UNDER_TOOLBAR + HEAD - 4 + row * (k % rows + 0.5)
            ui.text(left + 12, y, what)
            ui.text(left + COLUMN - 12, y, key, size=SMALL, color=ui.colors.second, align=1.0)
