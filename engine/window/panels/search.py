"""Finding points by their text attributes and classes: as you type, the matches become the selection."""

from ...viewer.theme import SMALL
from ...viewer.viewer import Viewer
from ..ui import Ui
from .state import Panels

FIELD = "##points"
HINT = "Words, or attribute: value"


def draw(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float, w: float) -> float:
    """The field, and in which attribute; returns where the rest of the drawer begins."""
    names = viewer.index.attributes
    text = ui.search(FIELD, x, y, w, panels.found, HINT, focus=panels.just_opened)
    panels.just_opened = False
    attribute = panels.found_in if panels.found_in in names else None  # another tour may have others
    y += 40
    if len(names) > 1:
        current = names.index(attribute) + 1 if attribute in names else 0
        picked = ui.dropdown("in", x, y, w, ["any attribute", *names], current, tip="Search in")
        attribute = names[picked - 1] if picked else None
        y += 40
    if (text, attribute) != (panels.found, panels.found_in):
        panels.found, panels.found_in = text, attribute
        matches = viewer.index.matches(text, attribute=attribute)
        panels.found_none = matches is not None and not matches.any()
        viewer.select(None if panels.found_none else matches)
    ui.text(x + 4, y + 8, _count(viewer, panels), size=SMALL, color=ui.colors.second)
    return y + 20


def _count(viewer: Viewer, panels: Panels) -> str:
    if not viewer.index.attributes:
        return "This tour has no text attributes"
    if viewer.selection is not None and panels.found.strip():
        return f"{int(viewer.selection.sum()):,} of {viewer.tour.n:,} points"
    return "No point matches" if panels.found_none else "The matches become the selection"
