"""The drawer at the right: what is selected, what is found, and lists worth a look, as thumbnails or names to go to."""

from dataclasses import dataclass, field

import numpy as np

from ...viewer.handles import counted
from ...viewer.hands import Hands
from ...viewer.listing import AS_FOUND, Listed, arranged, as_found, choices
from ...viewer.theme import ABOVE_DOCK, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE
from ..ui import Ui
from . import findings, grid, histograms, naming, search, selection
from .findings import Findings
from .grid import Grid
from .histograms import Histograms
from .state import Panels, Popover

WIDTH = 320
FROM_EDGE = 52  # of the window, which the column of layers has for itself
ASIDE = FROM_EDGE + WIDTH  # from the window's right to the drawer's left
TABS: tuple[tuple[Popover, str], ...] = (("selected", "Selected"), ("find", "Found"), ("worth", "Worth a look"))
PAD = 8
BESIDE_PAIR = 1600  # pixels of a window that has room for it beside the right one of two figures
STRIP, SIDE = 108.0, 112  # high where it lies across the bottom under both, and wide its tabs there


@dataclass
class Drawer:
    """What the drawer remembers between frames."""

    sort: str = AS_FOUND
    grid: Grid = field(default_factory=Grid)
    histograms: Histograms = field(default_factory=Histograms)
    findings: Findings = field(default_factory=Findings)
    _arranged: tuple[object, Listed | None] = (None, None)

    def listed(self, viewer: Viewer, hands: Hands, panels: Panels) -> Listed:
        """What the open tab lists, sorted; worked out anew only where that has changed."""
        tab = panels.popover
        ranks = panels.ranks if tab == "find" else None
        pinned = hands.pinned if "distance" in self.sort else None
        finding = self.findings.finding
        key = (tab, id(viewer.selection), id(ranks), id(finding), self.sort, pinned, viewer.layer, id(viewer.tour))
        if self._arranged[0] != key or self._arranged[1] is None:
            if tab == "worth":
                listed = finding or Listed(np.zeros(0, dtype=np.intp))
            else:
                listed = as_found(viewer.selection, viewer.tour.n, ranks)
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


def draw(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, drawer: Drawer) -> None:
    """Draw it at the right, under the toolbar."""
    tab, x, y = panels.popover, ui.size[0] - ASIDE, UNDER_TOOLBAR
    bottom = ui.size[1] - ABOVE_DOCK
    with ui.panel("drawer", x, y, WIDTH, bottom - y, front=True):
        wide = (WIDTH - 2 * PAD - 36) / len(TABS)
        ui.rect(x + PAD, y + PAD, wide * len(TABS), 32, ui.colors.control, radius=6)
        for k, (each, title) in enumerate(TABS):
            _tab(ui, panels, each, title, (x + PAD + wide * k, y + PAD, wide))
        close(ui, panels, x + WIDTH - PAD - 32, y + PAD)
        top = y + PAD + 40.0
        if tab == "find":
            top = search.draw(ui, viewer, panels, x + PAD, top, WIDTH - 2 * PAD)
            if panels.found_none and viewer.selection is None:
                return
        elif tab == "selected":
            _selected(ui, viewer, panels, x, top)
            top += 40
        else:
            top = findings.draw(ui, viewer, drawer.findings, (x, top, WIDTH, bottom - top - PAD))
            if drawer.findings.finding is None or not len(drawer.findings.finding.points):
                return
        listed = drawer.listed(viewer, hands, panels)
        if tab == "worth":
            text = counted(len(listed.points), "point")
            ui.text(x + 12, top + 16, text, size=SMALL, color=ui.colors.second)
        _sorting(ui, viewer, hands, drawer, x + WIDTH - PAD - 196, top, 196)
        top += 40
        room = histograms.HEIGHT if tab != "worth" and bottom - top > 380 else 0.0
        grid.draw(ui, viewer, hands, drawer.grid, listed, (x + PAD, top, WIDTH - 2 * PAD, bottom - top - PAD - room))
        if room:
            box = (x + PAD, bottom - room, WIDTH - 2 * PAD, room - PAD)
            histograms.draw(ui, viewer, drawer.histograms, box)


def draw_across(
    ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, drawer: Drawer, *, box: tuple[float, float, float, float]
) -> str:
    """Draw it across the bottom in a box (x, y, width, height): its tabs one under the other, a line of controls and
    a list. Returns what only the window can do about the selected points: "copy", "save" or nothing.
    """
    (x, y, w, _), tab, wish = box, panels.popover, ""
    with ui.panel("drawer", x, y, w, STRIP, front=True):
        ui.rect(x + PAD, y + PAD, SIDE, STRIP - 2 * PAD, ui.colors.control, radius=6)
        for k, (each, title) in enumerate(TABS):
            _tab(ui, panels, each, title, (x + PAD, y + PAD + 30 * k, SIDE))
        close(ui, panels, x + w - PAD - 32, y + PAD)
        left, right = x + PAD + SIDE + PAD, x + w - PAD - 40
        sort = min(150.0, 0.25 * (right - left))
        if tab == "find":
            search.draw_across(ui, viewer, panels, left, y + PAD, right - left - sort - 8)
            if panels.found_none and viewer.selection is None:
                return wish
        elif tab == "selected":
            wish = selection.draw_line(ui, viewer, hands, panels, (left, y + PAD, right - left - sort - 8))
        else:
            chosen = drawer.findings.chosen is not None
            wide = right - left - sort - 80 if chosen else right - left
            findings.draw(ui, viewer, drawer.findings, (left - 4, y + PAD, wide, STRIP - 2 * PAD))
            if drawer.findings.finding is None or not len(drawer.findings.finding.points):
                return wish
        listed = drawer.listed(viewer, hands, panels)
        if tab == "worth":
            text = counted(len(listed.points), "point")
            ui.text(right - sort - 8, y + PAD + 16, text, size=SMALL, color=ui.colors.second, align=1.0)
        _sorting(ui, viewer, hands, drawer, right - sort, y + PAD, sort)
        top = y + PAD + 36
        grid.draw(ui, viewer, hands, drawer.grid, listed, (left, top, x + w - PAD - left, y + STRIP - 4 - top))
    return wish


def _tab(ui: Ui, panels: Panels, tab: Popover, title: str, box: tuple[float, float, float]) -> None:
    """box: x, y and width; it is 32 high."""
    x, y, w = box
    clicked, hovered, _ = ui.button(title, x, y, w, 32)
    on = panels.popover == tab
    if on:
        ui.rect(x + 2, y + 2, w - 4, 28, ui.colors.pressed, radius=5)
    ui.text(x + w / 2, y + 16, title, align=0.5, color=ui.colors.text if on or hovered else ui.colors.second)
    if clicked and not on:
        panels.popover = tab
        panels.just_opened = tab == "find"


def close(ui: Ui, panels: Panels, x: float, y: float) -> None:
    """The button that closes it."""
    if ui.icon_button("close", ICON_CLOSE, x, y, tip="Close\tEsc"):
        panels.popover = ""


def _selected(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float) -> None:
    """How many are selected, and a name for them."""
    if panels.naming.text is not None:
        naming.draw(ui, viewer, panels.naming, x + PAD, y, WIDTH - 2 * PAD, say=panels.say)
        return
    mask = viewer.selection
    text = selection.NOTHING if mask is None else f"{int(mask.sum()):,} of {viewer.tour.n:,} selected"
    ui.text(x + 12, y + 16, text, color=ui.colors.second if mask is None else ui.colors.text, bold=mask is not None)
    naming.pen(ui, viewer, panels.naming, x + WIDTH - PAD - 32, y)


def _sorting(ui: Ui, viewer: Viewer, hands: Hands, drawer: Drawer, x: float, y: float, w: float) -> None:
    """By what they are sorted."""
    names = choices(viewer.tour, pinned=hands.pinned is not None)
    current = names.index(drawer.sort) if drawer.sort in names else 0
    drawer.sort = names[ui.dropdown("sort", x, y, w, names, current, tip="Sorted by")]
