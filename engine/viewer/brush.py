"""The brush: a rectangle or a lasso drawn on the canvas, and the points that it catches while it is drawn."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..motion.selection import How, Mask, combine, in_polygon, in_rectangle
from . import screen
from .viewer import Viewer

Point = tuple[float, float]

STEP = 3.0  # pixels between two corners of a lasso
CLICK = 4.0  # pixels: a brush no larger is a click


@dataclass(eq=False)
class _Swept:
    """What was inside the path so far, of points that stand."""

    standing: tuple[object, ...]
    xy: NDArray[np.floating]
    """Pixels (n, 2), or of some points."""
    inside: Mask | None = None
    corners: int = 0
    """Of the lasso that was looked at."""


@dataclass
class Brush:
    """One being drawn. Pixels are those of the design, from the window's top left."""

    start: Point
    lasso: bool
    how: How
    before: Mask | None
    """The selection that it begins with."""
    rows: NDArray[np.integer] | None = None
    """The points that it looks at, where there is no time for all."""
    path: list[Point] = field(default_factory=list)
    _swept: _Swept | None = field(default=None, init=False)
    _caught: tuple[object, Mask] | None = field(default=None, init=False)
    _joined: tuple[Mask, Mask | None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.path = self.path or [self.start]

    @property
    def of_all(self) -> "Brush":
        """The same, looking at all points."""
        return replace(self, rows=None)

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
        key = (tuple(self.path), screen.standing(viewer), size, viewer.shown_rows.tobytes())
        if self._caught is None or self._caught[0] != key:
            inside = self._of_tour(self._inside(viewer, size), viewer.tour.n)
            rows = viewer.shown_rows
            if not rows.all():
                inside = inside & rows[viewer.coloring.codes.astype(int)]
            self._caught = key, inside
        return self._caught[1]

    def _inside(self, viewer: Viewer, size: tuple[float, float]) -> Mask:
        """Which of the points looked at are inside the path.

        A lasso that grew by a corner asks only about the triangle that it added.
        """
        standing = (*screen.standing(viewer), size)
        swept = self._swept
        if swept is None or swept.standing != standing:
            xyz = screen.shown(viewer) if self.rows is None else screen.some(viewer, self.rows)
            swept = self._swept = _Swept(standing, screen.on_screen(viewer, xyz, size))
        if not self.lasso:
            return in_rectangle(swept.xy, self.start, self.path[-2] if len(self.path) > 1 else self.start)
        if swept.inside is None:
            inside = in_polygon(swept.xy, self.path)
        else:
            inside = swept.inside.copy()  # which somebody may have by now
            for k in range(swept.corners, len(self.path)):
                inside ^= in_polygon(swept.xy, [self.start, self.path[k - 1], self.path[k]])
        swept.inside, swept.corners = inside, len(self.path)
        return inside

    def _of_tour(self, inside: Mask, n: int) -> Mask:
        """Of all points, what is said of those that were looked at."""
        if self.rows is None:
            return inside
        mask = np.zeros(n, dtype=bool)
        mask[self.rows] = inside
        return mask

    def selection(self, viewer: Viewer, size: tuple[float, float]) -> Mask | None:
        """What is selected with what it has caught so far."""
        caught = self.caught(viewer, size)
        if self._joined is None or self._joined[0] is not caught:
            self._joined = caught, combine(self.before, caught, self.how)
        return self._joined[1]


@dataclass(frozen=True, eq=False)
class Trace:
    """The outline of a finished brush, which stays for as long as the points stand as they did."""

    path: list[Point]
    standing: tuple[object, ...]
