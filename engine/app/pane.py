"""A pane: one drawing of one tour, with its own viewer and its own hand; a window has one or two."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..render.scene import Rect
from .hands import Hands
from .picking import Sight
from .viewer import Viewer

if TYPE_CHECKING:
    from .painter import Painter
    from .ui import Ui

Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(eq=False)
class Pane:
    """What a window keeps of each."""

    viewer: Viewer
    hands: Hands
    painter: "Painter"
    box: Box = (0.0, 0.0, 0.0, 0.0)
    """Where it is, in pixels of the design."""
    sight: Sight | None = None
    """How it was drawn in this frame."""

    @contextmanager
    def within(self, ui: "Ui") -> Iterator[Sight]:
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
        self.painter.paint(rect, scale=scale)
        self.box = (x / scale, 0.0, width / scale, height / scale)
        self.sight = self.painter.sight((width, height), scale=scale)

    def holds(self, place: tuple[float, float]) -> bool:
        """Whether a place of the window, in pixels of the design, lies in it."""
        x, y, width, height = self.box
        return x <= place[0] < x + width and y <= place[1] < y + height


def rects(size: tuple[int, int], count: int) -> Sequence[Rect]:
    """The panes' parts of a framebuffer: all of it, or its halves."""
    width, height = size
    half = width // 2
    return [(0, 0, width, height)] if count == 1 else [(0, 0, half, height), (half, 0, width - half, height)]
