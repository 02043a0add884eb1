"""The bar of the selection, above the dock or on what lies there: how many are selected, what to do with them."""

from ...viewer.hands import Hands
from ...viewer.theme import ABOVE_DOCK, GAP
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE, ICON_COPY, ICON_DOWNLOAD, ICON_EYE, ICON_LIST, ICON_PIN, ICON_SWAP
from ..ui import Ui
from . import naming
from .state import Panels

HEIGHT = 40
NOTHING = "Nothing is selected: all points"
BUTTONS = 7 * 32  # wide


def is_shown(viewer: Viewer) -> bool:
    return viewer.selection is not None


def draw(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, *, left: float, right: float) -> str:
    """Returns what only the window can do about it: "copy", "save" or nothing. left, right: what panels cover there."""
    mask = viewer.selection
    if mask is None:
        return ""
    text = counted_of(viewer)
    width = 14 + ui.width(text, bold=True) + 10 + BUTTONS + 6
    room = ui.size[0]
    if right and (room + width) / 2 + GAP > room - right:
        room -= right
    x, y = max(left, round((room - width) / 2)), ui.size[1] - ABOVE_DOCK - HEIGHT
    with ui.panel("selection", x, y, width, HEIGHT):
        ui.text(x + 14, y + HEIGHT / 2, text, bold=True)
        return buttons(ui, viewer, hands, panels, x + width - 6 - BUTTONS, y + 4)


def draw_line(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, box: tuple[float, float, float]) -> str:
    """The same as a line of 32 on another panel, with a pen to name them. box: x, y and width.

    Returns what only the window can do.
    """
    x, y, w = box
    if panels.naming.text is not None:
        naming.draw(ui, viewer, panels.naming, x, y, w, say=panels.say)
        return ""
    mask = viewer.selection
    text = ui.elide(NOTHING if mask is None else counted_of(viewer), w - BUTTONS - 40)
    ui.text(x + 4, y + 16, text, color=ui.colors.second if mask is None else ui.colors.text)
    naming.pen(ui, viewer, panels.naming, x + w - BUTTONS - 32, y)
    return buttons(ui, viewer, hands, panels, x + w - BUTTONS, y)


def counted_of(viewer: Viewer) -> str:
    """How many are selected."""
    return "" if viewer.selection is None else f"{int(viewer.selection.sum()):,} selected"


def buttons(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, x: float, y: float) -> str:
    """What can be done with the selected points; returns what only the window can do."""
    mask, wish = viewer.selection, ""
    if mask is None:
        return wish
    isolate = viewer.base.isolate
    tip = "Show the others, greyed" if isolate else "Hide the others"
    if ui.icon_button("isolate", ICON_EYE, x, y, tip=tip, active=isolate):
        viewer.change(isolate=not isolate)
    if ui.icon_button("invert", ICON_SWAP, x + 32, y, tip="Select the others instead"):
        viewer.select(None if mask.all() else ~mask)
        hands.trace = None
    if ui.icon_button("make handle", ICON_PIN, x + 64, y, tip="Make a handle of them") and mask.any():
        hands.handles.create(mask, naming=True)
    if ui.icon_button("copy", ICON_COPY, x + 96, y, tip="Copy them with their attributes\tCtrl+C"):
        wish = "copy"
    if ui.icon_button("save rows", ICON_DOWNLOAD, x + 128, y, tip="Save them and their attributes, as CSV"):
        wish = "save"
    if ui.icon_button("list", ICON_LIST, x + 160, y, tip="List them\tw", active=panels.popover == "selected"):
        panels.toggle("selected")
    if ui.icon_button("clear", ICON_CLOSE, x + 192, y, tip="Select none\tc"):
        clear(viewer, hands, panels)
    return wish


def clear(viewer: Viewer, hands: Hands, panels: Panels) -> None:
    """Select nothing, so that nothing is greyed for it."""
    viewer.select(None)
    hands.trace, panels.found, panels.ranks = None, "", None
    if viewer.base.isolate:
        viewer.change(isolate=False)
