"""The chrome at the edges of the window, a file a part. Panels read the viewer and call its actions."""

from dataclasses import dataclass, field

from ..ui import Ui
from ..viewer import Viewer
from . import bars, layers, legend, popovers
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
    layers.draw(ui, viewer, panels)
    wishes = bars.draw(ui, viewer, panels, fps=status.fps, images_arriving=status.images_arriving)
    popovers.draw(ui, viewer, panels)
    return wishes
