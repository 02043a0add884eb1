"""What the panels remember between frames, and what they ask of the window."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...viewer.tally import Tally
from .card import Card
from .compare import Compare
from .differences import Differences
from .hover import Hover
from .layers import Column
from .message import Message
from .naming import Naming
from .story import StoryPanel

TOAST_SECONDS = 5.0

Popover = Literal["", "look", "help", "compare", "differences", "selected", "find", "worth"]
"""The last three are tabs of the drawer."""


@dataclass
class Panels:
    """Open or folded, typed, pressed: nothing that belongs to a View."""

    legend_open: bool | None = None
    """None until somebody folds it: then as the window's width suggests."""
    frame_time: bool = False
    """Whether the time of a frame stands in place of their number a second."""
    search: str = ""
    bar_from: float | None = None
    """Where on the colour bar a brush began, in [0, 1]."""
    bar: tuple[float, float] | None = None
    """And what of it is brushed."""
    popover: Popover = ""
    found: str = ""
    """What is typed to find points by."""
    found_in: str | None = None
    """And in which attribute; None for any."""
    found_none: bool = False
    """Whether no point has it."""
    ranks: NDArray[np.int8] | None = None
    """How well each point has it (tour.search)."""
    just_opened: bool = False
    """Whether a text field has just come up and wants the keys."""
    naming: Naming = field(default_factory=Naming)
    card: Card = field(default_factory=Card)
    hover: Hover = field(default_factory=Hover)
    tally: Tally = field(default_factory=Tally)
    columns: tuple[Column, Column] = field(default_factory=lambda: (Column(), Column()))
    """Of layers, left and right; a window with one pane has the right one."""
    compare: Compare = field(default_factory=Compare)
    differences: Differences = field(default_factory=Differences)
    partners: list[Path] | None = None
    """Tours that could be opened beside this one, as far as they are known, once somebody has asked."""
    sought: bool = False
    """Whether they have been looked for since the list was opened."""
    seeking: bool = False
    """Whether they are being looked for, which takes seconds where there are many."""
    legend_bottom: float = 0.0
    """Where the legend ends, in pixels of the design: what stands under it begins there."""
    opening: bool = False
    """Whether nobody has done anything yet, and the window says what there is."""
    story_waits: bool = False
    """Whether it has a story to tell."""
    story: StoryPanel = field(init=False)
    caption: float = 0.0
    """How much the caption of a view took above the dock, in pixels of the design."""
    message: Message = field(default_factory=Message)
    toast: str = ""
    toast_left: float = 0.0

    def __post_init__(self) -> None:
        self.story = StoryPanel(self.say)

    def say(self, text: str) -> None:
        """Show a line of text for a while."""
        self.toast, self.toast_left = text, TOAST_SECONDS

    def toggle_story(self) -> None:
        """Show the story or not; where something else has its place in a small window, that gives way."""
        self.story.wanted = not self.story.shown or self.story.hidden
        self.story.shown = self.story.wanted

    def close_lists(self) -> None:
        """The drawer and the list of differences."""
        if self.popover not in ("look", "help", "compare"):
            self.popover = ""

    def toggle(self, popover: Popover) -> None:
        self.popover = "" if self.popover == popover else popover
        self.just_opened = self.popover == "find"


@dataclass(frozen=True)
class Wishes:
    """What only the window can do."""

    picture: bool = False
    rows: str = ""
    """What to do with the selected rows: "copy" or "save"."""
    beside: Path | None = None
    """The tour to open beside this one."""
    alone: bool = False
    """Whether to show the leading tour alone again."""
