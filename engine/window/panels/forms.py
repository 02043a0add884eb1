"""Which form panels take where a window is too small for all that are open: the figure keeps its room.

One at a time: what was opened last stands whole, and the others fold, to come back when it is closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...viewer.theme import GAP
from . import card, compare, drawer, layers, legend, story
from .state import Panels

ROOM = 300.0  # pixels of the figure's limiting side that panels leave it
COLUMN = layers.FROM_EDGE + 24  # of layers, folded
LEGEND = legend.X + legend.WIDTH + GAP
CARD = LEGEND + card.WIDTH + GAP  # and of a pinned card beside it, over a story
DRAWER = drawer.ASIDE + GAP
LOW = 800.0  # pixels of a window's height below which a story over the left of two figures has one row
LOWEST = 660.0  # and below which no legend of many classes stands over it beside the bar of the selection
BESIDE = 44.0  # that the left column of layers takes where it stands beside the legend
BETWEEN = compare.WIDTH / 2.0 + GAP  # of each pane, that what stands between two takes
MATRIX = 160.0  # high at most, across the bottom,
BESIDE_MATRIX = 492.0  # and what the rest of the window's height needs then
UNFOLDED = ("open", "across")  # with the matrix


Size = tuple[float, float]


@dataclass(frozen=True)
class Forms:
    """How much of each panel is shown."""

    legend: Literal["open", "folded", "head"]
    """The head alone: the choice of an attribute."""
    story: story.Form | Literal[""]
    chip: bool = False
    """Whether a pinned card is folded to a line beside the dock."""
    strip: float = 0.0
    """How high the drawer, the list of differences or the matrix is where it lies across the bottom."""
    matrix: compare.Form = "folded"
    """And how much of the card of a pair."""

    @property
    def foot(self) -> float:
        """How much of the window's height stands above the dock for what lies across the bottom."""
        return self.strip + GAP if self.strip else 0.0


def forms(size: Size, panels: Panels, *, panes: int, pinned: bool, selected: bool) -> Forms:
    """Of every panel in a window of `size`, in pixels of the design. pinned, selected: whether any point is."""
    width, height = size
    shown, opened = panels.story.shown, drawer.is_open(panels)
    unfolded: Literal["open", "folded"] = "open" if legend.opens(width, panels, titled=panes == 1) else "folded"
    if panes == 1:
        right = DRAWER if opened else COLUMN
        if width - LEGEND - right < ROOM:
            return Forms("head", "", chip=pinned)
        return Forms(unfolded, "whole" if shown and not (pinned and width - CARD - right < ROOM) else "")
    narrow, chip = small(width), pinned and width < compare.WIDTH + 2 * CARD
    listed = panels.popover == "differences"
    wanted = compare.unfolds(size, panels.compare) and not listed  # in whose place the list stands
    matrix: compare.Form = "open" if wanted and not narrow else "folded"
    if (opened and width < drawer.BESIDE_PAIR) or (listed and narrow):
        if narrow or height < LOW:
            return Forms("head", "", chip=pinned, strip=drawer.STRIP, matrix="head")
        return Forms(unfolded, "", chip=pinned, strip=drawer.STRIP, matrix=matrix)
    if wanted and narrow:
        strip = min(max(drawer.STRIP, height - BESIDE_MATRIX), MATRIX)
        return Forms("head", "", chip=chip, strip=strip, matrix="across")
    if shown and width < drawer.BESIDE_PAIR:
        told: story.Form = "head" if selected else "short"  # beside the bar of the selection
        low = narrow or height < LOW
        return Forms("head" if low else "folded", told if low else "whole", chip=chip, matrix=matrix)
    if (narrow or height < LOWEST) and selected and unfolded == "folded":
        return Forms("head", "", chip=chip, matrix=matrix)
    return Forms(unfolded, "whole" if shown else "", chip=chip, matrix=matrix)


def make_room(
    now: Callable[[], Forms], panels: Panels, wanted: Callable[[Forms], bool], *others: Callable[[], None]
) -> None:
    """Until what was asked for is shown, one panel after another gives way: lists, the matrix, and then `others`.

    now: which forms they have.
    """

    def fold_matrix() -> None:
        panels.compare.folded = panels.compare.folded or now().matrix == "across"

    for give_way in (panels.close_lists, fold_matrix, *others):
        if not wanted(now()):
            give_way()


def settled(now: Callable[[], Forms], panels: Panels, unpin: Callable[[], None]) -> Forms:
    """The forms of panels once what has just been asked for has its place. unpin: lets go of the pinned card."""
    if panels.story.wanted:
        make_room(now, panels, lambda form: bool(form.story), unpin)
    if panels.compare.asked:
        panels.compare.folded = now().matrix in UNFOLDED
        make_room(now, panels, lambda form: panels.compare.folded or form.matrix in UNFOLDED)
    panels.story.wanted = panels.compare.asked = False
    form = now()
    panels.story.hidden = panels.story.shown and not form.story
    return form


def small(width: float) -> bool:
    """Whether two panes have no room for anything between them."""
    return width / 2.0 - BETWEEN - COLUMN < ROOM


def beside_legend(width: float) -> bool:
    """Whether the left of two figures has room beside an open legend, and not only under it."""
    return width / 2.0 - BETWEEN - LEGEND - BESIDE >= ROOM
