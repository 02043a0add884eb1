"""What panels leave of each pane for the figure: known before they are drawn, so that a window opens framed."""

from ...viewer.theme import GAP, MARGIN, UNDER_TOOLBAR
from . import compare, layers, legend, opening
from .state import Panels

Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

COLUMN = layers.FROM_EDGE + 24  # of layers, folded
DOCK = MARGIN + 48 + GAP
LEGEND = legend.X + legend.WIDTH + GAP


def covered(width: float, panels: Panels, *, panes: int) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window so many pixels of the design wide."""
    aside = panels.story.shown or legend.opens(width, panels, titled=panes == 1)
    left = LEGEND if aside else MARGIN
    bottom = DOCK + opening.room(panels)
    if panes == 1:
        return ((left, UNDER_TOOLBAR, COLUMN, bottom),)
    inner = compare.WIDTH / 2.0 + GAP
    return (max(left, COLUMN), UNDER_TOOLBAR, inner, bottom), (inner, UNDER_TOOLBAR, COLUMN, bottom)
