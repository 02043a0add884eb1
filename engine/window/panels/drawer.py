"""The drawer at the right: what is selected, what is found, and lists worth a look, as thumbnails or names to go to."""

from dataclasses import dataclass, field

import numpy as np

from ...viewer.handles import counted
from ...viewer.hands import Hands
from ...viewer.listing import AS_FOUND, Listed, arranged, choices
from ...viewer.theme import ABOVE_DOCK, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE, ICON_PEN
from ..text_field import field as text_field
from ..ui import Ui
from . import findings, grid, histograms, search
from .findings import Findings
from .grid import Grid
from .histograms import Histograms
from .state import Panels, Popover

WIDTH = 320
FROM_EDGE = 52  # of the window, which the column of layers has for itself
ASIDE = FROM_EDGE + WIDTH  # from the window's right to the drawer's left
TABS: tuple[tuple[Popover, str], ...] = (("selected", "Selected"), ("find", "Found"), ("worth", "Worth a look"))
PAD = 8
LOW = 272  # high, where it stands under the figure of the right one of two tours, or
SHARE = 0.45  # of what is above the dock
BESIDE_PAIR = 1600  # pixels of a window that has room for it beside that figure


@dataclass
class Drawer:
    """What the drawer remembers between frames."""

    sort: str = AS_FOUND
    naming: str | None = None
    """The name of the selection while it is typed."""
    naming_begins: bool = False
    grid: Grid = field(default_factory=Grid)
    histograms: Histograms = field(default_factory=Histograms)
    findings: Findings = field(default_factory=Findings)
    _arranged: tuple[object, Listed | None] = (None, None)

    def listed(self, viewer: Viewer, hands: Hands, tab: str) -> Listed:
        """What the tab lists, sorted; worked out anew only where that has changed."""
        pinned = hands.pinned if "distance" in self.sort else None
        finding = self.findings.finding
        key = (tab, id(viewer.selection), id(finding), self.sort, pinned, viewer.layer, id(viewer.tour))
        if self._arranged[0] != key or self._arranged[1] is None:
            if tab == "worth":
                listed = finding or Listed(np.zeros(0, dtype=np.intp))
            else:
                mask = viewer.selection
                listed = Listed(np.arange(viewer.tour.n) if mask is None else np.flatnonzero(mask))
            listed = arranged(listed, viewer.tour, by=self.sort, layer=viewer.layer, pinned=pinned)
            self._arranged = key, listed
        found = self._arranged[1]
        assert found is not None
        return found

    def close(self) -> None:
        self.grid.close()


def is_open(panels: Panels) -> bool:
    """Whether one of its tabs is."""
    return panels.popover in dict(TABS)


def top_of(width: float, bottom: float, *, pair: bool) -> float:
    """Where it begins in a window of some width: under the toolbar, or under the figure of the right of two tours."""
    return max(UNDER_TOOLBAR, bottom - max(LOW, SHARE * bottom)) if pair and width < BESIDE_PAIR else UNDER_TOOLBAR


def draw(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, drawer: Drawer) -> None:
    """Draw it where one of its tabs is open."""
    hands.listed = None
    if not is_open(panels):
        return
    tab, x = panels.popover, ui.size[0] - ASIDE
    bottom = ui.size[1] - ABOVE_DOCK
    y = top_of(ui.size[0], bottom, pair=viewer.partner is not None)
    with ui.panel("drawer", x, y, WIDTH, bottom - y, front=True):
        _tabs(ui, panels, x, y + PAD)
        top = y + PAD + 40.0
        if tab == "find":
            top = search.draw(ui, viewer, panels, x + PAD, top, WIDTH - 2 * PAD)
            if panels.found_none and viewer.selection is None:
                return
        elif tab == "selected":
            top = _selected(ui, viewer, panels, drawer, x, top)
        else:
            top = findings.draw(ui, viewer, drawer.findings, (x, top, WIDTH, bottom - top - PAD))
            if drawer.findings.finding is None or not len(drawer.findings.finding.points):
                return
        listed = drawer.listed(viewer, hands, tab)
        top = _sorting(ui, viewer, hands, drawer, listed, (x, top), tell=tab == "worth")
        room = histograms.HEIGHT if tab != "worth" and bottom - top > 380 else 0.0
        grid.draw(ui, viewer, hands, drawer.grid, listed, (x + PAD, top, WIDTH - 2 * PAD, bottom - top - PAD - room))
        if room:
            box = (x + PAD, bottom - room, WIDTH - 2 * PAD, room - PAD)
            histograms.draw(ui, viewer, drawer.histograms, box)


def _tabs(ui: Ui, panels: Panels, x: float, y: float) -> None:
    width = (WIDTH - 2 * PAD - 36) / len(TABS)
    ui.rect(x + PAD, y, width * len(TABS), 32, ui.colors.control, radius=6)
    for k, (tab, title) in enumerate(TABS):
        left, on = x + PAD + width * k, panels.popover == tab
        clicked, hovered, _ = ui.button(title, left, y, width, 32)
        if on:
            ui.rect(left + 2, y + 2, width - 4, 28, ui.colors.pressed, radius=5)
        color = ui.colors.text if on or hovered else ui.colors.second
        ui.text(left + width / 2, y + 16, title, align=0.5, color=color)
        if clicked and not on:
            panels.popover = tab
            panels.just_opened = tab == "find"
    if ui.icon_button("close", ICON_CLOSE, x + WIDTH - PAD - 32, y, tip="Close\tEsc"):
        panels.popover = ""


def _selected(ui: Ui, viewer: Viewer, panels: Panels, drawer: Drawer, x: float, y: float) -> float:
    """How many are selected, and a name for them; returns where the rest begins."""
    if drawer.naming is not None:
        drawer.naming, done = text_field(
            ui, "##selection", x + PAD, y + 16, WIDTH - 2 * PAD, drawer.naming, focus=drawer.naming_begins
        )
        drawer.naming_begins = False
        if not drawer.naming:
            ui.text(x + PAD + 12, y + 16, "A name for this selection", color=ui.colors.second)
        if done:
            name, drawer.naming = drawer.naming, None
            if name.strip() and not ui.escape:
                try:
                    viewer.name_selection(name)
                    panels.say(f"'{name.strip()}' is an attribute now; Ctrl+S keeps it in the tour")
                except ValueError as error:
                    panels.say(str(error))
        return y + 40
    mask = viewer.selection
    text = "Nothing is selected: all points" if mask is None else f"{int(mask.sum()):,} of {viewer.tour.n:,} selected"
    ui.text(x + 12, y + 16, text, color=ui.colors.second if mask is None else ui.colors.text, bold=mask is not None)
    named = mask is not None and mask.any()
    if named and ui.icon_button("name it", ICON_PEN, x + WIDTH - PAD - 32, y, tip="Name this selection"):
        drawer.naming, drawer.naming_begins = "", True
    return y + 40


def _sorting(
    ui: Ui, viewer: Viewer, hands: Hands, drawer: Drawer, listed: Listed, at: tuple[float, float], *, tell: bool
) -> float:
    """How many are listed, unless that is said, and by what they are sorted; returns where the list begins."""
    x, y = at
    names = choices(viewer.tour, pinned=hands.pinned is not None)
    current = names.index(drawer.sort) if drawer.sort in names else 0
    if tell:
        ui.text(x + 12, y + 16, counted(len(listed.points), "point"), size=SMALL, color=ui.colors.second)
    drawer.sort = names[ui.dropdown("sort", x + WIDTH - PAD - 196, y, 196, names, current, tip="Sorted by")]
    return y + 40
