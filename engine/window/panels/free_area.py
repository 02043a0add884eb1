"""What panels leave of each pane for the figure: known before they are drawn, so that a window opens framed."""

from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, UNDER_TOOLBAR
from . import card, compare, drawer, layers, legend, opening, pane_names
from .state import Panels

Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

UNDER_NAMES = 44  # pixels that the names of two tours have at the top
COLUMN = layers.FROM_EDGE + 24  # of layers, folded
FOLDED = 134.0  # the end of a folded legend, before it was drawn
LEGEND = legend.X + legend.WIDTH + GAP
CARD = LEGEND + card.WIDTH + GAP  # and of a pinned card beside it, over a story
ROOMY = 320.0  # pixels that such a card leaves of a window, or it stands over the figure
BESIDE = 44.0  # that the left column of layers takes where it stands beside the legend
DRAWER = drawer.ASIDE + GAP
LEAST = 80.0  # pixels of a pane that panels beside the figure leave; where that is not to be had they stand over it


def covered(size: tuple[int, int], panels: Panels, *, scale: float, panes: int) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window of `size`. scale: its pixels to one of the design."""
    width, height, bottom = size[0] / scale, size[1] / scale, ABOVE_DOCK + opening.room(panels)
    under_legend = max(UNDER_TOOLBAR, (panels.legend_bottom or FOLDED) + GAP)
    pinned = bool(panels.card.height) and panels.card.point is not None
    aside = panels.story.shown or legend.opens(width, panels, titled=panes == 1) or (pinned and panes == 1)
    places = [(LEGEND, UNDER_TOOLBAR)] if aside else [(MARGIN, under_legend)]
    if panes == 1:
        if pinned and panels.story.shown and width - CARD - COLUMN >= ROOMY:
            places = [(CARD, UNDER_TOOLBAR)]
        elif not aside:  # a folded legend has room beside and under it
            places.append((LEGEND, UNDER_TOOLBAR))
        whole = [(left, top, _right(width - left, panels), bottom) for left, top in places]
        return (max(whole, key=lambda box: min(width - box[0] - box[2], height - box[1] - box[3])),)
    ((left, top),) = places
    inner, foot = compare.WIDTH / 2.0 + GAP, panels.compare.bottom
    tops = [top, float(UNDER_TOOLBAR)]
    if not pane_names.on_top(width):  # they stand under legend and toolbar
        tops = [pane_names.HIGH + GAP + max(top, panels.legend_bottom + GAP), pane_names.HIGH + GAP + tops[1]]
    aside_of = beside_compare(panels)  # where a pinned card stands then, else under it
    stands = panels.popover == "differences" or (pinned and not aside_of)
    if foot and foot <= MARGIN + compare.VALUE + 1 and not stands:  # folded, with nothing under it
        inner, tops = MARGIN, [max(each, foot + GAP) for each in tops]
    if pinned and aside_of:
        tops[0] = max(tops[0], MARGIN + UNDER_NAMES + panels.card.height + GAP)
    beside = left + BESIDE if aside else max(left, COLUMN)
    roomy = width / 2.0 - inner - beside >= LEAST
    right, foot = _right(width / 2.0 - inner, panels), bottom
    if drawer.is_open(panels) and width < drawer.BESIDE_PAIR:  # it stands under the figure then
        right, foot = COLUMN, height - drawer.top_of(width, height - bottom, pair=True) + GAP
    return (beside if roomy else COLUMN, tops[0], inner, bottom), (inner, tops[1], right, foot)


def beside_compare(panels: Panels) -> bool:
    """Whether a pinned card has room between the legend and the card of the pair."""
    return LEGEND + card.WIDTH <= panels.compare.right - compare.WIDTH


def _right(room: float, panels: Panels) -> float:
    """How much is covered at the right. room: the rest of the pane's width."""
    return DRAWER if drawer.is_open(panels) and room - DRAWER >= LEAST else COLUMN
