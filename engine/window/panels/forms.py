"""Which form panels take where a window is too small for all that are open: the figure keeps its room.

One at a time: what was opened last stands whole, and the others fold, to come back when it is closed.
"""

from dataclasses import dataclass
from typing import Any, Literal

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


Size = tuple[float, float]


@dataclass(frozen=True)
class Forms:
    """How much of each panel is shown."""

    legend: Literal["open", "folded", "head"]
    """The head alone: the choice of an attribute."""
    story: story.Form | Literal[""]
    chip: bool = False
    """Whether a pinned card is folded to a line beside the dock."""
    strip: bool = False
    """Whether the drawer, or the list of differences, lies across the bottom."""

    @property
    def foot(self) -> float:
        """How much of the window's height stands above the dock for that."""
        return drawer.STRIP + GAP if self.strip else 0.0


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
    if (opened and width < drawer.BESIDE_PAIR) or (panels.popover == "differences" and narrow):
        return Forms("head" if narrow or height < LOW else unfolded, "", chip=pinned, strip=True)
    if shown and width < drawer.BESIDE_PAIR:
        told: story.Form = "head" if selected else "short"  # beside the bar of the selection
        return Forms("head", told, chip=chip) if narrow or height < LOW else Forms("folded", "whole", chip=chip)
    if (narrow or height < LOWEST) and selected and unfolded == "folded":
        return Forms("head", "", chip=chip)
    return Forms(unfolded, "whole" if shown else "", chip=chip)


def unfold_legend(size: Size, panels: Panels, **there: Any) -> None:
    """What holds an unfolded legend folded gives way: the drawer, and if it has to be, the story."""
    for give_way in (panels.close_lists, panels.story.hide):
        if forms(size, panels, **there).legend != "open":
            give_way()


def small(width: float) -> bool:
    """Whether two panes have no room for anything between them."""
    return width / 2.0 - BETWEEN - COLUMN < ROOM


def beside_legend(width: float) -> bool:
    """Whether the left of two figures has room beside an open legend, and not only under it."""
    return width / 2.0 - BETWEEN - LEGEND - BESIDE >= ROOM
