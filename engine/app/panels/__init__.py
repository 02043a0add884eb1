"""The chrome at the edges of the window, a file a part. Panels read the viewer and call its actions."""

from dataclasses import dataclass, field, replace

from .. import marks
from ..hands import Hands
from ..picking import Sight
from ..theme import GAP
from ..ui import Ui
from ..viewer import Viewer
from . import bars, caption, card, epochs, handle, layers, legend, popovers, selection, story
from .state import Panels, Wishes

__all__ = ["Panels", "Status", "Wishes", "draw"]


@dataclass(frozen=True)
class Status:
    """What the window knows and the panels say."""

    fps: float = 0.0
    images_arriving: tuple[int, int] = field(default=(0, 0))


def draw(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, status: Status, sight: Sight) -> Wishes:
    """Draw every panel; returns what was asked of the window."""
    ringed = panels.card.neighbors if hands.pinned is not None and panels.card.point == hands.pinned else ()
    marks.draw(ui, viewer, hands, sight, panels.glide, ringed, panels.card.strip)  # of what has just been drawn
    handle.draw(ui, hands, panels)
    card.draw(ui, viewer, hands, panels.card, sight)
    legend.draw(ui, viewer, hands, panels)
    story.draw(ui, viewer, panels, top=panels.legend_bottom + GAP)
    epochs.draw(ui, viewer, panels)
    layers.draw(ui, viewer, panels)
    wishes = bars.draw(ui, viewer, hands, panels, fps=status.fps, images_arriving=status.images_arriving)
    rows = selection.draw(ui, viewer, hands, panels)
    caption.draw(ui, viewer, raised=bool(panels.toast) or selection.is_shown(viewer))
    popovers.draw(ui, viewer, panels)
    return replace(wishes, rows=rows)
