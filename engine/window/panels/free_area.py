"""What panels leave of each pane for the figure, and where those stand that share a side of the window.

Known before they are drawn, so that a window opens framed.
"""

from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, UNDER_TOOLBAR
from . import card, compare, drawer, layers, legend, opening, pane_names, selection, story
from .state import Panels

Size = tuple[float, float]
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
STORY_ROWS, STORY_SHARE = 2, 0.5  # at most, of a story over the left of two figures; and of the window's height


def covered(size: Size, panels: Panels, *, scale: float, panes: int, selected: bool = False) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window of `size`. scale: its pixels to one of the design.

    selected: whether the bar of the selection stands above the dock.
    """
    width, height = size[0] / scale, size[1] / scale
    over = panes == 2 and story_over(width, panels)
    caption = 0.0 if over else panels.caption  # under a story over the figure there is none to give
    bottom = _above_dock(selected) + max(opening.room(panels), caption)
    under_legend = max(UNDER_TOOLBAR, (left_end(width, panels) if panes == 2 else _legend_end(panels)) + GAP)
    pinned = bool(panels.card.height) and panels.card.point is not None
    opens = legend.opens(width, panels, titled=panes == 1) or (pinned and panes == 1)
    aside = opens or (panels.story.shown and not over)
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
        tops = [pane_names.HIGH + GAP + max(top, left_end(width, panels) + GAP), pane_names.HIGH + GAP + tops[1]]
    aside_of = card_aside((width, height), panels, selected=selected)  # where a pinned card stands then, else under it
    stands = panels.popover == "differences" or (pinned and not aside_of)
    if foot and foot <= MARGIN + compare.VALUE + 1 and not stands:  # folded, with nothing under it
        inner, tops = MARGIN, [max(each, foot + GAP) for each in tops]
    if pinned and aside_of:
        tops[0] = max(tops[0], MARGIN + UNDER_NAMES + panels.card.height + GAP)
    beside = left + BESIDE if aside else max(left, COLUMN)
    roomy = width / 2.0 - inner - beside >= LEAST
    right, foot = _right(width / 2.0 - inner, panels), bottom
    if drawer.is_open(panels) and width < drawer.BESIDE_PAIR:  # it stands under the figure then
        right, foot = COLUMN, height - drawer.top_of(width, height - ABOVE_DOCK, pair=True) + GAP
    return (beside if roomy else COLUMN, tops[0], inner, bottom), (inner, tops[1], right, foot)


def _above_dock(selected: bool) -> float:
    """How much dock and bar of the selection take at the bottom of the window."""
    return ABOVE_DOCK + (selection.HEIGHT + GAP if selected else 0)


def _right(room: float, panels: Panels) -> float:
    """How much is covered at the right. room: the rest of the pane's width."""
    return DRAWER if drawer.is_open(panels) and room - DRAWER >= LEAST else COLUMN


# ---------------------------------------------------------------------------------------- the left of two tours


def story_over(width: float, panels: Panels) -> bool:
    """Whether the story of two tours stands over the left figure, whose room is under it then: beside it is less."""
    return panels.story.shown and width < drawer.BESIDE_PAIR and not legend.opens(width, panels, titled=False)


def left_end(width: float, panels: Panels) -> float:
    """Down to where the panels reach that stand over the left of two figures."""
    end = _legend_end(panels)
    return (panels.story.bottom or end + GAP + story.LEAST) if story_over(width, panels) else end


def _legend_end(panels: Panels) -> float:
    return panels.legend_bottom or FOLDED


def story_reach(window: Size, panels: Panels, *, panes: int) -> float:
    """Down to where the story may reach."""
    if panes == 2 and story_over(window[0], panels):
        rows = _legend_end(panels) + GAP + story.LEAST + (STORY_ROWS - 1) * story.ROW
        return min(rows, STORY_SHARE * window[1])
    return window[1] - story.BELOW


# ---------------------------------------------------------------------------------------- the card of a point


def stand(window: Size, panels: Panels, *, panes: int, selected: bool) -> card.Stand | None:
    """Where a pinned card has room; None where other panels have taken all of it."""
    low = card.lowest(window)
    if window[0] < card.BESIDE_DOCK:
        low = window[1] - _above_dock(selected)
    if panes == 1:
        if panels.story.shown and not card_for_story(window, panels):  # which stands under the legend
            return card.Stand(LEGEND, MARGIN, low)
        return card.Stand(legend.X, panels.legend_bottom + GAP, low)
    if card_aside(window, panels, selected=selected):
        return card.Stand(LEGEND, MARGIN + UNDER_NAMES, low, short=True)
    taken = drawer.is_open(panels) and panels.compare.right > window[0] - drawer.ASIDE
    if panels.popover == "differences" or taken:
        return None
    return card.Stand(
        panels.compare.right - compare.WIDTH, panels.compare.bottom + GAP, window[1] - _above_dock(selected)
    )


def card_for_story(window: Size, panels: Panels) -> bool:
    """Whether a pinned card stands in the place of the story: where the drawer leaves none beside it."""
    return panels.story.shown and drawer.is_open(panels) and LEGEND + card.WIDTH > window[0] - drawer.ASIDE


def card_aside(window: Size, panels: Panels, *, selected: bool) -> bool:
    """Whether a pinned card stands at the left of the card of the pair: where under that there is no room for it."""
    under = window[1] - _above_dock(selected) - panels.compare.bottom - GAP
    full = panels.popover == "differences" or under < card.LEAST
    return full and panels.compare.right - compare.WIDTH >= LEGEND + card.WIDTH
