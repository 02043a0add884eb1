"""What panels leave of each pane for the figure: known before they are drawn, so that a window opens framed."""

from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, UNDER_TOOLBAR
from . import card, compare, drawer, layers, legend, opening
from .state import Panels

Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

UNDER_NAMES = 44  # pixels that the names of two tours have at the top
COLUMN = layers.FROM_EDGE + 24  # of layers, folded
FOLDED = 134.0  # the end of a folded legend, before it was drawn
LEGEND = legend.X + legend.WIDTH + GAP
BESIDE = 44.0  # that the left column of layers takes where it stands beside the legend
DRAWER = drawer.FROM_EDGE + drawer.WIDTH + GAP
LEAST = 80.0  # pixels of a pane that panels beside the figure leave; where that is not to be had they stand over it


def covered(size: tuple[int, int], panels: Panels, *, scale: float, panes: int) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window of `size`. scale: its pixels to one of the design."""
    width, height, bottom = size[0] / scale, size[1] / scale, ABOVE_DOCK + opening.room(panels)
    under_legend = max(UNDER_TOOLBAR, (panels.legend_bottom or FOLDED) + GAP)
    aside = panels.story.shown or legend.opens(width, panels, titled=panes == 1)
    if not aside and panes == 1:  # a folded one has room beside and under it
        rest = width - COLUMN, height - bottom
        aside = min(rest[0] - LEGEND, rest[1] - UNDER_TOOLBAR) > min(rest[0] - MARGIN, rest[1] - under_legend)
    left, top = (LEGEND, UNDER_TOOLBAR) if aside else (MARGIN, under_legend)
    if panes == 1:
        return ((left, top, _right(width - left, panels), bottom),)
    inner = compare.WIDTH / 2.0 + GAP
    foot = panels.compare.bottom
    pinned = bool(panels.card.height) and panels.card.point is not None
    aside_of = beside_compare(panels)  # where a pinned card stands then, else under it
    stands = panels.popover == "differences" or (pinned and not aside_of)
    if foot and foot <= MARGIN + compare.VALUE + 1 and not stands:  # folded, with nothing under it
        inner, top = MARGIN, max(top, foot + GAP)
    under = max(top, MARGIN + UNDER_NAMES + panels.card.height + GAP) if pinned and aside_of else top
    beside = left + BESIDE if aside else max(left, COLUMN)
    roomy = width / 2.0 - inner - beside >= LEAST
    right, foot = _right(width / 2.0 - inner, panels), bottom
    if panels.popover in dict(drawer.TABS) and width < drawer.BESIDE_PAIR:  # it stands under the figure then
        right, foot = COLUMN, height - drawer.top_of(width, height - bottom, pair=True) + GAP
    return (beside if roomy else COLUMN, under, inner, bottom), (inner, top, right, foot)


def beside_compare(panels: Panels) -> bool:
    """Whether a pinned card has room between the legend and the card of the pair."""
    return LEGEND + card.WIDTH <= panels.compare.right - compare.WIDTH


def _right(room: float, panels: Panels) -> float:
    """How much is covered at the right. room: the rest of the pane's width."""
    return DRAWER if panels.popover in dict(drawer.TABS) and room - DRAWER >= LEAST else COLUMN
