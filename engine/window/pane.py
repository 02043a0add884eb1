"""A pane: one drawing of one tour, with its own viewer and its own hand; a window has one or two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..motion.shot import Shot
from ..render.painter import Painter
from ..render.viewport import Rect
from ..viewer.budget import Budget
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
    budget: Budget = field(init=False)
    """How many points of a very large tour a frame draws."""
    _moved: bool = False
    """Whether the latest frame was another one than that before."""

    def __post_init__(self) -> None:
        self.budget = Budget.of(self.viewer.tour.n)

    @property
    def drawn(self) -> int:
        """How many of its points it shows."""
        shot = None if self.sight is None else self.sight.shot
        return self.viewer.tour.n if shot is None or shot.drawn is None else shot.drawn

    @property
    def _some(self) -> int | None:
        """How many points a frame draws while anything changes, where the tour has more."""
        scene, n = self.painter.scene, self.budget.n
        drawn = min(self.budget.drawn, scene.most or n)
        return drawn if scene.ordered and drawn < n else None

    @property
    def gathering(self) -> bool:
        """Whether it is to show more of its points than it does."""
        gathering = self.painter.gathering
        return gathering is not None and not gathering.whole

    def took(self, seconds: float) -> None:
        """Adapt the number drawn to how long the latest frame took."""
        if self._moved:
            self.budget = self.budget.after(seconds)

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
        size, scene = (width, height), self.painter.scene
        shot = self._draw(rect, scale)
        self.box = (x / scale, 0.0, width / scale, height / scale)
        alpha = scene.images.level.alpha if scene.images.level else None
        self.sight = Sight(shot, size, alpha, scene.rim, scale, ordered=scene.ordered, some=self._some)

    def _draw(self, rect: Rect, scale: float) -> Shot:
        gathering = self.painter.gathering
        if gathering is None:
            return self.painter.paint(rect, scale=scale)
        self._moved = self.painter.gather(rect, scale=scale, drawn=self._some)
        assert gathering.shot is not None
        return gathering.shot

    def holds(self, place: tuple[float, float]) -> bool:
        """Whether a place of the window, in pixels of the design, lies in it."""
        x, y, width, height = self.box
        return x <= place[0] < x + width and y <= place[1] < y + height
