"""The bar above the dock while points are selected: how many, and what to do with them."""

from ...viewer.hands import Hands
from ...viewer.theme import ABOVE_DOCK, GAP
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE, ICON_COPY, ICON_DOWNLOAD, ICON_EYE, ICON_LIST, ICON_PIN, ICON_SWAP
from ..ui import Ui
from . import drawer
from .state import Panels

HEIGHT = 40


def is_shown(viewer: Viewer) -> bool:
    return viewer.selection is not None


def draw(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels) -> str:
    """Returns what only the window can do about it: "copy", "save" or nothing."""
    mask = viewer.selection
    if mask is None:
        return ""
    wish = ""
    text = f"{int(mask.sum()):,} selected"
    width = 14 + ui.width(text, bold=True) + 10 + 7 * 32 + 6
    room = ui.size[0]
    if drawer.is_open(panels) and (room + width) / 2 + GAP > room - drawer.ASIDE:
        room -= drawer.ASIDE
    x, y = max(GAP, round((room - width) / 2)), ui.size[1] - ABOVE_DOCK - HEIGHT
    with ui.panel("selection", x, y, width, HEIGHT):
        ui.text(x + 14, y + HEIGHT / 2, text, bold=True)
        first = x + width - 6 - 7 * 32
        isolate = viewer.base.isolate
        tip = "Show the others, greyed" if isolate else "Hide the others"
        if ui.icon_button("isolate", ICON_EYE, first, y + 4, tip=tip, active=isolate):
            viewer.change(isolate=not isolate)
        if ui.icon_button("invert", ICON_SWAP, first + 32, y + 4, tip="Select the others instead"):
            viewer.select(None if mask.all() else ~mask)
            hands.trace = None
        if ui.icon_button("make handle", ICON_PIN, first + 64, y + 4, tip="Make a handle of them") and mask.any():
            hands.handles.create(mask, naming=True)
        if ui.icon_button("copy", ICON_COPY, first + 96, y + 4, tip="Copy them with their attributes\tCtrl+C"):
            wish = "copy"
        if ui.icon_button("save rows", ICON_DOWNLOAD, first + 128, y + 4, tip="Save them and their attributes, as CSV"):
            wish = "save"
        if ui.icon_button(
            "list", ICON_LIST, first + 160, y + 4, tip="List them\tw", active=panels.popover == "selected"
        ):
            panels.toggle("selected")
        if ui.icon_button("clear", ICON_CLOSE, first + 192, y + 4, tip="Select none\tc"):
            clear(viewer, hands, panels)
    return wish


def clear(viewer: Viewer, hands: Hands, panels: Panels) -> None:
    """Select nothing, so that nothing is greyed for it."""
    viewer.select(None)
    hands.trace, panels.found = None, ""
    if viewer.base.isolate:
        viewer.change(isolate=False)
