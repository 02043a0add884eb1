"""The chrome at the edges of the window, a file a part. Panels read the viewer and call its actions."""

from dataclasses import dataclass, field

from ..theme import GAP
from ..ui import Ui
from ..viewer import Viewer
from . import bars, caption, layers, legend, popovers, story
from .state import Panels, Wishes

__all__ = ["Panels", "Status", "Wishes", "draw"]


@dataclass(frozen=True)
class Status:
    """What the window knows and the panels say."""

    fps: float = 0.0
    images_arriving: tuple[int, int] = field(default=(0, 0))


def draw(ui: Ui, viewer: Viewer, panels: Panels, status: Status) -> Wishes:
    """Draw every panel; returns what was asked of the window."""
    legend.draw(ui, viewer, panels)
    story.draw(ui, viewer, panels, top=panels.legend_bottom + GAP)
    layers.draw(ui, viewer, panels)
    wishes = bars.draw(ui, viewer, panels, fps=status.fps, images_arriving=status.images_arriving)
    caption.draw(ui, viewer, raised=bool(panels.toast) or viewer.base.selected is not None)
    popovers.draw(ui, viewer, panels)
    return wishes
