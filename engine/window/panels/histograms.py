"""Histograms of the attributes in the drawer: the selection against all points; a drag across one narrows it."""

from dataclasses import dataclass, field

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from ...motion.selection import Mask
from ...tour.tour import Tour
from ...viewer.histogram import Binned, Range, binned, counted, narrowed
from ...viewer.theme import SMALL
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE
from ..ui import Ui

BARS, ROW = 40, 68  # pixels high: the bars, and all of one histogram
HEIGHT = 2 * ROW + 16.0  # that the drawer gives them
LOWEST = 2.0  # pixels, so that a handful of many is seen
SCROLLBAR = 8


@dataclass
class Histograms:
    """The attributes in bins, and what is brushed."""

    brushes: dict[str, Range] = field(default_factory=dict)
    base: Mask | None = None
    """The selection that the brushes narrow."""
    made: Mask | None = None
    """The selection that they made of it: another one ends them."""
    tour: Tour | None = None
    binned: dict[str, Binned] = field(default_factory=dict)
    from_bin: int | None = None
    """Where the brush that is being drawn began."""
    _counts: dict[str, tuple[int, NDArray[np.intp]]] = field(default_factory=dict)

    def look_at(self, viewer: Viewer) -> None:
        """Cut the attributes into bins, unless they are; forget brushes that another selection has replaced."""
        if self.tour is not viewer.tour:
            found = {str(name): binned(viewer.tour, name) for name in viewer.tour.attributes.columns}
            self.binned = {name: each for name, each in found.items() if each is not None}
            self.tour, self.brushes, self._counts = viewer.tour, {}, {}
        if self.brushes and viewer.selection is not self.made:
            self.brushes = {}

    def selected(self, name: str, selection: Mask) -> NDArray[np.intp]:
        """How many selected points are in each bin, counted once a selection."""
        known = self._counts.get(name)
        if known is None or known[0] != id(selection):
            known = self._counts[name] = (id(selection), counted(self.binned[name], selection))
        return known[1]

    def brush(self, viewer: Viewer, name: str, bins: Range | None) -> None:
        """Narrow the selection to some bins of an attribute; None widens it again."""
        if not self.brushes:
            self.base = viewer.selection
        self.brushes = {key: value for key, value in self.brushes.items() if key != name}
        if bins is not None:
            self.brushes[name] = bins
        if self.brushes:
            base = np.ones(viewer.tour.n, dtype=bool) if self.base is None else self.base
            viewer.select(narrowed(base, self.brushes, self.binned))
        else:
            viewer.select(self.base)
        self.made = viewer.selection


def draw(ui: Ui, viewer: Viewer, histograms: Histograms, box: tuple[float, float, float, float]) -> None:
    x, y, w, h = box
    histograms.look_at(viewer)
    ui.line(x, y, x + w, y, ui.colors.border)
    imgui.set_cursor_screen_pos(ui.at(x, y + 4))
    imgui.begin_child("histograms", imgui.ImVec2(ui.px(w), ui.px(h - 4)))
    scroll = imgui.get_scroll_y() / ui.scale
    for k, name in enumerate(histograms.binned):
        _histogram(ui, viewer, histograms, name, x, y + 4 + ROW * k - scroll, w - SCROLLBAR)
    imgui.set_cursor_pos(imgui.ImVec2(0, ui.px(ROW * len(histograms.binned))))
    imgui.dummy(imgui.ImVec2(1, 0))
    imgui.end_child()


def _histogram(ui: Ui, viewer: Viewer, histograms: Histograms, name: str, x: float, y: float, w: float) -> None:
    """An attribute's name, the bars of all points, and before them those of the selection."""
    of = histograms.binned[name]
    bins, brushed = len(of.counts), histograms.brushes.get(name)
    wide = w / bins
    top = y + 20
    ui.text(x + 4, y + 10, ui.elide(name, w - 40, size=SMALL), size=SMALL, color=ui.colors.second)
    if brushed is not None:
        clicked, _, _ = ui.button(f"widen {name}", x + w - 20, y, 20, 20, tip="All of them again")
        ui.text(x + w - 10, y + 10, ICON_CLOSE, size=10, color=ui.colors.accent_text, align=0.5)
        if clicked:
            histograms.brush(viewer, name, None)
    _, hovered, held = ui.button(f"bars {name}", x, top, w, BARS)
    here = min(bins - 1, max(0, int((ui.mouse[0] - x) / wide)))
    most = float(np.sqrt(max(1, int(of.counts.max()))))  # roots, so that few are seen beside many
    inside = None if viewer.selection is None else histograms.selected(name, viewer.selection)
    for k in range(bins):
        left, gap = x + wide * k, 1.0 if wide > 3 else 0.0
        height = BARS * float(np.sqrt(of.counts[k])) / most
        ui.rect(left, top + BARS - height, wide - gap, height, ui.colors.track)
        if inside is not None and inside[k]:
            part = max(LOWEST, BARS * float(np.sqrt(inside[k])) / most)
            ui.rect(left, top + BARS - part, wide - gap, part, ui.colors.accent)
    if brushed is not None:
        left, right = x + wide * brushed[0], x + wide * (brushed[1] + 1)
        ui.frame(left, top, right - left, BARS, ui.colors.accent, radius=2, thickness=1.5)
    if held:
        histograms.from_bin = here if histograms.from_bin is None else histograms.from_bin
        bins_now = (min(histograms.from_bin, here), max(histograms.from_bin, here))
        if bins_now != brushed:
            histograms.brush(viewer, name, bins_now)
    elif by := ui.arrows(f"bars {name}"):
        at = (0 if by > 0 else bins - 1) if brushed is None else min(bins - 1, max(0, brushed[0] + by))
        histograms.brush(viewer, name, (at, at))
    elif hovered or not imgui.is_mouse_down(imgui.MouseButton_.left):
        histograms.from_bin = None
    if hovered:
        count = f"{of.counts[here]:,}" if inside is None else f"{inside[here]:,} of {of.counts[here]:,}"
        ui.tooltip(f"bars {name}", f"{of.names[here]}\t{count}", hovered=True)
