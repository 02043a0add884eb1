"""A pane: one drawing of one tour, with its own viewer and its own hand; a window has one or two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..render.painter import Painter
from ..render.scene import Rect
from ..viewer.hands import Hands
from ..viewer.picking import Sight
from ..viewer.region_names import RegionNames
from ..viewer.viewer import Viewer
from .ui import Ui

Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(eq=False)
class Pane:
    """What a window keeps of each."""

    viewer: Viewer
    hands: Hands
    painter: Painter
    regions: RegionNames = field(default_factory=RegionNames)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    """Where it is, in pixels of the design."""
    sight: Sight | None = None
    """How it was drawn in this frame."""

    @contextmanager
    def within(self, ui: Ui) -> Iterator[Sight]:
        """Draw and point in this pane's own coordinates."""
        assert self.sight is not None
        with ui.pane(*self.box):
            yield self.sight

    def ready(self, layer: int) -> bool:
        """Whether everything that is drawn of a layer is there; it is fetched if not."""
        return self.painter.scene.ready(((layer, 1.0),)) and self.hands.handles.ready(layer)

    def paint(self, rect: Rect, *, scale: float) -> None:
        """Draw its points into `rect` of the window's framebuffer. scale: its pixels to a pixel of the design."""
        x, _, width, height = rect
        self.viewer.pointed = self.hands.pointed
        self.painter.paint(rect, scale=scale)
        self.box = (x / scale, 0.0, width / scale, height / scale)
        size, scene = (width, height), self.painter.scene
        shot = self.viewer.shot(size, scale=scale, min_dot=1.0)
        self.sight = Sight(shot, size, scene.level.alpha if scene.level else None, scene.rim, scale)

    def holds(self, place: tuple[float, float]) -> bool:
        """Whether a place of the window, in pixels of the design, lies in it."""
        x, y, width, height = self.box
        return x <= place[0] < x + width and y <= place[1] < y + height
