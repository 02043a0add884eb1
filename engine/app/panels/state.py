"""What the panels remember between frames, and what they ask of the window."""

from dataclasses import dataclass, field
from typing import Literal

from ..thumbnail import Thumbnails
from .story import StoryPanel

TOAST_SECONDS = 5.0


@dataclass
class Panels:
    """Open or folded, typed, pressed: nothing that belongs to a View."""

    legend_open: bool | None = None
    """None until somebody folds it: then as the window's width suggests."""
    search: str = ""
    popover: Literal["", "look", "help"] = ""
    layers_open: bool = False
    legend_bottom: float = 0.0
    """Where the legend ends, in pixels of the design: what stands under it begins there."""
    story: StoryPanel = field(default_factory=StoryPanel)
    thumbnails: Thumbnails | None = None
    pressed_layer: float | None = None
    """Where in the column of layers the mouse went down, in pixels of the design."""
    toast: str = ""
    toast_left: float = 0.0

    def say(self, text: str) -> None:
        """Show a line of text above the dock for a while."""
        self.toast, self.toast_left = text, TOAST_SECONDS

    def toggle(self, popover: Literal["look", "help"]) -> None:
        self.popover = "" if self.popover == popover else popover


@dataclass(frozen=True)
class Wishes:
    """What only the window can do."""

    picture: bool = False
