"""Lists of points worth a look: a choice of them, and one worked out in the background, layer by layer."""

from dataclasses import dataclass

from ...tour.agreement import label_of
from ...tour.findings import About, Finding, Listing, lists
from ...tour.neighbors import known, neighbors_of
from ...viewer.handles import counted
from ...viewer.listing import Listed
from ...viewer.theme import SMALL
from ...viewer.viewer import Viewer
from ..icons import ICON_BACK
from ..ui import Ui

ROW, COLUMN = 24.0, 260.0  # of a kind of list, high, and wide at least where several stand side by side


@dataclass
class Findings:
    """The list that was chosen, and how far it is worked out."""

    chosen: Listing | None = None
    about: About | None = None
    finding: Listed | None = None
    """Once it is known."""
    left: int = 0
    """Layers whose neighbours are still to be found."""

    def ask(self, viewer: Viewer, listing: Listing) -> None:
        """Have a list worked out for the layer shown: neighbours first, a layer at a time, so that others get in."""
        self.chosen, self.about, self.finding = listing, about_of(viewer), None
        self._go_on(viewer, listing, self.about)

    def _go_on(self, viewer: Viewer, listing: Listing, about: About) -> None:
        if (listing, about) != (self.chosen, self.about):
            return  # something else is wanted by now
        missing = [layer for layer in listing.reads(about) if known(layer) is None]
        self.left = len(missing)
        if missing:
            viewer.in_background(lambda: neighbors_of(missing[0]), lambda _: self._go_on(viewer, listing, about))
        else:
            viewer.in_background(lambda: listing.find(about), self._found(listing, about))

    def _found(self, listing: Listing, about: About):  # type: ignore[no-untyped-def]  # a callback
        def found(finding: Finding) -> None:
            if (listing, about) == (self.chosen, self.about):
                self.finding = Listed(finding.points, finding.values, finding.measure)

        return found


def about_of(viewer: Viewer) -> About:
    """What the lists are of: the layer shown, beside that of the other tour."""
    partner = viewer.partner
    label = label_of(viewer.tour)
    if partner is None:
        return About(viewer.tour, viewer.layer, label)
    return About(viewer.tour, viewer.layer, label, partner.tour, partner.layer)


def draw(ui: Ui, viewer: Viewer, findings: Findings, box: tuple[float, float, float, float]) -> float:
    """The kinds of lists, or the name of the chosen one, in a box (x, y, width, height); returns its end downwards."""
    x, y, w, room = box
    if findings.chosen is None:
        offered = lists(about_of(viewer))
        columns = max(1, int(w // COLUMN))
        rows, wide = -(-len(offered) // columns), w / columns
        row = min(ROW, room / rows)
        for k, listing in enumerate(offered):
            left, top = x + wide * (k // rows), y + row * (k % rows)
            clicked, hovered, _ = ui.button(listing.name, left + 4, top, wide - 8, row)
            if hovered:
                ui.rect(left + 4, top, wide - 8, row, ui.colors.control, radius=4)
            ui.text(left + 12, top + row / 2, ui.elide(listing.name, wide - 24))
            if clicked:
                findings.ask(viewer, listing)
        return y + row * rows
    if findings.about is not None and viewer.layer != findings.about.layer and viewer.layers.arrived:
        findings.ask(viewer, findings.chosen)
    back = ui.icon_button("back", ICON_BACK, x + 8, y, tip="All lists")
    ui.text(x + 48, y + 16, ui.elide(findings.chosen.name, w - 60, bold=True), bold=True)
    y += 40
    if findings.finding is None:
        missing = f"Finding neighbours, {counted(findings.left, 'layer')} to go\u2026"
        text = missing if findings.left else "Working it out\u2026"
        ui.text(x + 12, y + 10, text, size=SMALL, color=ui.colors.second)
        ui.moving = True
        y += 24
    elif not len(findings.finding.points):
        ui.text(x + 12, y + 10, "None in this layer", size=SMALL, color=ui.colors.second)
    if back:
        findings.chosen = findings.about = findings.finding = None
    return y
