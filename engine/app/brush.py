"""The brush: a rectangle or a lasso drawn on the canvas, and the points that it catches while it is drawn."""

from dataclasses import dataclass, field

from ..motion.selection import How, Mask, combine, in_polygon, in_rectangle
from . import cloud
from .viewer import Viewer

Point = tuple[float, float]

STEP = 3.0  # pixels between two corners of a lasso
CLICK = 4.0  # pixels: a brush no larger is a click


@dataclass
class Brush:
    """One being drawn. Pixels are those of the design, from the window's top left."""

    start: Point
    lasso: bool
    how: How
    before: Mask | None
    """The selection that it begins with."""
    path: list[Point] = field(default_factory=list)
    _caught: tuple[object, Mask] | None = None

    def __post_init__(self) -> None:
        self.path = [self.start]

    def draw_to(self, place: Point) -> None:
        """Follow the hand."""
        if not self.lasso:
            self.path = [self.start, (place[0], self.start[1]), place, (self.start[0], place[1])]
        elif max(abs(place[0] - self.path[-1][0]), abs(place[1] - self.path[-1][1])) >= STEP:
            self.path.append(place)

    @property
    def is_click(self) -> bool:
        return all(max(abs(x - self.start[0]), abs(y - self.start[1])) <= CLICK for x, y in self.path)

    def caught(self, viewer: Viewer, size: tuple[float, float]) -> Mask:
        """Every point inside, of the classes that the legend shows, on a pane of `size`; (n,)."""
        key = (tuple(self.path), cloud.standing(viewer), viewer.shown_rows.tobytes())
        if self._caught is None or self._caught[0] != key:
            xy = cloud.on_screen(viewer, cloud.shown(viewer), size)
            if self.lasso:
                inside = in_polygon(xy, self.path)
            else:
                inside = in_rectangle(xy, self.start, self.path[-2] if len(self.path) > 1 else self.start)
            rows = viewer.shown_rows
            if not rows.all():
                inside &= rows[viewer.coloring.codes.astype(int)]
            self._caught = key, inside
        return self._caught[1]

    def selection(self, viewer: Viewer, size: tuple[float, float]) -> Mask | None:
        """What is selected with what it has caught so far."""
        return combine(self.before, self.caught(viewer, size), self.how)


@dataclass(frozen=True, eq=False)
class Trace:
    """The outline of a finished brush, which stays for as long as the points stand as they did."""

    path: list[Point]
    standing: tuple[object, ...]
