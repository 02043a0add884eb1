"""What panels leave of each pane for the figure: known before they are drawn, so that a window opens framed."""

from ...viewer.theme import GAP, MARGIN, UNDER_TOOLBAR
from . import compare, drawer, layers, legend, opening
from .state import Panels

Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

UNDER_NAMES = 44  # pixels that the names of two tours have at the top
COLUMN = layers.FROM_EDGE + 24  # of layers, folded
DOCK = MARGIN + 48 + GAP
FOLDED = 134.0  # the end of a folded legend, before it was drawn
LEGEND = legend.X + legend.WIDTH + GAP
BESIDE = 44.0  # that the left column of layers takes where it stands beside the legend
DRAWER = drawer.FROM_EDGE + drawer.WIDTH + GAP
LEAST = 120.0  # of a pane's width that is left beside the drawer; where that is not to be had it stands over the figure


def covered(width: float, panels: Panels, *, panes: int) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window so many pixels of the design wide."""
    aside = panels.story.shown or legend.opens(width, panels, titled=panes == 1)
    left = LEGEND if aside else MARGIN
    top = UNDER_TOOLBAR if aside else max(UNDER_TOOLBAR, (panels.legend_bottom or FOLDED) + GAP)
    bottom = DOCK + opening.room(panels)
    if panes == 1:
        return ((left, top, _right(width - left, panels), bottom),)
    inner = compare.WIDTH / 2.0 + GAP
    card = panels.compare.bottom
    if card and card <= MARGIN + compare.VALUE + 1 and panels.popover != "differences":  # folded, with nothing under it
        inner, top = MARGIN, max(top, card + GAP)
    pinned = panels.card.height and panels.card.point is not None
    under = max(top, MARGIN + UNDER_NAMES + panels.card.height + GAP) if pinned else top
    beside = left + BESIDE if aside else max(left, COLUMN)
    roomy = width / 2.0 - inner - beside >= 0.5 * LEAST
    return (beside if roomy else COLUMN, under, inner, bottom), (
        inner,
        top,
        _right(width / 2.0 - inner, panels),
        bottom,
    )


def _right(room: float, panels: Panels) -> float:
    """How much is covered at the right. room: the rest of the pane's width."""
    return DRAWER if panels.popover in dict(drawer.TABS) and room - DRAWER >= LEAST else COLUMN
