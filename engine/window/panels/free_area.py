"""What panels leave of each pane for the figure, and where those stand that share a side of the window.

Known before they are drawn, so that a window opens framed.
"""

from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, UNDER_TOOLBAR
from . import bars, card, compare, drawer, legend, opening, pane_names, selection, story
from .forms import BESIDE, BETWEEN, CARD, COLUMN, DRAWER, LEGEND, ROOM, Forms, beside_legend
from .state import Panels

Size = tuple[float, float]
Covered = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the design

UNDER_NAMES = 44  # pixels that the names of two tours have at the top
FOLDED = 134.0  # the end of a folded legend, before it was drawn
STORY_ROWS, STORY_SHARE = 2, 0.5  # at most, of a story over the left of two figures; and of the window's height


def covered(size: Size, panels: Panels, form: Forms, *, panes: int, selected: bool = False) -> tuple[Covered, ...]:
    """How much is covered at the sides of each pane of a window of `size`, in pixels of the design.

    selected: whether the bar of the selection stands above the dock.
    """
    caption = 0.0 if story_over(size[0], form, panes=panes) else panels.caption  # under a story there is none to give
    said = max(opening.room(panels), caption)
    return _covered(size, panels, form, panes=panes, selected=selected, said=said)


def caption_room(size: Size, panels: Panels, form: Forms, *, panes: int, selected: bool) -> float:
    """How high a caption may be above the dock, which leaves every figure its room."""
    sides = _covered(size, panels, form, panes=panes, selected=selected, said=0.0)
    return min(size[1] - top - bottom for _, top, _, bottom in sides) - ROOM


def _covered(
    size: Size, panels: Panels, form: Forms, *, panes: int, selected: bool, said: float
) -> tuple[Covered, ...]:
    """said: how much is said above the dock takes."""
    width, height = size
    bottom = above_dock(form, selected=selected) + said
    pinned = bool(panels.card.height) and panels.card.point is not None and not form.chip
    if panes == 1:
        right = DRAWER if drawer.is_open(panels) else COLUMN
        places = [(float(LEGEND), float(UNDER_TOOLBAR))]
        if pinned and form.story:
            places = [(CARD, UNDER_TOOLBAR)]
        elif form.legend != "open" and not pinned and not form.story:  # a folded legend has room beside and under it
            places.append((MARGIN, max(UNDER_TOOLBAR, _legend_end(panels) + GAP)))
        whole = [(float(left), float(top), right, bottom) for left, top in places]
        return (max(whole, key=lambda box: min(width - box[0] - box[2], height - box[1] - box[3])),)
    aside = left_aside(width, form)
    left_top = UNDER_TOOLBAR if aside else max(UNDER_TOOLBAR, left_end(width, panels, form) + GAP)
    inner, foot = BETWEEN, panels.compare.bottom
    tops = [float(left_top), float(UNDER_TOOLBAR)]
    if not pane_names.on_top(width):  # they stand under legend and toolbar
        names = pane_names.HIGH + GAP
        tops = [max(tops[0], left_end(width, panels, form) + GAP) + names, tops[1] + names]
    aside_of = card_aside(size, panels, form, selected=selected)  # where a pinned card stands then, else under it
    stands = (panels.popover == "differences" and not form.strip) or (pinned and not aside_of)
    if foot and foot <= MARGIN + compare.VALUE + 1 and not stands:  # folded, with nothing under it
        inner, tops = MARGIN, [max(each, foot + GAP) for each in tops]
    if pinned and aside_of:
        tops[0] = max(tops[0], MARGIN + UNDER_NAMES + panels.card.height + GAP)
    left = LEGEND + BESIDE if aside else COLUMN
    right = DRAWER if drawer.is_open(panels) and not form.strip else COLUMN
    return (left, tops[0], inner, bottom), (inner, tops[1], right, bottom)


def above_dock(form: Forms, *, selected: bool) -> float:
    """How much dock, strip and bar of the selection, which is on the strip where there is one, take at the bottom."""
    return ABOVE_DOCK + (form.foot or (selection.HEIGHT + GAP if selected else 0.0))


# ---------------------------------------------------------------------------------------- the left of two tours


def story_over(width: float, form: Forms, *, panes: int) -> bool:
    """Whether the story of two tours stands over the left figure, whose room is under it then: beside it is less."""
    return panes == 2 and bool(form.story) and width < drawer.BESIDE_PAIR


def left_aside(width: float, form: Forms) -> bool:
    """Whether the left of two figures stands beside the panels at the left of the window, and not under them."""
    listed = form.legend == "open" and beside_legend(width)
    return listed or (bool(form.story) and not story_over(width, form, panes=2))


def left_end(width: float, panels: Panels, form: Forms) -> float:
    """Down to where the panels reach that stand over the left of two figures."""
    end = _legend_end(panels)
    if not story_over(width, form, panes=2):
        return end
    heights = {"whole": story.LEAST, "short": story.SHORT, "head": story.HEADER}
    return panels.story.bottom or end + GAP + heights[form.story or "whole"]


def _legend_end(panels: Panels) -> float:
    return panels.legend_bottom or FOLDED


def legend_reach(size: Size, form: Forms, *, panes: int, selected: bool) -> float | None:
    """Down to where an open legend may reach that stands over the left of two figures."""
    if panes == 1 or left_aside(size[0], form):
        return None
    return _low_over_left(size, form, selected=selected)


def _low_over_left(size: Size, form: Forms, *, selected: bool) -> float:
    """Down to where panels over the left of two figures leave it its room."""
    names = 0.0 if pane_names.on_top(size[0]) else pane_names.HIGH + GAP
    return size[1] - above_dock(form, selected=selected) - ROOM - names - GAP


def story_reach(size: Size, panels: Panels, form: Forms, *, panes: int, selected: bool) -> float:
    """Down to where the story may reach."""
    if story_over(size[0], form, panes=panes):
        rows = _legend_end(panels) + GAP + story.LEAST + (STORY_ROWS - 1) * story.ROW
        return min(rows, STORY_SHARE * size[1], _low_over_left(size, form, selected=selected))
    return size[1] - story.BELOW


# ---------------------------------------------------------------------------------------- the card of a point


def stand(size: Size, panels: Panels, form: Forms, *, panes: int, selected: bool) -> card.Stand:
    """Where a pinned card that is no chip has room."""
    low = card.lowest(size)  # the bar of the selection is at its right
    if panes == 1:
        top = MARGIN if form.story else panels.legend_bottom + GAP
        return card.Stand(LEGEND if form.story else legend.X, top, low, short=low - top < card.LEAST)
    if card_aside(size, panels, form, selected=selected):
        return card.Stand(LEGEND, MARGIN + UNDER_NAMES, low, short=True)
    left, low = panels.compare.right - compare.WIDTH, size[1] - above_dock(form, selected=selected)
    return card.Stand(left, panels.compare.bottom + GAP, low)


def card_aside(size: Size, panels: Panels, form: Forms, *, selected: bool) -> bool:
    """Whether a pinned card stands at the left of the card of the pair: where under that there is no room for it."""
    under = size[1] - above_dock(form, selected=selected) - panels.compare.bottom - GAP
    full = panels.popover == "differences" or under < card.LEAST
    return full and not form.chip and panels.compare.right - compare.WIDTH >= LEGEND + card.WIDTH


def chip_end(width: float) -> float:
    """Up to where a card that is folded to a line beside the dock may reach."""
    return (width - bars.dock_width(width)) / 2 - GAP
