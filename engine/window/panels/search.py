"""Finding points by their text attributes and classes: as you type, the matches become the selection."""

from collections.abc import Sequence

from ...tour.search import NONE
from ...viewer.theme import SMALL
from ...viewer.viewer import Viewer
from ..ui import Ui
from .state import Panels

FIELD = "##points"
HINT = "Words, or attribute: value"


def draw(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float, w: float) -> float:
    """The field, and in which attribute; returns where the rest of the drawer begins."""
    text = _field(ui, panels, x, y, w)
    y += 40
    attribute = _attribute(panels, viewer.index.attributes)
    if len(viewer.index.attributes) > 1:
        attribute = _choice(ui, viewer.index.attributes, attribute, x, y, w)
        y += 40
    _find(viewer, panels, text, attribute)
    ui.text(x + 4, y + 8, _count(viewer, panels), size=SMALL, color=ui.colors.second)
    return y + 20


def draw_across(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float, w: float) -> None:
    """The same in one line."""
    names, field = viewer.index.attributes, 0.4 * w
    text = _field(ui, panels, x, y, field)
    attribute, left = _attribute(panels, names), x + field + 8
    if len(names) > 1:
        attribute = _choice(ui, names, attribute, left, y, 0.3 * w)
        left += 0.3 * w + 8
    _find(viewer, panels, text, attribute)
    count = ui.elide(_count(viewer, panels).removesuffix(" points"), x + w - left - 4, size=SMALL)
    ui.text(left + 4, y + 16, count, size=SMALL, color=ui.colors.second)


def _field(ui: Ui, panels: Panels, x: float, y: float, w: float) -> str:
    text = ui.search(FIELD, x, y, w, panels.found, HINT, focus=panels.just_opened)
    panels.just_opened = False
    return text


def _attribute(panels: Panels, names: Sequence[str]) -> str | None:
    return panels.found_in if panels.found_in in names else None  # another tour may have others


def _choice(ui: Ui, names: Sequence[str], attribute: str | None, x: float, y: float, w: float) -> str | None:
    current = 0 if attribute is None else names.index(attribute) + 1
    picked = ui.dropdown("in", x, y, w, ["any attribute", *names], current, tip="Search in")
    return names[picked - 1] if picked else None


def _find(viewer: Viewer, panels: Panels, text: str, attribute: str | None) -> None:
    """As one types, what matches is selected."""
    if (text, attribute) == (panels.found, panels.found_in):
        return
    panels.found, panels.found_in = text, attribute
    panels.ranks = ranks = viewer.index.ranks(text, attribute=attribute)
    matches = None if ranks is None else ranks < NONE
    panels.found_none = matches is not None and not matches.any()
    viewer.select(None if panels.found_none else matches)


def _count(viewer: Viewer, panels: Panels) -> str:
    if not viewer.index.attributes:
        return "This tour has no text attributes"
    if viewer.selection is not None and panels.found.strip():
        return f"{int(viewer.selection.sum()):,} of {viewer.tour.n:,} points"
    return "No point matches" if panels.found_none else "The matches become the selection"
