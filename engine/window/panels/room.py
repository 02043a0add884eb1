"""What panels leave of each pane for the figure: known before they are drawn, so that a window opens framed."""

from ...viewer.theme import GAP, MARGIN, UNDER_TOOLBAR
from . import compare, layers, legend, opening
from .state import Panels

Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

COLUMN = layers.FROM_EDGE + 24  # of layers, folded
DOCK = MARGIN + 48 + GAP
FOLDED = 134.0  # the end of a folded legend, before it was drawn
LEGEND = legend.X + legend.WIDTH + GAP


def covered(width: float, panels: Panels, *, panes: int) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window so many pixels of the design wide."""
    aside = panels.story.shown or legend.opens(width, panels, titled=panes == 1)
    left = LEGEND if aside else MARGIN
    top = UNDER_TOOLBAR if aside else max(UNDER_TOOLBAR, (panels.legend_bottom or FOLDED) + GAP)
    bottom = DOCK + opening.room(panels)
    if panes == 1:
        return ((left, top, COLUMN, bottom),)
    inner = compare.WIDTH / 2.0 + GAP
    return (max(left, COLUMN), top, inner, bottom), (inner, top, COLUMN, bottom)
