"""Finding points by their text attributes: as you type, the matches become the selection."""

from ...viewer.theme import MARGIN, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE
from ..ui import Ui
from .state import Panels

WIDTH = 280
HINT = "Words in any attribute"


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    if panels.popover != "find":
        return
    names = viewer.index.attributes
    x, y = ui.size[0] - MARGIN - WIDTH, UNDER_TOOLBAR
    height = 124 if len(names) > 1 else 84
    with ui.panel("find points", x, y, WIDTH, height, front=True):
        text = ui.search("##points", x + 8, y + 8, WIDTH - 16 - 36, panels.found, HINT, focus=panels.just_opened)
        panels.just_opened = False
        if ui.icon_button("close", ICON_CLOSE, x + WIDTH - 40, y + 8, tip="Close\tEsc"):
            panels.popover = ""
        attribute = panels.found_in
        if len(names) > 1:
            current = names.index(attribute) + 1 if attribute in names else 0
            picked = ui.dropdown("in", x + 8, y + 48, WIDTH - 16, ["any attribute", *names], current, tip="Search in")
            attribute = names[picked - 1] if picked else None
        if (text, attribute) != (panels.found, panels.found_in):
            panels.found, panels.found_in = text, attribute
            matches = viewer.index.matches(text, attribute=attribute)
            viewer.select(matches if matches is not None and matches.any() else None)
        ui.text(x + 12, y + height - 20, _count(viewer, text), size=SMALL, color=ui.colors.second)


def _count(viewer: Viewer, text: str) -> str:
    if not viewer.index.attributes:
        return "This tour has no text attributes"
    if not text.strip():
        return "The matches become the selection"
    if viewer.selection is None:
        return "No point matches"
    return f"{int(viewer.selection.sum()):,} of {viewer.tour.n:,} points"
